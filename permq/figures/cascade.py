"""`cascade`: how far wrong arrangements stray from the right states, depth by depth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array, Network
from permq.core.puzzle import Floats, Indices
from permq.figures.figure import Figure, Sources
from permq.figures.orders import orders_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

ROWS = 200
CURVES = 12
"""Solutions that are followed at most: the best besides the reference, and others down to the last
of those compared."""
_FLOOR = 1e-18


@dataclass(frozen=True, eq=False)
class Cascade:
    """Divergence of solutions from a reference.

    Parameters
    ----------
    divergence
        (k, L + 1) distance of the states before every block and at the end, as a share of the
        reference's own size.
    first
        (k,) first position with another block.
    costs
        (k,) costs.
    known
        What the reference is, `right` or `best known`.
    rows
        Rows of the data.
    """

    divergence: Array
    first: Indices
    costs: Array
    known: str
    rows: int


def diverged(
    network: Network,
    reference: tuple[Indices, Indices],
    others: Sequence[tuple[Indices, Indices]],
    x: Floats,
) -> tuple[Array, Indices]:
    """Distance from a reference's states.

    Parameters
    ----------
    network
        The layers.
    reference, others
        Input and output layers, (L,) each, in running order; others differ from the reference.
    x
        (n, d) inputs.

    Returns
    -------
    (k, L + 1) float64, (k,) intp
        Root mean square of the difference over that of the reference, at every depth, infinite
        where states overflow; and the first position at which each differs.
    """
    inp, out = reference
    right = network.states(inp, out, x)  # (L + 1, n, d)
    size = np.sqrt(np.mean(np.square(right, dtype=np.float64), axis=(1, 2)))
    curves, first = np.empty((len(others), len(right))), np.empty(len(others), np.intp)
    with np.errstate(over="ignore", invalid="ignore"):
        for place, (other_inp, other_out) in enumerate(others):
            gap = network.states(other_inp, other_out, x) - right
            distance = np.sqrt(np.mean(np.square(gap, dtype=np.float64), axis=(1, 2)))
            curves[place] = distance / np.where(size > 0, size, 1)
            first[place] = np.flatnonzero((other_inp != inp) | (other_out != out))[0]
    curves[~np.isfinite(curves)] = np.inf
    return curves, first


class CascadeFigure(Figure[Cascade]):
    """Divergence of the best solutions from the right or best known one."""

    name = "cascade"
    summary = "divergence from the right or best known states by depth"

    def compute(self, sources: Sources) -> Cascade:
        """Run the best solutions beside the reference."""
        from permq.pairing.rows import spaced_rows

        inp, out = sources.order()
        orders = orders_of(sources.puzzle, sources.top(least=2))
        differs = ((orders.inp != inp) | (orders.out != out)).any(axis=1)
        others = np.flatnonzero(differs)
        if not others.size:
            raise sources.missing("the pool has no second arrangement to compare yet")
        chosen = others[np.unique(np.linspace(0, len(others) - 1, CURVES).round().astype(np.intp))]
        rows = spaced_rows(sources.puzzle, ROWS)
        curves, first = diverged(
            Network(sources.puzzle),
            (inp, out),
            [(orders.inp[place], orders.out[place]) for place in chosen],
            sources.puzzle.x[rows],
        )
        return Cascade(curves, first, orders.costs[chosen], sources.known, len(rows))

    def draw(self, numbers: Cascade) -> "Drawing":
        """A curve per solution, from its first wrong block on."""
        from matplotlib.cm import ScalarMappable
        from matplotlib.colors import LogNorm

        from permq.figures import style

        count, depths = numbers.divergence.shape
        drawing = style.canvas(
            f"Cascade of errors — {count} other solutions against the {numbers.known} states",
            6.4,
        )
        axes = drawing.subplots()
        costs = np.maximum(numbers.costs, _FLOOR)
        scale = LogNorm(float(costs.min()), max(float(costs.max()), 1.0001 * float(costs.min())))
        colours = ScalarMappable(scale, style.SEQUENTIAL)
        shown = np.where(numbers.divergence > 0, numbers.divergence, np.nan)
        shown[~np.isfinite(shown)] = np.nan
        for place, colour in enumerate(colours.to_rgba(costs)):
            axes.plot(np.arange(depths), shown[place], color=colour)
            start = numbers.first[place] + 1  # the state after the first wrong block
            axes.plot(start, shown[place, start], "o", color=colour, mec=style.BLACK, ms=6)
        axes.plot([], [], "o", color="white", mec=style.BLACK, label="after the first other block")
        axes.set_yscale("log")
        axes.set_xlabel("depth (blocks run)")
        axes.set_ylabel(f"relative distance of the states\n(root mean square, {numbers.rows} rows)")
        drawing.colorbar(colours, ax=axes, label="cost (MSE)")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1))
        style.grid(axes)
        axes.set_xlim(-0.5, depths - 0.5)
        style.positions(axes, depths)
        return drawing


FIGURE = CascadeFigure()
