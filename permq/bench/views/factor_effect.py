"""`factor_effect`: what a setting with two values does to a metric."""

import json
from dataclasses import dataclass
from math import inf, log10
from typing import TYPE_CHECKING, Any

from permq.bench import statistics
from permq.bench.table import TINY, Metric, Table
from permq.bench.views import intervals
from permq.bench.views.intervals import Intervals
from permq.bench.views.view import Chart, Options, View
from permq.errors import MissingDataError

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True)
class Factor:
    """Something that has two values among the runs.

    Parameters
    ----------
    name
        Of the setting, or of the first of several that always change together.
    low, high
        Its values.
    side
        By run: 0 or 1; None where the run does not have the setting.
    rest
        By run: everything else that was set. Only runs that share it are compared.
    """

    name: str
    low: str
    high: str
    side: tuple[int | None, ...]
    rest: tuple[str, ...]


class FactorEffect(View[Intervals]):
    """Difference of a metric between two values of a setting, on the same puzzles."""

    name = "factor_effect"
    summary = "the effect of settings that have two values, paired by puzzle"

    def compute(self, table: Table, metric: Metric | None, options: Options) -> Intervals:
        """Mean over puzzles of the difference of means, with Student's interval."""
        metric = metric or table.metrics()[0]
        found = []
        for factor in factors(table):
            differences = paired_differences(table, metric, factor)
            if differences:
                label = f"{factor.name}: {factor.low} → {factor.high}"
                found.append((label, statistics.mean(differences)))
        if not found:
            raise MissingDataError("no setting has two values that ran on the same puzzles")
        return Intervals(
            title=f"{table.name}: effect on {metric.title}, paired by puzzle, 95 % intervals",
            axis=f"log10 of the ratio: {metric.title}"
            if metric.log
            else f"difference: {metric.title}",
            log=False,
            rows=tuple(label for label, _ in found),
            series=("effect",),
            estimates=(tuple(estimate for _, estimate in found),),
            zero=0.0,
        )

    def draw(self, numbers: Intervals) -> "Drawing":
        """Draw dots with bars around the line of no effect."""
        return intervals.draw(numbers)

    def chart(self, numbers: Intervals) -> Chart:
        """Dots with bars."""
        return intervals.chart(numbers)


def factors(table: Table) -> list[Factor]:
    """Settings with exactly two values; those that split the runs alike are one."""
    empty = [""] * table.count
    solvers = [str(one) for one in table.columns.get("solver", empty)]
    settings: list[dict[str, Any]] = [
        one if isinstance(one, dict) else {} for one in table.columns.get("settings", empty)
    ]
    columns: dict[str, list[str | None]] = {"solver": [*solvers]}
    if table.has("version"):
        columns["version"] = [str(one) for one in table.columns["version"]]
    for name in dict.fromkeys(name for one in settings for name in one):
        columns[name] = [_text(one[name]) if name in one else None for one in settings]
    splits: dict[tuple[int | None, ...], list[tuple[str, str, str]]] = {}
    for name, values in columns.items():
        there = sorted({value for value in values if value is not None}, key=_rank)
        if len(there) == 2:
            side = tuple(None if value is None else there.index(value) for value in values)
            splits.setdefault(side, []).append((name, there[0], there[1]))
    found = []
    for side, same in splits.items():
        name, low, high = same[0]
        together = {one for one, _, _ in same}
        if name == "solver":  # whatever else differs is the solver's
            rest = empty
        elif name == "version":
            rest = solvers
        else:
            rest = [
                json.dumps({k: v for k, v in one.items() if k not in together}, sort_keys=True)
                for one in settings
            ]
            name += f" and {len(same) - 1} more" if len(same) > 1 else ""
        found.append(Factor(name, low, high, side, tuple(rest)))
    return found


def paired_differences(table: Table, metric: Metric, factor: Factor) -> list[float]:
    """High minus low on every puzzle that ran with both; log10 of the ratio on log scales."""
    sides: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
    rows = zip(table.column("puzzle"), factor.rest, table.values(metric), factor.side, strict=True)
    for puzzle, rest, value, side in rows:
        if value is not None and side is not None:
            scaled = log10(max(value, TINY)) if metric.log else value
            sides.setdefault((str(puzzle), rest), ([], []))[side].append(scaled)
    return [
        sum(high) / len(high) - sum(low) / len(low) for low, high in sides.values() if low and high
    ]


def _rank(text: str) -> tuple[float, str]:
    """Numbers by size, false before true, all else by the alphabet."""
    try:
        return float(text), text
    except ValueError:
        return inf, text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
