"""Laws of every registered move."""

import json
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permq.core.objective import objective
from permq.search.moves import MOVES
from permq.search.moves.move import DRAWS
from permq.search.problem import Problem
from tests.toys import toy_puzzle

names = st.sampled_from(sorted(MOVES))
unit = st.floats(0, 1, exclude_max=True, width=32)


@st.composite
def situations(draw):
    """A move and everything it is given."""
    blocks = draw(st.integers(1, 9))
    order = np.array(draw(st.permutations(range(blocks))), np.intp)
    pairs = np.array(draw(st.permutations(range(blocks))), np.intp)
    locked = draw(st.sets(st.integers(0, blocks - 1)))
    return {
        "name": draw(names),
        "inp": order,
        "out": pairs,
        "draws": draw(st.lists(unit, min_size=DRAWS, max_size=DRAWS)),
        "reach": draw(st.integers(1, 10)),
        "free": np.array([p for p in range(blocks) if p not in locked], np.intp),
        "anchored": draw(st.frozensets(st.integers(0, blocks - 1))),
    }


def propose(case):
    """What the case's move proposes."""
    words = {word: case[word] for word in ("inp", "out", "draws", "reach", "free", "anchored")}
    return MOVES[case["name"]].propose(**words)


@settings(max_examples=400, deadline=None)
@given(situations())
def test_a_move_keeps_locks_anchors_reach_and_its_givens(case):
    inp, out, free = case["inp"].copy(), case["out"].copy(), case["free"]
    proposal = propose(case)
    np.testing.assert_array_equal(case["inp"], inp)
    np.testing.assert_array_equal(case["out"], out)
    if proposal is None:
        return
    assert sorted(proposal.inp) == sorted(proposal.out) == list(range(len(inp)))
    changed = np.flatnonzero((proposal.inp != inp) | (proposal.out != out))
    assert changed[0] == proposal.first
    assert set(changed) <= set(free)
    repairs = MOVES[case["name"]].repairs
    counted = [p for p in free if not repairs or inp[p] not in case["anchored"]]
    places = np.searchsorted(counted, changed)
    least = 2 if case["name"] == "rotation" else 1
    assert places[-1] - places[0] <= max(case["reach"], least)
    before = dict(zip(inp.tolist(), out.tolist(), strict=True))
    after = dict(zip(proposal.inp.tolist(), proposal.out.tolist(), strict=True))
    if repairs:
        assert all(after[a] == before[a] for a in case["anchored"])
    else:
        assert after == before


@pytest.mark.parametrize("name", sorted(MOVES))
def test_a_move_is_made_wherever_it_can_be(name):
    inp = out = np.arange(6)
    for draw, free in product((0.0, 0.3, 0.7, 0.999999), ((0, 2, 5), (0, 1, 2, 3, 4, 5))):
        proposal = MOVES[name].propose(inp, out, [draw] * DRAWS, 5, np.array(free), frozenset())
        assert proposal is not None


@pytest.mark.parametrize("name", sorted(MOVES))
def test_no_move_is_made_where_nothing_is_free(name):
    inp = out = np.arange(4)
    for free in ((), (2,)):
        positions = np.array(free, np.intp)
        assert MOVES[name].propose(inp, out, [0.5] * DRAWS, 3, positions, frozenset()) is None


@pytest.mark.parametrize("name", sorted(n for n in MOVES if MOVES[n].repairs))
def test_no_pair_is_broken_where_all_but_one_are_anchored(name):
    inp, out = np.array([2, 0, 1]), np.array([1, 2, 0])
    free = np.arange(3)
    assert MOVES[name].propose(inp, out, [0.5] * DRAWS, 2, free, frozenset({0, 1})) is None


def transitions(name, inp, out, reach, free, anchored=frozenset()):
    """How many cells of a fine grid of draws lead to each neighbour."""
    grid = [(k + 0.5) / 60 for k in range(60)]
    coarse = [(k + 0.5) / 6 for k in range(6)]
    found = Counter()
    for draws in product(grid, coarse, coarse[::3]):
        proposal = MOVES[name].propose(inp, out, [*draws, 0.5], reach, free, anchored)
        found[json.dumps([proposal.inp.tolist(), proposal.out.tolist()])] += 1
    return found


@pytest.mark.parametrize("reach", [1, 2, 3])
@pytest.mark.parametrize("name", sorted(MOVES))
def test_every_neighbour_is_proposed_as_often_as_the_way_back(name, reach):
    inp, out, free = np.array([3, 0, 4, 1, 2]), np.array([0, 3, 1, 2, 4]), np.array([0, 1, 3, 4])
    start = json.dumps([inp.tolist(), out.tolist()])
    neighbours = transitions(name, inp, out, reach, free)
    assert neighbours
    for neighbour, times in neighbours.items():
        there = [np.array(sequence) for sequence in json.loads(neighbour)]
        assert transitions(name, *there, reach, free)[start] == times


@settings(max_examples=60, deadline=None)
@given(
    name=names,
    seed=st.integers(0, 2**32 - 1),
    activation=st.sampled_from(["relu", "gelu", "silu", "tanh"]),
    outputs=st.integers(1, 3),
    locked=st.sets(st.integers(0, 5), max_size=3),
)
def test_the_change_of_the_cost_is_full_after_minus_full_before(
    name, seed, activation, outputs, locked
):
    rng = np.random.default_rng(seed)
    puzzle, _ = toy_puzzle(rng, blocks=6, activation=activation, outputs=outputs, rows=70)
    inp, out = rng.permutation(6), rng.permutation(6)
    evaluator = Problem.of(puzzle).evaluator(inp, out)
    free = np.array([p for p in range(6) if p not in locked], np.intp)
    proposal = MOVES[name].propose(
        inp, out, rng.random(DRAWS).tolist(), int(rng.integers(1, 6)), free, frozenset()
    )
    assert proposal is not None
    before, after = objective(puzzle, inp, out), objective(puzzle, proposal.inp, proposal.out)
    delta = evaluator.propose(*proposal) - evaluator.mse
    assert delta == pytest.approx(after - before, abs=1e-4 * (after + before))
