"""`residual_cosine`: directions of consecutive blocks, and where one pushes back the other."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array, Network
from permq.core.puzzle import Indices
from permq.diagnosis.break_points import break_points, residual_cosines
from permq.figures.figure import Figure, Sources

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

ROWS = 500
NAMED = 5
"""Break points whose numbers are written beside them, the worst."""


@dataclass(frozen=True, eq=False)
class ResidualCosine:
    """Cosines of consecutive changes.

    Parameters
    ----------
    cosines
        (L - 1,) mean over rows; entry t compares the blocks at t and t + 1.
    breaks
        (k,) places of negative ones, the worst first.
    known, rows
        Whose arrangement, `right` or `best known`, and the rows of the mean.
    """

    cosines: Array
    breaks: Indices
    known: str
    rows: int


class ResidualCosineFigure(Figure[ResidualCosine]):
    """Break points of the best known arrangement."""

    name = "residual_cosine"
    summary = "cosine of consecutive residual directions, break points marked"

    def compute(self, sources: Sources) -> ResidualCosine:
        """Run the best known arrangement on some hundred rows."""
        from permq.pairing.rows import spaced_rows

        inp, out = sources.order()
        if len(inp) < 2:
            raise sources.missing("one block has no next one")
        rows = spaced_rows(sources.puzzle, ROWS)
        cosines = residual_cosines(Network(sources.puzzle), inp, out, sources.puzzle.x[rows])
        return ResidualCosine(cosines, break_points(cosines), sources.known, len(rows))

    def draw(self, numbers: ResidualCosine) -> "Drawing":
        """Bars, those of break points in another colour and hatched."""
        from permq.figures import style

        places = np.arange(len(numbers.cosines)) + 0.5
        drawing = style.canvas(
            f"Consecutive residual directions — {numbers.known} arrangement, "
            f"{len(numbers.breaks)} break points",
            5.6,
        )
        axes = drawing.subplots()
        broken = np.zeros(len(places), np.bool_)
        broken[numbers.breaks] = True
        axes.bar(
            places[~broken], numbers.cosines[~broken], 0.8, color=style.BLUE, label="goes along"
        )
        if broken.any():
            axes.bar(
                places[broken],
                numbers.cosines[broken],
                0.8,
                color=style.VERMILION,
                hatch="///",
                edgecolor="white",
                label="break point: pushes back",
            )
        for place in numbers.breaks[:NAMED]:
            axes.annotate(
                f"{place}|{place + 1}",
                (places[place], numbers.cosines[place]),
                (0, -3),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=9,
                rotation=90,
            )
        axes.axhline(0, color=style.BLACK, lw=0.8)
        axes.margins(y=0.15)
        axes.set_xlabel("position; a bar stands between two blocks")
        axes.set_ylabel(f"mean cosine over {numbers.rows} rows")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
        style.grid(axes, "y")
        axes.set_xlim(-0.5, len(places) + 0.5)
        style.positions(axes, len(places) + 1)
        return drawing


FIGURE = ResidualCosineFigure()
