"""`weight_norms`: sizes of the layers and their biases."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Puzzle
from permq.figures.figure import Figure, Sources

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True, eq=False)
class WeightNorms:
    """Norms of the layers; column t of each belongs to one block.

    Parameters
    ----------
    frobenius, spectral, bias
        (2, L): input layers and output layers.
    blocks
        By what the layers are put together.
    ordered
        Whether columns are in running order.
    """

    frobenius: Array
    spectral: Array
    bias: Array
    blocks: str
    ordered: bool

    @property
    def correlation(self) -> tuple[float, float]:
        """Of input with output norms: Frobenius and spectral; 0 where all are equal."""
        return _correlation(self.frobenius), _correlation(self.spectral)


def norms(puzzle: Puzzle) -> tuple[Array, Array, Array]:
    """Frobenius, spectral and bias norms (2, L) of input and output layers, by local index."""
    weights, biases = (puzzle.w_in, puzzle.w_out), (puzzle.b_in, puzzle.b_out)
    frobenius = [np.sqrt(np.square(w, dtype=np.float64).sum(axis=(1, 2))) for w in weights]
    spectral = [np.linalg.norm(w.astype(np.float64), 2, axis=(1, 2)) for w in weights]
    bias = [np.linalg.norm(b.astype(np.float64), axis=1) for b in biases]
    return np.array(frobenius), np.array(spectral), np.array(bias)


def _correlation(pairs: Array) -> float:
    if len(pairs[0]) < 2 or not pairs.std(axis=1).all():
        return 0.0
    return float(np.corrcoef(pairs)[0, 1])


class WeightNormsFigure(Figure[WeightNorms]):
    """Norms of input against output layers, and sorted."""

    name = "weight_norms"
    summary = "Frobenius and spectral norms of input against output layers, sorted, bias norms"

    def compute(self, sources: Sources) -> WeightNorms:
        """Norms by block of the best known arrangement, else of the likeliest pairs."""
        puzzle = sources.puzzle
        if sources.answer is not None:
            inp, out = sources.order()
            blocks = f"{sources.known} pairs"
        else:
            from permq.pairing.assignment import assign
            from permq.pairing.ensemble import probabilities, surprise

            inp = np.arange(puzzle.blocks)
            out = assign(surprise(probabilities(puzzle)))
            blocks = "likeliest pairs"
        frobenius, spectral, bias = (
            np.stack([both[0][inp], both[1][out]]) for both in norms(puzzle)
        )
        return WeightNorms(frobenius, spectral, bias, blocks, sources.answer is not None)

    def draw(self, numbers: WeightNorms) -> "Drawing":
        """Input against output above, sorted below."""
        from permq.figures import style

        drawing = style.canvas(f"Weight norms — {numbers.blocks}", 9.0)
        panels = drawing.subplots(2, 2)
        places = np.arange(numbers.frobenius.shape[1])
        for axes, pairs, title, symbol, correlation in (
            (panels[0, 0], numbers.frobenius, "Frobenius norm", "F", numbers.correlation[0]),
            (panels[0, 1], numbers.spectral, "spectral norm", "2", numbers.correlation[1]),
        ):
            dots = axes.scatter(
                pairs[0],
                pairs[1],
                34,
                c=places if numbers.ordered else style.BLUE,
                cmap=style.SEQUENTIAL if numbers.ordered else None,
                edgecolors=style.BLACK,
                linewidths=0.4,
            )
            axes.set_title(f"{title} (correlation {correlation:+.2f})")
            axes.set_xlabel(f"input layer, ‖W_in‖ ({symbol})")
            axes.set_ylabel(f"output layer, ‖W_out‖ ({symbol})")
            style.grid(axes)
        if numbers.ordered:
            drawing.colorbar(dots, ax=panels[0, 1], label="position")
        below = panels[1, 0]
        for place, (pairs, title) in enumerate(
            ((numbers.frobenius, "Frobenius"), (numbers.spectral, "spectral"))
        ):
            for values, layer, colour in zip(
                pairs, ("input", "output"), (style.BLUE, style.ORANGE), strict=True
            ):
                label, line = f"{layer}, {title}", ("-", "--")[place]
                below.plot(places, np.sort(values), line, color=colour, label=label)
        below.set_title("sorted norms")
        below.set_ylabel("norm of the weights")
        biases = panels[1, 1]
        for values, layer, colour, line in zip(
            numbers.bias, ("input", "output"), (style.BLUE, style.ORANGE), ("-", "--"), strict=True
        ):
            biases.plot(places, np.sort(values), line, color=colour, label=f"{layer} layers")
        biases.set_title("sorted bias norms")
        biases.set_ylabel("norm of the bias")
        for axes in (below, biases):
            axes.set_xlabel("rank")
            axes.set_ylim(0, 1.3 * axes.get_ylim()[1])  # room for the legend
            axes.legend(loc="upper left", ncols=2)
            style.grid(axes)
        return drawing


FIGURE = WeightNormsFigure()
