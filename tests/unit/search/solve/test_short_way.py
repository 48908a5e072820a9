"""The short way of easy networks."""

from dataclasses import replace

import numpy as np
import pytest

from permq.core.loading import load_puzzle
from permq.search.solve.session import Session
from permq.search.solve.settings import SolveSettings
from permq.search.solve.short_way import short_way
from permq.search.stop import never
from tests.puzzle_files import REAL, needs_real_puzzle
from tests.toys import toy_puzzle


def test_sure_pairs_and_a_straightened_order_are_the_answer():
    puzzle, answer = toy_puzzle(1, blocks=3, signal=0.8)
    session = Session(puzzle, SolveSettings(), 0, never)
    pair = short_way(session, puzzle)
    inp, out = puzzle.indices(answer)
    np.testing.assert_array_equal(pair[inp], out)
    assert session.over
    assert session.verification.solved
    assert [stage.name for stage in session.stages] == [
        "pairs by quick scores: sure",
        "order by greedy state",
        "straightening",
    ]


def test_where_the_scores_say_nothing_it_is_not_taken():
    puzzle, _ = toy_puzzle(1, blocks=8, signal=0)
    session = Session(puzzle, SolveSettings(), 0, never)
    assert short_way(session, puzzle) is None
    assert not session.over
    assert not session.elites
    assert [stage.name for stage in session.stages] == ["pairs by quick scores: not sure"]


@pytest.fixture(scope="module")
def real():
    """The real puzzle."""
    return load_puzzle(REAL)


@needs_real_puzzle
@pytest.mark.parametrize("rows", [64, 128, 256, 1000])
def test_any_rows_of_the_real_puzzle_and_any_seed_solve_it(real, rows):
    # hundreds of samples and more seeds are a benchmark: ops/bench robust
    for seed in range(3):
        session = Session(real, SolveSettings(quick_rows=rows), seed, never)
        short_way(session, real)
        assert session.over
        assert session.verification.sha256_match


@needs_real_puzzle
@pytest.mark.parametrize("sample", [39, 40, 42, 56, 70])
def test_where_no_more_rows_are_left_the_seeds_of_some_of_them_get_on(sample):
    puzzle = load_puzzle(REAL)
    rows = np.random.default_rng((64, sample)).choice(puzzle.rows, 64, replace=False)
    few = replace(puzzle, x=puzzle.x[rows], pred=puzzle.pred[rows], true=None)
    session = Session(few, SolveSettings(), sample, never)
    short_way(session, few)
    assert session.over
    names = [stage.name for stage in session.stages]
    assert "straightening from the seed of other rows" in names
    assert "straightening on more rows" not in names


@needs_real_puzzle
def test_an_end_that_other_rows_lead_to_as_well_is_taken_for_the_best():
    puzzle = load_puzzle(REAL)
    noise = np.random.default_rng(0).standard_normal(puzzle.pred.shape)
    spread = float(np.std(puzzle.pred))
    noisy = replace(puzzle, pred=(puzzle.pred + 0.01 * spread * noise).astype(np.float32))
    session = Session(noisy, SolveSettings(), 0, never)
    short_way(session, noisy)
    others = [s for s in session.stages if s.name == "straightening from the seed of other rows"]
    assert len(others) < 6
    assert session.over
