"""`loo`: what each block contributes where it stands."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array, Network
from permq.diagnosis.leave_one_out import leave_one_out
from permq.figures.figure import Figure, Sources

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

ROWS = 500


@dataclass(frozen=True, eq=False)
class Loo:
    """Leave-one-out of an arrangement.

    Parameters
    ----------
    mse
        Of the whole arrangement.
    change
        (L,) of the MSE with the block at each position skipped; negative where it does harm.
    known, rows
        Whose arrangement, `right` or `best known`, and the rows it was run on.
    """

    mse: float
    change: Array
    known: str
    rows: int

    @property
    def harmful(self) -> int:
        """Number of blocks whose removal improves the cost."""
        return int((self.change < 0).sum())


class LooFigure(Figure[Loo]):
    """Leave-one-out of the best known arrangement."""

    name = "loo"
    summary = "change of the MSE with each block left out"

    def compute(self, sources: Sources) -> Loo:
        """Skip every block in turn."""
        from permq.pairing.rows import spaced_rows

        puzzle = sources.puzzle
        inp, out = sources.order()
        rows = spaced_rows(puzzle, ROWS)
        found = leave_one_out(Network(puzzle), inp, out, puzzle.x[rows], puzzle.pred[rows])
        return Loo(found.mse, found.change, sources.known, len(rows))

    def draw(self, numbers: Loo) -> "Drawing":
        """Bars; on a logarithmic scale to both sides where they differ by much."""
        from permq.figures import style

        drawing = style.canvas(
            f"Leave one out — {numbers.known} arrangement, MSE {numbers.mse:.3g}, "
            f"{numbers.harmful} harmful blocks",
            5.6,
        )
        axes = drawing.subplots()
        change = np.where(np.isfinite(numbers.change), numbers.change, np.nan)
        places = np.arange(len(change))
        harm = change < 0
        axes.bar(places[~harm], change[~harm], 0.8, color=style.BLUE, label="needed")
        if harm.any():
            axes.bar(
                places[harm],
                change[harm],
                0.8,
                color=style.VERMILION,
                hatch="///",
                edgecolor="white",
                label="harmful: better without",
            )
        sizes = np.abs(change[np.isfinite(change) & (change != 0)])
        if sizes.size and sizes.max() > 100 * sizes.min():
            axes.set_yscale("symlog", linthresh=float(np.quantile(sizes, 0.05)))
        axes.axhline(0, color=style.BLACK, lw=0.8)
        lost = np.flatnonzero(~np.isfinite(numbers.change))
        if lost.size:
            axes.plot(lost, np.zeros(lost.size), "x", color=style.BLACK, label="overflows without")
        axes.set_xlabel("position of the block left out")
        axes.set_ylabel(f"change of the MSE ({numbers.rows} rows)")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
        style.grid(axes, "y")
        axes.set_xlim(-0.5, len(change) - 0.5)
        style.positions(axes, len(change))
        return drawing


FIGURE = LooFigure()
