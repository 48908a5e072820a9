"""`trace_matrix`: the trace of W_out W_in of all pairs, and how it tells right from wrong."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array
from permq.figures.figure import Figure, Sources
from permq.pairing.assignment import assign

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True, eq=False)
class TraceMatrix:
    """Traces of all pairs.

    Parameters
    ----------
    values
        (L, L) traces; the right pairs, or those taken for right, stand on the diagonal.
    known
        What those are called.
    ordered
        Whether rows are in running order.
    """

    values: Array
    known: str
    ordered: bool

    @property
    def right(self) -> Array:
        """(L,) traces of the pairs on the diagonal."""
        return np.asarray(np.diag(self.values))

    @property
    def wrong(self) -> Array:
        """(L (L - 1),) traces of all other pairs."""
        return np.asarray(self.values[~np.eye(len(self.values), dtype=np.bool_)])

    @property
    def separation(self) -> float:
        """Share of right and wrong pairs that the trace puts in the right order (AUC)."""
        right, wrong = np.sort(self.right), self.wrong
        if not wrong.size:
            return 1.0
        lower = np.searchsorted(right, wrong, "left")  # right pairs below each wrong one
        ties = np.searchsorted(right, wrong, "right") - lower
        return float((lower + ties / 2).sum() / (len(right) * len(wrong)))


class TraceMatrixFigure(Figure[TraceMatrix]):
    """Traces as a heat map and a histogram."""

    name = "trace_matrix"
    summary = "trace of W_out W_in of all pairs, histogram of right against wrong ones"

    def compute(self, sources: Sources) -> TraceMatrix:
        """Traces in running order, else in the order of input layers and their least pairs."""
        from permq.pairing.products import traces

        values = traces(sources.puzzle)
        if sources.answer is None:
            return TraceMatrix(values[:, assign(values)], "paired by least trace", ordered=False)
        inp, out = sources.order()
        return TraceMatrix(values[np.ix_(inp, out)], sources.known, ordered=True)

    def draw(self, numbers: TraceMatrix) -> "Drawing":
        """The matrix on the left, the histogram on the right."""
        from permq.figures import style

        drawing = style.canvas("Trace of W_out W_in of all pairs", 5.8)
        left, right = drawing.subplots(1, 2, width_ratios=[1, 1.1])
        limit = float(np.abs(numbers.values).max()) or 1.0
        image = left.imshow(numbers.values, cmap=style.DIVERGING, vmin=-limit, vmax=limit)
        drawing.colorbar(image, ax=left, label="trace", shrink=0.85)
        blocks = len(numbers.values)
        style.positions(left, blocks)
        style.positions(left, blocks, "y")
        place = "position" if numbers.ordered else "place"
        left.set_title(f"diagonal: {numbers.known} pairs")
        left.set_xlabel(f"output layer ({place})")
        left.set_ylabel(f"input layer ({place})")
        bins = np.histogram_bin_edges(numbers.values, 60)
        for values, name, colour, hatch in (
            (numbers.wrong, "other", style.ORANGE, ""),
            (numbers.right, numbers.known, style.BLUE, "///"),
        ):
            if not values.size:
                continue
            said = f"{name}: {values.size:,}, mean {values.mean():+.2f} ± {values.std():.2f}"
            right.hist(
                values, bins, color=colour, alpha=0.75, label=said, hatch=hatch, edgecolor="white"
            )
        right.set_yscale("log")
        right.set_ylim(0.7, 20 * right.get_ylim()[1])  # room for the legend
        right.set_title(f"area under the ROC curve {numbers.separation:.3f}")
        right.set_xlabel("trace")
        right.set_ylabel("pairs")
        right.legend(loc="upper left")
        style.grid(right, "y")
        return drawing


FIGURE = TraceMatrixFigure()
