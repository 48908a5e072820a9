"""Toys for the neighbourhood searches, and costs of whole neighbourhoods the slow way."""

from itertools import combinations, permutations

import numpy as np

from permq.core.puzzle import Indices, Puzzle
from permq.search.problem import Problem
from tests.toys import plain_forward, toy_puzzle

BLOCKS = 8


def toy(seed: int = 0, blocks: int = BLOCKS, **options: object) -> tuple[Puzzle, Indices, Indices]:
    """A toy puzzle and its answer as local indices."""
    puzzle, answer = toy_puzzle(seed, blocks=blocks, **options)
    return puzzle, *puzzle.indices(answer)


def shuffled(
    inp: Indices, out: Indices, seed: int, positions: list[int] | None = None
) -> tuple[Indices, Indices]:
    """The blocks of some positions (all by default) in a random other order."""
    at = np.arange(len(inp)) if positions is None else np.array(positions)
    order = np.random.default_rng(seed).permutation(len(at))
    while len(at) > 1 and (order == np.arange(len(at))).all():
        order = np.roll(order, 1)
    inp, out = inp.copy(), out.copy()
    inp[at], out[at] = inp[at][order], out[at][order]
    return inp, out


def plain_cost(puzzle: Puzzle, inp: Indices, out: Indices) -> float:
    """Mean squared error over all rows by the slow forward pass in float64."""
    return float(np.mean((plain_forward(puzzle, inp, out) - puzzle.pred) ** 2))


def rearranged(
    inp: Indices, out: Indices, positions: tuple[int, ...]
) -> list[tuple[Indices, Indices]]:
    """Every other order of the blocks at some positions."""
    found = []
    for order in list(permutations(positions))[1:]:
        a, o = inp.copy(), out.copy()
        a[list(positions)], o[list(positions)] = inp[list(order)], out[list(order)]
        found.append((a, o))
    return found


def least(problem: Problem, arrangements: list[tuple[Indices, Indices]]) -> float:
    """Least cost of some arrangements."""
    return min(problem.cost(inp, out) for inp, out in arrangements)


def all_swaps(inp: Indices, out: Indices) -> list[tuple[Indices, Indices]]:
    """Every arrangement one swap of blocks away."""
    return [
        swap for pair in combinations(range(len(inp)), 2) for swap in rearranged(inp, out, pair)
    ]
