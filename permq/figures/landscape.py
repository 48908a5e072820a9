"""`landscape`: the best solutions in the plane, near where their arrangements are alike."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.diagnosis.diversity import distances
from permq.figures.figure import Figure, Sources

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

_FLOOR = 1e-18


@dataclass(frozen=True, eq=False)
class Landscape:
    """Solutions in the plane.

    Parameters
    ----------
    places
        (S, 2) coordinates; distances in shares of positions with another block.
    costs
        (S,) costs, the best first.
    lines
        (k, 2) places of parent and child.
    explained
        Share of the spread of the distances that the plane holds.
    solved
        Whether the first is the right one.
    """

    places: Array
    costs: Array
    lines: Indices
    explained: float
    solved: bool


def embedded(distance: Array) -> tuple[Array, float]:
    """Classical multidimensional scaling (Torgerson 1952) to two dimensions.

    Parameters
    ----------
    distance
        (S, S) distances.

    Returns
    -------
    (S, 2) float64, float
        Coordinates, and the two largest eigenvalues' share of all positive ones; 0 where all
        points are one.
    """
    count = len(distance)
    centring = np.eye(count) - 1 / count
    values, vectors = np.linalg.eigh(-0.5 * centring @ np.square(distance) @ centring)
    values = np.maximum(values[::-1], 0.0)
    places = np.zeros((count, 2))
    found = min(2, count)
    places[:, :found] = vectors[:, ::-1][:, :found] * np.sqrt(values[:found])
    largest = np.abs(places).argmax(axis=0)
    places *= np.where(places[largest, [0, 1]] < 0, -1.0, 1.0)
    total = float(values.sum())
    return places, float(values[:2].sum() / total) if total > 0 else 0.0


class LandscapeFigure(Figure[Landscape]):
    """Map of the pool's best."""

    name = "landscape"
    summary = "best solutions in the plane by distance of arrangement, cost, lineage"

    def compute(self, sources: Sources) -> Landscape:
        """Compare the best solutions, three at least, by their pieces."""
        rows = sources.top(least=3)
        arrangements = [row.arrangement for row in rows]
        places, explained = embedded(
            distances(
                np.array([one.inputs for one in arrangements], np.intp),
                np.array([one.outputs for one in arrangements], np.intp),
            )
        )
        number = {row.id: place for place, row in enumerate(rows)}
        lines = [
            (number[row.parent_id], place)
            for place, row in enumerate(rows)
            if row.parent_id in number
        ]
        return Landscape(
            places,
            np.array([row.cost for row in rows]),
            np.array(lines, np.intp).reshape(-1, 2),
            explained,
            rows[0].solved,
        )

    def draw(self, numbers: Landscape) -> "Drawing":
        """Points, lines from parents to children, a star for the best."""
        from matplotlib.collections import LineCollection
        from matplotlib.colors import LogNorm

        from permq.figures import style

        count = len(numbers.costs)
        drawing = style.canvas(
            f"Landscape of the best {count} solutions — the plane holds "
            f"{100 * numbers.explained:.0f} % of the spread of their distances",
            8.4,
        )
        axes = drawing.subplots()
        lines = LineCollection(
            list(numbers.places[numbers.lines]),
            colors=style.GREY,
            linewidths=0.8,
            alpha=0.7,
            label=f"parent to child: {len(numbers.lines)}",
            zorder=1,
        )
        axes.add_collection(lines)
        costs = np.maximum(numbers.costs, _FLOOR)
        # the answer lies far below all others: the colours are for those
        rest = costs[1:] if numbers.solved else costs
        scale = LogNorm(float(rest.min()), max(float(rest.max()), 1.0001 * float(rest.min())))
        dots = axes.scatter(
            numbers.places[:, 0],
            numbers.places[:, 1],
            36,
            c=costs,
            norm=scale,
            cmap=style.SEQUENTIAL,
            edgecolors=style.BLACK,
            linewidths=0.3,
            zorder=2,
            label="solution",
        )
        axes.scatter(
            numbers.places[0, 0],
            numbers.places[0, 1],
            260,
            marker="*",
            color=style.VERMILION,
            edgecolors=style.BLACK,
            zorder=3,
            label=f"{'right' if numbers.solved else 'best'}: MSE {numbers.costs[0]:.3g}",
        )
        drawing.colorbar(dots, ax=axes, label="cost (MSE)")
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_xlabel("first coordinate (share of positions that differ)")
        axes.set_ylabel("second coordinate (share of positions that differ)")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
        style.grid(axes)
        return drawing


FIGURE = LandscapeFigure()
