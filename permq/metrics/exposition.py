"""Prometheus' text format, version 0.0.4."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_ESCAPED = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})
_ESCAPED_HELP = str.maketrans({"\\": r"\\", "\n": r"\n"})
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Metric:
    """A measured quantity.

    Parameters
    ----------
    name
        In base units, which end the name: `permq_backlog_age_seconds`.
    kind
        `gauge`, or `counter` (only grows; the name ends in `_total`).
    help
        What it is, one sentence.
    labels
        Names of what tells its values apart.
    """

    name: str
    kind: str
    help: str
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in (self.name, *self.labels):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} cannot name a metric or a label")
        if self.kind not in {"gauge", "counter"}:
            raise ValueError(f"{self.name}: neither a gauge nor a counter")
        if (self.kind == "counter") != self.name.endswith("_total"):
            raise ValueError(f"{self.name}: counters, and no others, end in _total")


@dataclass(frozen=True)
class Sample:
    """One value of a metric.

    Parameters
    ----------
    metric
        The quantity.
    labels
        A text for each of its labels, in their order.
    value
        The number.
    """

    metric: Metric
    labels: tuple[str, ...]
    value: float


def write(samples: Iterable[Sample]) -> str:
    """Write samples down, each metric's together under its help and kind.

    Parameters
    ----------
    samples
        In any order; metrics come in the order of their first sample.

    Raises
    ------
    ValueError
        When a sample's labels are not its metric's, or stand twice.
    """
    families: dict[Metric, dict[tuple[str, ...], float]] = {}
    for sample in samples:
        values = families.setdefault(sample.metric, {})
        if len(sample.labels) != len(sample.metric.labels) or sample.labels in values:
            raise ValueError(f"{sample.metric.name}: wrong or doubled labels {sample.labels}")
        values[sample.labels] = sample.value
    return "".join(line + "\n" for line in _lines(families))


def _lines(families: Mapping[Metric, Mapping[tuple[str, ...], float]]) -> Iterator[str]:
    for metric, values in families.items():
        yield f"# HELP {metric.name} {metric.help.translate(_ESCAPED_HELP)}"
        yield f"# TYPE {metric.name} {metric.kind}"
        for texts, value in values.items():
            pairs = zip(metric.labels, texts, strict=True)
            labels = ",".join(f'{name}="{text.translate(_ESCAPED)}"' for name, text in pairs)
            yield f"{metric.name}{'{' + labels + '}' if labels else ''} {number(value)}"


def number(value: float) -> str:
    """Write a number as Go reads it: `+Inf`, `-Inf` and `NaN` besides the usual ones."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(int(value)) if value == int(value) and abs(value) < 2**53 else repr(float(value))
