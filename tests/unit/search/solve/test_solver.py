"""`solve` on toys of every kind; trained networks are in the acceptance tests."""

import hashlib
import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest

from permq.core.loading import load_puzzle
from permq.core.objective import verify
from permq.errors import OptionError
from permq.search.solve import SolveSettings, solve
from permq.search.solve.checkpoint import dumps, loads
from permq.search.stop import Deadline, Either, Overdue
from tests.puzzle_files import REAL, SMALL, needs_real_puzzle
from tests.toys import toy_puzzle
from tests.unit.search.solve.test_equivalents import (
    rearranged,
    with_commuting_blocks,
    with_dead_blocks,
    with_twins,
)

SECONDS = 120.0
"""Far more than any of these takes."""


def solved(puzzle, **words):
    return solve(puzzle, stop=Deadline(SECONDS), **words)


@pytest.fixture
def unsolvable():
    """Noise and no known hash: nothing can ever say solved."""
    puzzle, _ = toy_puzzle(1, blocks=6, noise=0.3)
    return replace(puzzle, solution_sha256=None)


@pytest.mark.parametrize("hashed", [True, False], ids=["known hash", "no hash"])
@pytest.mark.parametrize(
    "shape",
    [
        {"blocks": 1},
        {"blocks": 2, "outputs": 3},
        {"blocks": 5},
        {"blocks": 6, "signal": 0.8},
        {"blocks": 5, "activation": "gelu"},
        {"blocks": 5, "activation": "silu", "outputs": 2},
        {"blocks": 5, "activation": "tanh"},
        {"blocks": 3, "hidden": 6},
        {"blocks": 4, "rows": 3, "outputs": 4},
        {"blocks": 4, "width": 1, "hidden": 3},
    ],
    ids=str,
)
def test_toys_are_solved(shape, hashed):
    puzzle, answer = toy_puzzle(3, **shape)
    known = puzzle.solution_sha256 if hashed else None
    found = solved(replace(puzzle, solution_sha256=known))
    assert found.verification.solved
    assert found.verification.sha256_match is (True if hashed else None)
    assert found.arrangement == answer
    assert {(p.pair, p.here, p.entropy) for p in found.placements} == {(1.0, 1.0, 0.0)}


def test_the_shipped_network_is_solved_with_a_stage_for_every_step():
    told = []
    found = solved(load_puzzle(SMALL), tell=told.append)
    assert found.verification.sha256_match
    assert found.stages == tuple(told)
    times = [stage.seconds for stage in told]
    assert times == sorted(times)
    assert told[-1].name == "verification over all rows"
    assert told[-1].mse == found.verification.mse < 1e-10
    assert found.evaluations > 0
    assert set(found.seconds) == {"pair", "order", "verify"}
    assert all(spent >= 0 for spent in found.seconds.values())


@pytest.mark.parametrize("noise", [0.01, 0.1])
def test_noisy_answers_are_recognised_by_the_hash(noise):
    puzzle, answer = toy_puzzle(1, blocks=6, noise=noise)
    found = solved(puzzle)
    assert found.arrangement == answer
    assert found.verification.solved
    assert not found.verification.exact


@pytest.mark.parametrize("puzzle", ["unsolvable", "hashed wrongly"])
def test_what_cannot_be_solved_ends_with_the_budget_and_the_best(puzzle, unsolvable):
    budget = {"stop": Deadline(1.0)}
    if puzzle == "hashed wrongly":
        unsolvable = replace(unsolvable, solution_sha256="0" * 64)
    found = solve(unsolvable, **budget)
    assert not found.verification.solved
    assert found.verification == verify(unsolvable, found.arrangement)
    for p in found.placements:
        assert 0 <= p.here <= p.pair <= 1
        assert p.entropy >= 0
    assert any(p.entropy > 0 for p in found.placements)


def test_a_number_of_attempts_is_a_budget_too_and_deterministic(unsolvable):
    settings = SolveSettings(attempts=2)
    one, other = (solve(unsolvable, settings, seed=5) for _ in range(2))
    assert one.arrangement == other.arrangement
    assert one.evaluations == other.evaluations
    assert [(s.name, s.mse) for s in one.stages] == [(s.name, s.mse) for s in other.stages]
    assert one.placements == other.placements


@pytest.mark.parametrize("shape", [{}, {"signal": 0.8}, {"hidden": 6}], ids=str)
def test_stopped_at_once_it_still_gives_an_arrangement(shape):
    puzzle, _ = toy_puzzle(1, **shape)
    found = solve(puzzle, stop=lambda: True)
    assert found.verification == verify(puzzle, found.arrangement)
    assert len(found.placements) == puzzle.blocks


