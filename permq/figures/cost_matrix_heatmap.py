"""`cost_matrix_heatmap`: how well each output layer fits each input layer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle
from permq.errors import OptionError
from permq.figures.figure import Figure, Sources
from permq.pairing.assignment import mutual_best

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

ROWS = 500
"""Rows of the data behind the error of one-block networks."""
CAP = 2.0
ONE_BLOCK = "gradient-mse"


@dataclass(frozen=True, eq=False)
class CostMatrix:
    """One score of all pairs.

    Parameters
    ----------
    title, unit
        What was measured, and in what.
    values
        (L, L) in the score's own unit; row = input layer, column = output layer.
    normalised
        (L, L) from 1, the best of its row, to `CAP`.
    mutual
        (L, L) mask of pairs that are the best of both their row and their column.
    known
        (L,) column of every row's right or best known output layer; None where none is known.
    known_name
        `right` or `best known`.
    axis
        What rows and columns are sorted by.
    """

    title: str
    unit: str
    values: Array
    normalised: Array
    mutual: Array
    known: Indices | None
    known_name: str
    axis: str

    @property
    def mutual_known(self) -> int:
        """How many of the mutually best pairs are the right or best known ones."""
        if self.known is None:
            return 0
        return int(self.mutual[np.arange(len(self.known)), self.known].sum())


def normalise(values: Array, better: Literal["lower", "higher"]) -> Array:
    """Relate every entry to the best of its row.

    Parameters
    ----------
    values
        (L, L) scores.
    better
        Whether right pairs have the lower or the higher ones.

    Returns
    -------
    (L, L) float64
        1 for the best of the row; a positive score twice as bad is 2, and so is all beyond. Of a
        score with other signs, for which ratios mean nothing, 2 is the median of the row.
    """
    if (values > 0).all():
        best = values.min(axis=1) if better == "lower" else values.max(axis=1)
        ratio = values / best[:, None] if better == "lower" else best[:, None] / values
    else:
        cost = values if better == "lower" else -values
        least = cost.min(axis=1, keepdims=True)
        span = np.median(cost, axis=1, keepdims=True) - least
        ratio = 1 + (cost - least) / np.where(span > 0, span, 1)
    return np.asarray(np.minimum(ratio, CAP), np.float64)


def scored(method: str, puzzle: Puzzle) -> tuple[Array, Literal["lower", "higher"], str]:
    """Values (L, L) of a pairing method, which of them are better, and what they are.

    Raises
    ------
    OptionError
        When there is no such method.
    """
    from permq.pairing.ensemble import probabilities
    from permq.pairing.registry import SCORES
    from permq.pairing.rows import spaced_rows
    from permq.pairing.scores.gradient_mse import gradient_mse
    from permq.pairing.summary import ENSEMBLE, METHODS

    if method == ONE_BLOCK:
        rows = spaced_rows(puzzle, ROWS)
        said = f"mean squared error of one-block networks, {len(rows)} rows"
        return gradient_mse(puzzle, rows), "lower", said
    if method == ENSEMBLE:
        return probabilities(puzzle), "higher", "probability of each pair (ensemble)"
    if method not in METHODS:
        raise OptionError(f"no pairing method {method!r}; there are {', '.join(METHODS)}")
    score = SCORES[method]
    return score.values(puzzle), score.better, f"{method}: {score.title}"


class CostMatrixHeatmap(Figure[CostMatrix]):
    """All pairs under one pairing method."""

    name = "cost_matrix_heatmap"
    summary = "one-block error (or --method) of all pairs, mutual-best and right pairs marked"

    def compute(self, sources: Sources) -> CostMatrix:
        """Score all pairs; they are sorted by running order where one is known."""
        puzzle = sources.puzzle
        values, better, title = scored(str(sources.options["method"]), puzzle)
        known, axis = None, "piece index, ascending"
        if sources.answer is not None:
            inp, out = sources.order()
            values = values[np.ix_(inp, out)]
            known = np.arange(puzzle.blocks)
            axis = f"position in the {sources.known} arrangement"
        cost = values if better == "lower" else -values
        normalised = normalise(values, better)
        mutual = mutual_best(cost)
        unit = "MSE" if title.startswith("mean squared") else "score"
        return CostMatrix(title, unit, values, normalised, mutual, known, sources.known, axis)

    def draw(self, numbers: CostMatrix) -> "Drawing":
        """Three heat maps: raw, normalised, and marked."""
        from permq.figures import style

        drawing = style.canvas(f"Cost matrix — {numbers.title}", 5.6)
        panels = drawing.subplots(1, 3)
        blocks = len(numbers.values)
        low, high = np.quantile(numbers.values, [0, 0.99])
        top = max(float(numbers.normalised.max()), 1.01)
        ratio = "1.0 = best of its row"
        for axes, values, title, label, limits, colours in (
            (panels[0], numbers.values, "raw", numbers.unit, (low, high), style.SEQUENTIAL),
            (panels[1], numbers.normalised, "row-normalised", ratio, (1, top), style.SEQUENTIAL),
            (panels[2], numbers.normalised, "pairs marked", ratio, (1, top), "gray"),
        ):
            image = axes.imshow(values, cmap=colours, vmin=limits[0], vmax=limits[1])
            beyond = values.max() > limits[1] or limits[1] == CAP
            bar = drawing.colorbar(
                image,
                ax=axes,
                location="bottom",
                shrink=0.9,
                extend="max" if beyond else "neither",
            )
            bar.set_label(label)
            axes.set_title(title)
            axes.set_xlabel("output layer")
            style.positions(axes, blocks)
            style.positions(axes, blocks, "y")
        panels[0].set_ylabel(f"input layer\n({numbers.axis})")
        _mark(panels[2], numbers)
        return drawing


def _mark(axes: "Axes", numbers: CostMatrix) -> None:
    from permq.figures import style

    rows, columns = np.nonzero(numbers.mutual)
    size = 2200 / len(numbers.values)
    axes.scatter(
        columns,
        rows,
        size,
        facecolors="none",
        edgecolors=style.SKY,
        linewidths=1.4,
        label=f"mutually best: {len(rows)}",
    )
    if numbers.known is not None:
        places = np.arange(len(numbers.known))
        said = f"{numbers.known_name}: {len(places)}, mutually best {numbers.mutual_known}"
        axes.scatter(
            numbers.known, places, size / 3, marker="x", c=style.VERMILION, linewidths=1, label=said
        )
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.08), ncols=1, borderaxespad=0)


FIGURE = CostMatrixHeatmap()
