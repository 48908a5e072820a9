"""What `solve` solves: networks trained in many ways, none of them like the real puzzle."""

import pytest

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.search.solve import solve
from permq.search.stop import Deadline
from tests.puzzles import REGIMES, made

# Regimes that are not solved in minutes, and why; everything else must be.
UNSOLVED = {
    "deep": "56 blocks of width 16, 50 of the pairs are found: the order is far from it",
}
SECONDS = 240.0
"""Most take one or two, the longest twenty of the processor."""

SOLVED = sorted(REGIMES.keys() - UNSOLVED.keys())


@pytest.fixture
def puzzle_of():
    """Load the puzzle of a regime and its answer."""

    def load(regime):
        folder = made(REGIMES[regime])
        return load_puzzle(folder), Arrangement.read(folder / "answer.txt")

    return load


def test_the_regimes_are_those_that_solvers_are_held_to():
    assert len(SOLVED) >= 12
    assert UNSOLVED.keys() <= REGIMES.keys()
    recipes = [REGIMES[name] for name in SOLVED]
    assert {recipe.activation for recipe in recipes} == {"relu", "gelu", "silu", "tanh"}
    assert any(recipe.outputs > 1 for recipe in recipes)
    assert any(recipe.width == recipe.hidden for recipe in recipes)
    assert any(recipe.half for recipe in recipes)
    assert any(recipe.pred_noise > 0 for recipe in recipes)
    assert any(recipe.blocks > 48 for recipe in recipes)
    assert len({(r.blocks, r.width, r.hidden) for r in recipes}) >= 4
    assert {"memorised", "short training", "ascending norms", "sgd", "slow"} <= set(SOLVED)


@pytest.mark.parametrize("regime", SOLVED)
def test_it_is_solved(puzzle_of, regime):
    puzzle, answer = puzzle_of(regime)
    found = solve(puzzle, stop=Deadline(SECONDS))
    assert found.verification.sha256_match, found.stages
    assert found.arrangement == answer
    assert found.verification.exact == (REGIMES[regime].pred_noise == 0)


@pytest.mark.parametrize("regime", ["plain", "square", "four outputs"])
def test_without_a_known_hash_the_exact_reconstruction_says_so(permq, regime, tmp_path):
    folder = made(REGIMES[regime])
    unknown = tmp_path / "unknown"
    unknown.mkdir()
    for name in ("pieces", "historical_data.csv"):
        (unknown / name).symlink_to(folder / name)
    outcome = permq("solve", unknown, "--json")
    assert outcome.code == 0
    assert outcome.json["sha256_match"] is None
    assert outcome.json["exact"] is True
    answer = Arrangement.read(folder / "answer.txt")
    assert outcome.json["answer"] == answer.text


@pytest.mark.parametrize("regime", sorted(UNSOLVED))
def test_what_is_not_solved_is_given_up_honestly(permq, regime):
    outcome = permq("solve", made(REGIMES[regime]), "--budget", 5, "--json")
    assert outcome.code == 3
    said = outcome.json
    assert (said["solved"], said["exact"], said["equivalent"]) == (False, False, False)
    assert said["sha256_match"] is False
    assert max(place["p"] for place in said["positions"]) < 1
    assert min(place["entropy"] for place in said["positions"]) > 0
