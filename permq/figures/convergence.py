"""`convergence`: every solution over time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.figures.figure import Figure, Sources
from permq.pool.timeline import timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

SHOWN = 7
"""Methods or nodes with a colour of their own, the most frequent; the rest is `others`."""
UNKNOWN = "unknown"
FEW = 10
"""Solutions that the zoom shows at least, where there are so many."""
_FLOOR = 1e-18  # of costs: zero has no place on a logarithmic scale


@dataclass(frozen=True, eq=False)
class Convergence:
    """Solutions over time.

    Parameters
    ----------
    hours
        (S,) since the first solution, ascending.
    costs, best
        (S,) cost of each, and the least until then.
    names, group
        Methods or nodes, the most frequent first, and (S,) place of each solution's in them.
    by
        `method` or `node`.
    target
        A cost to mark; None for none.
    zoom
        What the second panel shows: first and last hour, least and largest cost.
    whole
        Solutions of the puzzle; more than S where they are too many to be drawn.
    """

    hours: Array
    costs: Array
    best: Array
    names: tuple[str, ...]
    group: Indices
    by: str
    target: float | None
    zoom: tuple[float, float, float, float]
    whole: int


def grouped(labels: Sequence[str]) -> tuple[tuple[str, ...], Indices]:
    """Names of groups, the most frequent first, and (S,) the place of every label's group."""
    counts = Counter(label or UNKNOWN for label in labels)
    names = [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    if len(names) > SHOWN + 1:
        names = [*names[:SHOWN], "others"]
    place = {name: number for number, name in enumerate(names)}
    last = len(names) - 1
    group = np.array([place.get(label or UNKNOWN, last) for label in labels], np.intp)
    return tuple(names), group


def zoom_window(hours: Array, costs: Array, best: Array) -> tuple[float, float, float, float]:
    """The last quarter of the time, or the last few solutions, and there the better half.

    Returns
    -------
    tuple
        First and last hour, least and largest cost, the best so far among them. A solution far
        below all others, as the answer is, would stretch the scale: the least cost is a quarter of
        that of the best tenth then.
    """
    last = float(hours[-1])
    first = min(last - (last - float(hours[0])) / 4, float(hours[-FEW:][0]))
    inside = np.maximum(costs[hours >= first], _FLOOR)
    high = max(float(np.median(inside)), float(best[hours >= first][0]))
    low = max(min(float(inside.min()), float(best[-1])), _FLOOR)
    usual = float(np.quantile(inside, 0.1))
    if low < usual / 100:
        low = usual / 4
    return first, last, low, max(high, low)


class ConvergenceFigure(Figure[Convergence]):
    """Costs over time and the running best."""

    name = "convergence"
    summary = "every solution over time, the running best, a target; second panel zoomed"

    def compute(self, sources: Sources) -> Convergence:
        """Read the solutions in order of time."""
        with sources.reading() as cursor:
            moments = timeline(cursor, sources.row.id)
        if not moments:
            raise sources.missing("the pool has no solution of it yet")
        by = str(sources.options["by"])
        hours = np.array([moment.at for moment in moments])
        hours = (hours - hours[0]) / 3600
        costs = np.array([moment.cost for moment in moments])
        best = np.array([moment.best for moment in moments])
        names, group = grouped(
            [moment.node if by == "node" else moment.method for moment in moments]
        )
        target = sources.options["target"]
        zoom = zoom_window(hours, costs, best)
        return Convergence(hours, costs, best, names, group, by, target, zoom, moments[0].whole)

    def draw(self, numbers: Convergence) -> "Drawing":
        """All above, the end below."""
        from permq.figures import style

        drawing = style.canvas(
            f"Convergence — {numbers.whole:,} solutions, best cost {numbers.best[-1]:.3g}", 8.4
        )
        whole, zoomed = drawing.subplots(2, 1)
        factor, unit = style.unit_of_time(float(numbers.hours[-1]))
        for axes in (whole, zoomed):
            _plot(axes, numbers, factor)
            axes.set_yscale("log")
            axes.set_ylabel("cost (MSE)")
            axes.set_xlabel(f"{unit} since the first solution")
            style.grid(axes)
        first, last, low, high = numbers.zoom
        margin = (last - first) / 50 or 0.01
        zoomed.set_xlim(factor * (first - margin), factor * (last + margin))
        zoomed.set_ylim(low / 1.5, high * 1.5)
        whole.set_title("all")
        zoomed.set_title("zoom: the end of the time, the better half of its solutions")
        # beside the panel: nothing lies under it
        whole.legend(title=numbers.by, loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
        return drawing


def _plot(axes: "Axes", numbers: Convergence, factor: float) -> None:
    from permq.figures import style

    times = factor * numbers.hours
    size = float(np.clip(20_000 / len(times), 14, 60))
    costs = np.maximum(numbers.costs, _FLOOR)
    for place, name in enumerate(numbers.names):
        chosen = numbers.group == place
        axes.scatter(
            times[chosen],
            costs[chosen],
            size,
            color=style.colour(place),
            marker=style.MARKERS[place % len(style.MARKERS)],
            alpha=0.6,
            linewidths=0,
            label=f"{name} ({chosen.sum():,})",
            rasterized=True,
        )
    best = np.maximum(numbers.best, _FLOOR)
    axes.step(times, best, where="post", color=style.BLACK, label="best so far")
    if numbers.target is not None:
        axes.axhline(
            numbers.target, color=style.VERMILION, ls="--", label=f"target {numbers.target:g}"
        )


FIGURE = ConvergenceFigure()
