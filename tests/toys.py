"""Small random puzzles in memory, with their answers.

The weights are drawn, not trained: of moderate scale, so that the function is well conditioned and
every change of the arrangement shows in the cost. `pred` comes from `plain_forward`, which shares
no code with the package.
"""

import hashlib
from math import erf

import numpy as np
from numpy.typing import NDArray

from permq.core.arrangement import Arrangement
from permq.core.puzzle import Puzzle

Array = NDArray[np.float64]

PLAIN_ACTIVATIONS = {
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "gelu": lambda z: z * 0.5 * (1 + np.vectorize(erf)(z / np.sqrt(2))),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "tanh": np.tanh,
}


def plain_forward(puzzle: Puzzle, inp: NDArray[np.intp], out: NDArray[np.intp]) -> Array:
    """(N, m) answers in float64, block by block as in the definition, row by row of the weights."""
    activate = PLAIN_ACTIVATIONS[puzzle.activation]
    x = puzzle.x.astype(np.float64)
    for a, o in zip(inp, out, strict=True):
        hidden = activate(
            np.einsum("hd,nd->nh", puzzle.w_in[a].astype(np.float64), x) + puzzle.b_in[a]
        )
        x = x + np.einsum("dh,nh->nd", puzzle.w_out[o].astype(np.float64), hidden) + puzzle.b_out[o]
    return np.einsum("md,nd->nm", puzzle.w_last.astype(np.float64), x) + puzzle.b_last


def toy_puzzle(
    seed: int | np.random.Generator = 0,
    blocks: int = 5,
    width: int = 6,
    hidden: int = 8,
    outputs: int = 1,
    activation: str = "relu",
    rows: int = 40,
    noise: float = 0.0,
    scale: float = 0.5,
    signal: float = 0.0,
) -> tuple[Puzzle, Arrangement]:
    """A random puzzle and its answer.

    Parameters
    ----------
    seed
        A seed or a generator.
    noise
        Gaussian noise on `pred`, relative to its spread.
    scale
        Size of what a block changes, relative to the state it sees.
    signal
        How much of an output layer is the negative transpose of its input layer, from 0 (pairs
        cannot be told from the weights) to 1 (any score finds them).
    """
    rng = np.random.default_rng(seed)

    def draw(*shape: int, spread: float) -> NDArray[np.float32]:
        return (spread * rng.standard_normal(shape)).astype(np.float32)

    w_in = draw(blocks, hidden, width, spread=width**-0.5)
    w_out = draw(blocks, width, hidden, spread=scale * hidden**-0.5)
    tied = -scale * (width / hidden) ** 0.5 * w_in.transpose(0, 2, 1)
    w_out = ((1 - signal) * w_out + signal * tied).astype(np.float32)
    # pieces are numbered at random; by local index they stand in the order of their numbers
    pieces = rng.permutation(2 * blocks + 1)
    inputs, outs, last = pieces[:blocks], pieces[blocks:-1], int(pieces[-1])
    by_inp, by_out = np.argsort(inputs), np.argsort(outs)
    x = draw(rows, width, spread=1.0)
    unanswered = Puzzle(
        name="toy",
        activation=activation,
        inp_pieces=np.sort(inputs).astype(np.intp),
        out_pieces=np.sort(outs).astype(np.intp),
        last_piece=last,
        w_in=w_in[by_inp],
        b_in=draw(blocks, hidden, spread=0.3)[by_inp],
        w_out=w_out[by_out],
        b_out=draw(blocks, width, spread=0.1)[by_out],
        w_last=draw(outputs, width, spread=width**-0.5),
        b_last=draw(outputs, spread=1.0),
        x=x,
        pred=np.zeros((rows, outputs), np.float32),
    )
    answer = Arrangement(tuple(inputs.tolist()), tuple(outs.tolist()), last)
    pred = plain_forward(unanswered, *unanswered.indices(answer))
    pred = pred + noise * pred.std() * rng.standard_normal(pred.shape)
    true = pred + 0.3 * pred.std() * rng.standard_normal(pred.shape)
    digest = hashlib.sha256(w_in.tobytes() + w_out.tobytes() + pred.tobytes())
    puzzle = Puzzle(
        **{
            **vars(unanswered),
            "pred": pred.astype(np.float32),
            "true": true.astype(np.float32),
            "solution_sha256": answer.sha256,
            "fingerprint": digest.hexdigest(),
        }
    )
    return puzzle, answer
