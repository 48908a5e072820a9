"""The puzzle: the layers of a dropped network and the data it was run on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from permq.core.arrangement import Arrangement
from permq.errors import AnswerError

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
        if not all(type(piece) is int or isinstance(piece, np.integer) for piece in inputs):
            raise AnswerError("roles are chosen by the indices of pieces")
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
