"""From layers and data to a `Puzzle`: shapes say which layer is which."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from permq.core.puzzle import Floats, Layer, Puzzle
from permq.errors import PuzzleError


@dataclass(frozen=True, eq=False)
class Roles:
    """Which piece is an input, an output, and the last layer; sorted piece indices."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    last: int


def classify(layers: Mapping[int, Layer], width: int, outputs: int, path: Path | str) -> Roles:
    """Tell input, output and last layers apart by shape.

    Parameters
    ----------
    layers
        The layers by piece index.
    width
        Number of input columns of the data, d.
    outputs
        Number of `pred` columns, m.
    path
        Named in errors.

    Returns
    -------
    Roles
        Of square layers (d == h) nothing is decided yet: the first L by piece index stand as
        inputs until a solver chooses.

    Raises
    ------
    PuzzleError
        When the shapes are not those of a residual network.
    """
    if len(layers) < 3 or len(layers) % 2 == 0:
        raise PuzzleError(path, f"a network of L blocks has 2 L + 1 pieces, found {len(layers)}")
    blocks = len(layers) // 2
    lasts = [i for i, layer in layers.items() if layer.weight.shape == (outputs, width)]
    rest = {i: layer.weight.shape for i, layer in layers.items() if i not in set(lasts)}
    if len(lasts) in (blocks + 1, len(layers)):
        raise PuzzleError(
            path,
            f"{len(lasts)} pieces have the shape ({outputs}, {width}) of the last layer; "
            "shapes cannot tell it apart",
        )
    if len(lasts) != 1:
        raise PuzzleError(
            path,
            f"needs exactly one last layer of shape ({outputs}, {width}) "
            f"(outputs x width of the data), found {len(lasts)}",
        )
    shapes = set(rest.values())
    if shapes == {(width, width)}:
        square = sorted(rest)
        return Roles(tuple(square[:blocks]), tuple(square[blocks:]), lasts[0])
    inputs = sorted(i for i, shape in rest.items() if shape[1] == width)
    outs = sorted(i for i, shape in rest.items() if shape[1] != width)
    for i in inputs:
        if rest[i] != rest[inputs[0]]:
            raise PuzzleError(
                path,
                f"piece {i} has shape {rest[i]}, piece {inputs[0]} {rest[inputs[0]]}; "
                "all input layers of a residual network have one shape (hidden, width)",
            )
    hidden = rest[inputs[0]][0] if inputs else 0
    for i in outs:
        if rest[i] != (width, hidden):
            raise PuzzleError(
                path,
                f"piece {i} has shape {rest[i]}, which fits no residual network of width {width} "
                f"(expected input layers (hidden, {width}), output layers ({width}, hidden))",
            )
    if len(inputs) != len(outs):
        raise PuzzleError(path, f"found {len(inputs)} input layers but {len(outs)} output layers")
    return Roles(tuple(inputs), tuple(outs), lasts[0])


def assemble(
    layers: Mapping[int, Layer],
    x: Floats,
    pred: Floats,
    true: Floats | None,
    *,
    name: str,
    activation: str,
    path: Path,
    fingerprint: str = "",
    solution_sha256: str | None = None,
) -> Puzzle:
    """Build a `Puzzle` from layers by piece index and data; see `classify` for the errors."""
    roles = classify(layers, x.shape[1], pred.shape[1], path)
    return Puzzle(
        name=name,
        activation=activation,
        inp_pieces=np.array(roles.inputs, dtype=np.intp),
        out_pieces=np.array(roles.outputs, dtype=np.intp),
        last_piece=roles.last,
        w_in=np.stack([layers[i].weight for i in roles.inputs]),
        b_in=np.stack([layers[i].bias for i in roles.inputs]),
        w_out=np.stack([layers[i].weight for i in roles.outputs]),
        b_out=np.stack([layers[i].bias for i in roles.outputs]),
        w_last=layers[roles.last].weight,
        b_last=layers[roles.last].bias,
        x=x,
        pred=pred,
        true=true,
        solution_sha256=solution_sha256,
        fingerprint=fingerprint,
        path=path,
    )
