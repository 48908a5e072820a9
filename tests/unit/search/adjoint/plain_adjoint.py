"""Effects of blocks the slow way: adjoints by finite differences of the plain forward pass."""

from dataclasses import replace

import numpy as np

from permq.core.puzzle import Indices, Puzzle
from tests.toys import Array, plain_forward

_STEP = 1e-6


def states(puzzle: Puzzle, inp: Indices, out: Indices) -> list[Array]:
    """The (n, d) stream before every block and at the end."""
    found = [puzzle.x.astype(np.float64)]
    for a, o in zip(inp, out, strict=True):
        found.append(found[-1] + block(puzzle, a, o, found[-1]))
    return found


def rest(puzzle: Puzzle, inp: Indices, out: Indices, first: int, state: Array) -> Array:
    """(n, m) answer of the blocks from a position on at a stream before it."""
    return plain_forward(replace(puzzle, x=state), inp[first:], out[first:])


def block(puzzle: Puzzle, a: int, o: int, state: Array) -> Array:
    """(n, d) change that the block of input layer a and output layer o makes."""
    width = puzzle.width
    last = replace(puzzle, w_last=np.eye(width), b_last=np.zeros(width), x=state)
    return plain_forward(last, np.array([a]), np.array([o])) - state


def adjoint(puzzle: Puzzle, inp: Indices, out: Indices, first: int, state: Array) -> Array:
    """(n, m, d) derivative of the answer with respect to the stream before a position."""
    columns = []
    for i in range(puzzle.width):
        step = np.zeros(puzzle.width)
        step[i] = _STEP
        ahead = rest(puzzle, inp, out, first, state + step)
        behind = rest(puzzle, inp, out, first, state - step)
        columns.append((ahead - behind) / (2 * _STEP))
    return np.stack(columns, axis=-1)


def effect(slope: Array, change: Array) -> Array:
    """(m * n,) effect on the answer, output by output, of an (n, d) change of the stream."""
    return np.einsum("nmd,nd->mn", slope, change).reshape(-1)
