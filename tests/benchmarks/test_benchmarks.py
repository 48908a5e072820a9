"""The benchmarks' references are right, their bounds are told honestly, and luck is looked for."""

import importlib
import subprocess
import sys

import pytest

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from tests.benchmarks.__main__ import BENCHMARKS
from tests.benchmarks.measure import compare, spread, tell, timed
from tests.benchmarks.processes import run_process
from tests.benchmarks.recipes import AdjointRecipe, RatioRecipe
from tests.benchmarks.reference import PlainNetwork
from tests.benchmarks.robust import SIZES, attempts
from tests.puzzle_files import REAL, SMALL, needs_real_puzzle


@pytest.fixture(scope="module")
def real():
    return load_puzzle(REAL)


@needs_real_puzzle
@pytest.mark.parametrize("recipe", [AdjointRecipe, RatioRecipe])
def test_the_published_recipes_solve_the_real_puzzle(real, recipe):
    found = recipe(real, 1000).solve()
    assert real.arrangement(found.inp, found.out).sha256 == real.solution_sha256
    assert found.mse == pytest.approx(0, abs=1e-12)


@needs_real_puzzle
@pytest.mark.parametrize("size", SIZES)
def test_any_rows_and_any_seed_solve_the_real_puzzle(real, size):
    assert all(one.solved for one in attempts(real, size, 6, 2))


@needs_real_puzzle
def test_the_adjoint_recipe_is_not_robust_and_says_so(real):
    found = AdjointRecipe(real, 100).solve()
    assert found.mse > 1e-9


def test_the_plain_network_is_exact_in_the_right_arrangement():
    puzzle = load_puzzle(SMALL)
    inp, out = puzzle.indices(Arrangement.read(SMALL / "answer.txt"))
    plain = PlainNetwork(puzzle, 100)
    assert plain.mse(inp, out) == pytest.approx(0, abs=1e-10)
    assert plain.mse(inp[::-1], out[::-1]) > 1e-3


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_is_there_and_listed(name):
    frame = importlib.import_module("tests.benchmarks.__main__")
    assert f"\n  {name} " in frame.__doc__
    assert callable(importlib.import_module(f"tests.benchmarks.{name.replace('-', '_')}").run)


def test_an_unknown_benchmark_is_refused(root):
    words = [sys.executable, "-m", "tests.benchmarks", "nothing"]
    ended = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "unknown benchmark nothing" in ended.stderr


@pytest.mark.parametrize(
    ("value", "least", "word"),
    [(1.0, False, "kept"), (1.1, False, "MISSED"), (1.0, True, "kept"), (0.9, True, "MISSED")],
)
def test_a_bound_is_kept_or_missed(capsys, value, least, word):
    assert tell("ratio", value, 1.0, " s", least=least) == (word == "kept")
    sign = "≥" if least else "≤"
    assert capsys.readouterr().out == f"  ratio: {value:.3g} s (bound {sign} 1 s: {word})\n"


def test_a_spread_is_told_by_median_and_extremes():
    assert spread([0.003, 0.001, 0.002], " ms", 1e3) == "median 2 ms (1 to 3)"
    assert spread(list(range(1, 21))).endswith("nine tenths below 18.9)")


def test_work_is_compared_with_itself():
    def work(count):
        for _ in range(count):
            sum(range(2000))

    found = compare(work, work, seconds=0.01, rounds=3)
    assert found.reference > 0
    assert found.candidate > 0
    result, seconds = timed(lambda: "done")
    assert result == "done"
    assert seconds >= 0


def test_a_process_is_accounted_for_on_its_own():
    held = bytearray(200 << 20)
    found = run_process(sys.executable, "-c", "import sys; print(1); sys.exit(7)")
    assert found.status == 7
    assert found.wall > 0
    assert 1 << 20 < found.peak < len(held)  # not what this process holds
