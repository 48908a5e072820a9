"""`activation_fingerprints`: what each layer does to the probe rows, in two dimensions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle
from permq.figures.figure import Figure, Sources

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

ROWS = 64
"""Probe rows, evenly spaced over the data."""


@dataclass(frozen=True, eq=False)
class Fingerprints:
    """Layers in the plane.

    Parameters
    ----------
    inputs, outputs
        (L, 2) principal components of the layers, by local index.
    explained
        (2, 2) share of the variance that each component of inputs and outputs explains.
    input_place, output_place
        (L,) position of each layer; None where no arrangement is known.
    rows, known
        Number of probe rows, and what the positions are: `right` or `best known`.
    """

    inputs: Array
    outputs: Array
    explained: Array
    input_place: Indices | None
    output_place: Indices | None
    rows: int
    known: str


def principal_components(table: Array) -> tuple[Array, Array]:
    """Two principal components of the rows of a table.

    Parameters
    ----------
    table
        (L, p) one row per layer.

    Returns
    -------
    (L, 2), (2,) float64
        Coordinates, and the share of the variance that each explains; zeros where there is none.
        Of the two signs of a component the one is taken whose largest coordinate is positive.
    """
    centred = table.astype(np.float64) - table.mean(axis=0, dtype=np.float64)
    # L is small beside p: the products of the rows hold all that is needed
    values, vectors = np.linalg.eigh(centred @ centred.T)
    values = np.maximum(values[::-1], 0.0)
    places, share = np.zeros((len(table), 2)), np.zeros(2)
    found = min(2, len(values))
    places[:, :found] = vectors[:, ::-1][:, :found] * np.sqrt(values[:found])
    largest = np.abs(places).argmax(axis=0)
    places *= np.where(places[largest, [0, 1]] < 0, -1.0, 1.0)
    if values.sum() > 0:
        share[:found] = values[:found] / values.sum()
    return places, share


def responses(puzzle: Puzzle, x: Array) -> tuple[Array, Array]:
    """What the layers make of (n, d) rows.

    Returns
    -------
    (L, n h), (L, n d) float32
        Activated hidden units of every input layer; and what every output layer, without its bias,
        makes of the mean hidden units of all input layers, which none of them is paired with.
    """
    from permq.pairing.rows import hidden_units

    hidden = hidden_units(puzzle, x)
    outputs = hidden.mean(axis=0) @ puzzle.w_out.transpose(0, 2, 1)
    return hidden.reshape(puzzle.blocks, -1), outputs.reshape(puzzle.blocks, -1)


class ActivationFingerprints(Figure[Fingerprints]):
    """Layers by what they do."""

    name = "activation_fingerprints"
    summary = "two principal components of what each layer does to probe rows"

    def compute(self, sources: Sources) -> Fingerprints:
        """Run every layer on the probe rows."""
        from permq.pairing.rows import spaced_rows

        puzzle = sources.puzzle
        rows = spaced_rows(puzzle, ROWS)
        (inputs, first), (outputs, second) = map(
            principal_components, responses(puzzle, puzzle.x[rows])
        )
        places: tuple[Indices | None, Indices | None] = (None, None)
        if sources.answer is not None:
            inp, out = sources.order()
            places = np.argsort(inp), np.argsort(out)
        explained = np.stack([first, second])
        return Fingerprints(inputs, outputs, explained, *places, len(rows), sources.known)

    def draw(self, numbers: Fingerprints) -> "Drawing":
        """Input layers on the left, output layers on the right."""
        from permq.figures import style

        title = f"Activation fingerprints — what the layers do to {numbers.rows} probe rows"
        drawing = style.canvas(title, 6.0)
        panels = drawing.subplots(1, 2)
        for axes, places, share, depth, layer in (
            (panels[0], numbers.inputs, numbers.explained[0], numbers.input_place, "input"),
            (panels[1], numbers.outputs, numbers.explained[1], numbers.output_place, "output"),
        ):
            dots = axes.scatter(
                places[:, 0],
                places[:, 1],
                44,
                c=style.BLUE if depth is None else depth,
                cmap=None if depth is None else style.SEQUENTIAL,
                edgecolors=style.BLACK,
                linewidths=0.4,
            )
            axes.set_title(
                f"{layer} layers: {100 * share.sum():.0f} % of the variance explained "
                f"({100 * share[0]:.0f} + {100 * share[1]:.0f})"
            )
            axes.set_xlabel("first principal component")
            axes.set_ylabel("second principal component")
            style.grid(axes)
        if numbers.input_place is not None:
            label = f"position in the {numbers.known} arrangement"
            drawing.colorbar(dots, ax=panels, label=label)
        return drawing


FIGURE = ActivationFingerprints()
