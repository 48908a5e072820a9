"""Any set of runs as columns, and the metrics that they have."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from permq.bench import statistics
from permq.bench.statistics import Estimate
from permq.errors import MissingDataError, OptionError
from permq.pool.runs import RunRow

TINY = 1e-18
"""What counts as zero on a logarithmic scale; float64 costs of exact answers lie above."""


@dataclass(frozen=True)
class Metric:
    """A column of numbers that solvers are compared by.

    Parameters
    ----------
    name
        Of the column.
    title
        For people, with its unit.
    better
        Whether `high` or `low` values are; None where nobody knows.
    kind
        `yes` for true or false, `share` from 0 to 1, else `number`.
    log
        Whether it is told on a logarithmic scale.
    """

    name: str
    title: str
    better: Literal["high", "low"] | None = None
    kind: Literal["yes", "share", "number"] = "number"
    log: bool = False

    def estimate(self, values: Sequence[float]) -> Estimate:
        """Mean of some values with its interval."""
        if self.kind == "yes":
            return statistics.wilson(sum(value > 0.5 for value in values), len(values))
        if self.kind == "share":
            return statistics.share(values)
        if self.log:
            return statistics.geometric(values, TINY)
        return statistics.mean(values)


KNOWN: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric("solved", "solved (share of runs)", "high", "yes"),
            Metric("pairs_right", "pairs right (share of blocks)", "high", "share"),
            Metric("positions_right", "positions right (share of blocks)", "high", "share"),
            Metric("final_mse", "final MSE (over all rows)", "low", log=True),
            Metric("seconds", "work (s)", "low", log=True),
            Metric("evaluations", "evaluations", "low", log=True),
            Metric("cpu_seconds", "processor time (s)", "low", log=True),
            Metric("peak_memory", "peak memory (MiB)", "low"),
            Metric("energy", "energy (J)", "low", log=True),
            Metric("confidence", "chance that all pairs are right", "high", "share"),
        )
    }
)
_OF_BLOCKS = ("pairs_right", "positions_right")
_NO_METRICS = frozenset(
    {"id", "bench", "seed", "blocks", "puzzle_id", "submission", "version", "ended_at"}
)


@dataclass(frozen=True, eq=False)
class Table:
    """Runs, a list per column; None where a run has no value.

    Parameters
    ----------
    name
        Of the suite, or of whatever the runs are from.
    columns
        All of one length.
    """

    name: str
    columns: Mapping[str, Sequence[Any]]

    @property
    def count(self) -> int:
        """How many runs."""
        return len(next(iter(self.columns.values()), ()))

    def has(self, name: str) -> bool:
        """Whether a column is there and says anything."""
        return any(value is not None for value in self.columns.get(name, ()))

    def column(self, name: str) -> Sequence[Any]:
        """One column.

        Raises
        ------
        MissingDataError
            When it is not there or empty.
        """
        if not self.has(name):
            raise MissingDataError(f"the runs have no column {name!r}")
        return self.columns[name]

    def names(self, name: str) -> tuple[str, ...]:
        """Values of a column as texts, in the order in which they come first."""
        return tuple(dict.fromkeys(str(v) for v in self.column(name) if v is not None))

    def metric(self, name: str) -> Metric:
        """A column as a metric.

        Raises
        ------
        MissingDataError
            When it is not there, empty, or no numbers.
        """
        if name not in {metric.name for metric in self.metrics()}:
            self.column(name)
            raise MissingDataError(f"column {name!r} holds no numbers to compare")
        return KNOWN.get(name) or _guessed(name, self.columns[name])

    def metrics(self) -> list[Metric]:
        """Metrics found in the columns, the known ones first."""
        found = [metric for metric in KNOWN.values() if self._numeric(metric.name)]
        others = [name for name in self.columns if name not in KNOWN and name not in _NO_METRICS]
        return found + [
            _guessed(name, self.columns[name]) for name in others if self._numeric(name)
        ]

    def values(self, metric: Metric) -> list[float | None]:
        """A metric by run: shares of the blocks, bytes in MiB, true as 1; None where unknown."""
        column = self.column(metric.name)
        if metric.name in _OF_BLOCKS and self.has("blocks"):
            return [
                None if value is None or not blocks else value / blocks
                for value, blocks in zip(column, self.columns["blocks"], strict=True)
            ]
        unit = 1 << 20 if metric.name == "peak_memory" else 1
        return [
            None if value is None or not isfinite(value) else float(value) / unit
            for value in column
        ]

    def grouped(self, metric: Metric, *by: str) -> dict[tuple[str, ...], list[float]]:
        """Values of a metric by the values of some columns."""
        keys = zip(*(self.column(name) for name in by), strict=True)
        found: dict[tuple[str, ...], list[float]] = {}
        for key, value in zip(keys, self.values(metric), strict=True):
            if value is not None and None not in key:
                found.setdefault(tuple(map(str, key)), []).append(value)
        return found

    def _numeric(self, name: str) -> bool:
        values = [value for value in self.columns.get(name, ()) if value is not None]
        return bool(values) and all(isinstance(value, (bool, int, float)) for value in values)


def of_runs(rows: Iterable[RunRow], name: str) -> Table:
    """Table of runs that have ended, with a column `settings` of mappings.

    Raises
    ------
    MissingDataError
        When none has ended.
    """
    ended = [row for row in rows if row.state != "pending"]
    if not ended:
        raise MissingDataError(f"no run of {name} has ended yet")
    columns = {field: [getattr(row, field) for row in ended] for field in RunRow._fields}
    return Table(name, columns)


def read_table(path: Path) -> Table:
    """Read runs from a CSV file with a header, or from JSON: a list of objects, or `runs`.

    Raises
    ------
    OptionError
        When the file cannot be read or holds no runs.
    """
    try:
        text = path.read_text(encoding="utf-8")
        rows = _of_json(text) if path.suffix == ".json" else _of_csv(text)
    except (OSError, ValueError) as error:
        raise OptionError(f"{path}: cannot be read: {error}") from None
    if not rows:
        raise OptionError(f"{path}: holds no runs")
    names = dict.fromkeys(name for row in rows for name in row)
    return Table(path.stem, {name: [row.get(name) for row in rows] for name in names})


def _of_json(text: str) -> list[dict[str, Any]]:
    data = json.loads(text)
    rows = data.get("runs") if isinstance(data, dict) else data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("it is no list of objects, nor an object with such a list as its runs")
    return rows


def _of_csv(text: str) -> list[dict[str, Any]]:
    rows = list(csv.DictReader(text.splitlines()))
    return [{key: _value(word or "") for key, word in row.items() if key} for row in rows]


def _value(word: str) -> Any:
    """What a word of a CSV file means: nothing, true or false, a number, or itself."""
    text = word.strip()
    if not text:
        return None
    if text.lower() in {"true", "false", "t", "f"}:
        return text.lower().startswith("t")
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def _guessed(name: str, values: Sequence[Any]) -> Metric:
    said = [value for value in values if value is not None]
    kind: Literal["yes", "number"] = (
        "yes" if all(isinstance(value, bool) for value in said) else "number"
    )
    return Metric(name, name.replace("_", " "), kind=kind)