@pytest.mark.parametrize("kind", ["inputs", "outputs", "blocks", "dead", "commuting"])
@pytest.mark.parametrize("seed", range(3))
def test_of_equivalent_arrangements_the_one_with_the_hash_is_given(kind, seed):
    puzzle, answer = toy_puzzle(seed, blocks=5, signal=0.3)
    if kind == "dead":
        puzzle = with_dead_blocks(puzzle, answer, [1, 3])
    elif kind == "commuting":
        puzzle = with_commuting_blocks(puzzle, answer, [1, 2, 3])
    else:
        places = {
            "inputs": {"inputs": (1, 3)},
            "outputs": {"outputs": (1, 3)},
            "blocks": {"inputs": (1, 3), "outputs": (1, 3)},
        }
        puzzle = with_twins(puzzle, answer, **places[kind])
    found = solved(puzzle)
    assert found.arrangement == answer
    assert found.verification.solved
    # an answer of which nothing but an equivalent can be found
    order = [0, 3, 2, 1, 4]
    hidden = rearranged(answer, order, order)
    said = hashlib.sha256(b"another").hexdigest()
    assert hidden.sha256 != said
    found = solved(replace(puzzle, solution_sha256=said))
    assert found.verification.equivalent
    assert found.verification.exact
    assert not found.verification.solved


def test_a_run_goes_on_where_another_was_stopped(unsolvable):
    saved = []

    def keep(session):
        saved.append(dumps(session.puzzle, session.elites, session.attempts))

    first = solve(unsolvable, SolveSettings(attempts=2), keep=keep)
    elites, attempts = loads(unsolvable, saved[-1])
    assert elites[0].arrangement == first.arrangement
    again = solve(unsolvable, stop=lambda: True, known=elites, attempts=attempts)
    assert again.arrangement == first.arrangement
    more = solve(unsolvable, SolveSettings(attempts=4), known=elites, attempts=attempts, keep=keep)
    assert loads(unsolvable, saved[-1])[1] > attempts or len(saved) > 0
    assert more.verification.mse <= first.verification.mse * 1.5


def test_the_answer_of_an_earlier_run_needs_no_search():
    puzzle, answer = toy_puzzle(1, blocks=6)
    saved = []
    solved(puzzle, keep=lambda it: saved.append(dumps(it.puzzle, it.elites, it.attempts)))
    elites, attempts = loads(puzzle, saved[-1])
    again = solve(puzzle, known=elites, attempts=attempts)
    assert again.arrangement == answer
    assert again.evaluations == 0


def test_stop_is_asked_all_the_time(unsolvable):
    # between any two questions no more is done than a small part of a descent
    asked = []
    solve(unsolvable, stop=Either(lambda: not asked.append(1) and len(asked) > 200))
    assert len(asked) < 300


def test_a_search_left_in_the_middle_gives_the_best_so_far(unsolvable):
    entered = []

    @contextmanager
    def during():
        entered.append("in")
        try:
            yield
        finally:
            entered.append("out")

    def tell(stage):
        entered.append(stage.name)
        if stage.mse is not None and "out" not in entered:
            raise Overdue

    found = solve(unsolvable, tell=tell, during=during())
    assert found.verification == verify(unsolvable, found.arrangement)
    assert entered[0] == "in"
    assert entered[-2:] == ["out", "verification over all rows"]


_MODULES = """
import json, sys
from permq.config import prepare_blas
prepare_blas(1)
from permq.core.loading import load_puzzle
from permq.search.solve import solve
found = solve(load_puzzle(sys.argv[1]))
assert found.verification.solved
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.mark.parametrize(
    ("folder", "unwanted"),
    [
        (SMALL, {"torch", "pandas", "matplotlib", "safetensors"}),
        pytest.param(
            REAL,
            {"torch", "pandas", "matplotlib", "safetensors", "scipy", "multiprocessing"},
            marks=needs_real_puzzle,
        ),
    ],
    ids=["long way", "short way"],
)
def test_solving_imports_no_more_than_it_needs(folder, unwanted):
    done = subprocess.run(
        [sys.executable, "-c", _MODULES, folder], capture_output=True, text=True, check=True
    )
    assert not unwanted & set(json.loads(done.stdout))


def test_settings_of_nonsense_are_refused():
    with pytest.raises(OptionError):
        SolveSettings(rows=0)


def test_every_attempt_is_kept_before_it_is_made(unsolvable):
    kept = []
    solve(unsolvable, SolveSettings(attempts=2), keep=lambda it: kept.append(it.attempts))
    assert {1, 2} <= set(kept)
