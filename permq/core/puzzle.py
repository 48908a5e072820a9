"""The puzzle: the layers of a dropped network and the data it was run on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from permq.core.arrangement import Arrangement
from permq.errors import AnswerError, PuzzleError

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Layer:
    """One linear layer, as found in a piece.

    Parameters
    ----------
    weight
        (out, in) float32.
    bias
        (out,) float32.
    """

    weight: Floats
    bias: Floats


@dataclass(frozen=True, eq=False)
class Puzzle:
    """A dropped network: L input layers, L output layers, the last layer, and data.

    Parameters
    ----------
    name
        What people call it.
    activation
        `relu`, `gelu`, `silu` or `tanh`.
    inp_pieces, out_pieces
        (L,) piece index of each input and output layer; a *local index* is a place in these.
    last_piece
        Piece index of the last layer.
    w_in, b_in, w_out, b_out
        (L, h, d), (L, h), (L, d, h), (L, d) float32, by local index.
    w_last, b_last
        (m, d), (m,) float32.
    x
        (N, d) float32, the inputs.
    pred
        (N, m) float32, what the whole network answered.
    true
        (N, m) float32, the labels it was trained on, or None.
    solution_sha256
        SHA-256 of the answer text, where known.
    fingerprint
        SHA-256 over the contents, see `permq.core.fingerprint`.
    path
        Where it was read from, or None.
    """

    name: str
    activation: str
    inp_pieces: Indices
    out_pieces: Indices
    last_piece: int
    w_in: Floats
    b_in: Floats
    w_out: Floats
    b_out: Floats
    w_last: Floats
    b_last: Floats
    x: Floats
    pred: Floats
    true: Floats | None = None
    solution_sha256: str | None = None
    fingerprint: str = ""
    path: Path | None = None

    @property
    def blocks(self) -> int:
        """Number of blocks, L."""
        return int(self.w_in.shape[0])

    @property
    def width(self) -> int:
        """Width of the residual stream, d."""
        return int(self.w_in.shape[2])

    @property
    def hidden(self) -> int:
        """Hidden units of a block, h."""
        return int(self.w_in.shape[1])

    @property
    def outputs(self) -> int:
        """Number of outputs, m."""
        return int(self.w_last.shape[0])

    @property
    def rows(self) -> int:
        """Number of data rows, N."""
        return int(self.x.shape[0])

    @property
    def square(self) -> bool:
        """Whether shapes cannot tell input from output layers (d == h)."""
        return self.width == self.hidden

    def arrangement(
        self, inp: Sequence[int] | Indices, out: Sequence[int] | Indices
    ) -> Arrangement:
        """Turn local indices in running order, (L,) each, into an arrangement of pieces."""
        return Arrangement(
            tuple(int(piece) for piece in self.inp_pieces[np.asarray(inp, dtype=np.intp)]),
            tuple(int(piece) for piece in self.out_pieces[np.asarray(out, dtype=np.intp)]),
            self.last_piece,
        )

    def indices(self, arrangement: Arrangement) -> tuple[Indices, Indices]:
        """Local indices in running order, (L,) each, of an arrangement of this puzzle.

        Raises
        ------
        AnswerError
            When it is no permutation of this puzzle's pieces with every layer in its role.
        """
        if arrangement.blocks != self.blocks:
            raise AnswerError(
                f"the answer has {2 * arrangement.blocks + 1} pieces, "
                f"the puzzle {2 * self.blocks + 1}"
            )
        if arrangement.last != self.last_piece:
            raise AnswerError(
                f"the answer ends with piece {arrangement.last}, the last layer is piece "
                f"{self.last_piece}"
            )
        found = []
        for role, wanted, pieces in (
            ("input", arrangement.inputs, self.inp_pieces),
            ("output", arrangement.outputs, self.out_pieces),
        ):
            local = {int(piece): index for index, piece in enumerate(pieces)}
            for piece in wanted:
                if piece not in local:
                    raise AnswerError(f"piece {piece} is no {role} layer of this puzzle")
            found.append(np.array([local[piece] for piece in wanted], dtype=np.intp))
        return found[0], found[1]

    def with_roles(self, inputs: Sequence[int]) -> "Puzzle":
        """The same puzzle with other pieces as input layers; only for square layers.

        Parameters
        ----------
        inputs
            L piece indices to take as input layers; the remaining L become output layers.

        Raises
        ------
        AnswerError
            When the layers are not square, or `inputs` is no choice of L of them.
        """
        chosen = sorted({int(piece) for piece in inputs})
        weights, biases = {}, {}
        for pieces, weight, bias in (
            (self.inp_pieces, self.w_in, self.b_in),
            (self.out_pieces, self.w_out, self.b_out),
        ):
            for index, piece in enumerate(pieces):
                weights[int(piece)], biases[int(piece)] = weight[index], bias[index]
        others = sorted(weights.keys() - set(chosen))
        if not self.square or len(chosen) != self.blocks or len(others) != self.blocks:
            raise AnswerError("roles can be chosen for L of the 2 L square layers only")
        return replace(
            self,
            inp_pieces=np.array(chosen, dtype=np.intp),
            out_pieces=np.array(others, dtype=np.intp),
            w_in=np.stack([weights[piece] for piece in chosen]),
            b_in=np.stack([biases[piece] for piece in chosen]),
            w_out=np.stack([weights[piece] for piece in others]),
            b_out=np.stack([biases[piece] for piece in others]),
        )

    def for_answer(self, arrangement: Arrangement) -> "Puzzle":
        """This puzzle with the roles that the arrangement gives to square layers."""
        if self.square and set(arrangement.inputs) != {int(p) for p in self.inp_pieces}:
            known = {int(p) for p in self.inp_pieces} | {int(p) for p in self.out_pieces}
            if set(arrangement.inputs) <= known:
                return self.with_roles(arrangement.inputs)
        return self


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
        For square layers (d == h) the lower half of them by mean bias is *not* yet a
        decision: the first L by piece index stand as inputs until a solver chooses.

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
