"""Divergence of wrong arrangements."""

import numpy as np
import pytest

from permq.core.network import Network
from permq.figures.cascade import diverged
from tests.toys import PLAIN_ACTIVATIONS, toy_puzzle


def plain_states(puzzle, inp, out, x):
    states = [x.astype(float)]
    for a, o in zip(inp, out, strict=True):
        hidden = PLAIN_ACTIVATIONS["relu"](states[-1] @ puzzle.w_in[a].T + puzzle.b_in[a])
        states.append(states[-1] + hidden @ puzzle.w_out[o].T + puzzle.b_out[o])
    return np.stack(states)


def test_the_distance_begins_after_the_first_other_block():
    puzzle, answer = toy_puzzle(4)
    inp, out = puzzle.indices(answer)
    swapped = [0, 1, 3, 2, 4]
    other = inp[swapped], out[swapped]
    mixed = inp, out[[0, 1, 2, 4, 3]]
    x = puzzle.x[:9]
    curves, first = diverged(Network(puzzle), (inp, out), [other, mixed], x)
    assert first.tolist() == [2, 3]
    assert curves[0, :3].tolist() == [0, 0, 0]
    assert curves[1, :4].tolist() == [0, 0, 0, 0]
    right, wrong = plain_states(puzzle, inp, out, x), plain_states(puzzle, *other, x)
    size = np.sqrt((right**2).mean(axis=(1, 2)))
    expected = np.sqrt(((wrong - right) ** 2).mean(axis=(1, 2))) / size
    assert curves[0] == pytest.approx(expected, rel=1e-4)
