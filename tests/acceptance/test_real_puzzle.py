"""The real puzzle, from the command line, where it lies beside the checkout."""

import json
import subprocess
import sys

import pytest

from permq.core.arrangement import Arrangement
from tests.puzzle_files import REAL, needs_real_puzzle

pytestmark = needs_real_puzzle

_SOLVE = [sys.executable, "-m", "permq", "solve", REAL]


def test_one_command_solves_it():
    done = subprocess.run(_SOLVE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "sha256 match"
    assert done.stderr == ""


@pytest.mark.parametrize("seed", range(5))
def test_it_does_so_with_any_seed_and_says_all_of_it_as_json(permq, seed):
    outcome = permq("solve", REAL, "--seed", seed, "--json")
    assert outcome.code == 0
    said = outcome.json
    assert (said["solved"], said["sha256_match"], said["exact"]) == (True, True, True)
    assert said["mse"] < 1e-12
    assert len(said["pairs"]) == len(said["positions"]) == 48
    assert {pair["p"] for pair in said["pairs"]} == {1.0}
    assert {place["entropy"] for place in said["positions"]} == {0.0}


_MEMORY = """
import sys
from permq.cli.main import main
status = main(["solve", sys.argv[1], "--json"])
# of this program alone; ru_maxrss begins with that of the one that started it
(peak,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(peak, file=sys.stderr)
sys.exit(status)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells")
def test_it_takes_little_memory():
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY, REAL], capture_output=True, text=True, check=True
    )
    assert int(done.stderr) < 150 * 1024
    assert json.loads(done.stdout)["solved"]


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    """A file with the answer, as solve writes it."""
    path = tmp_path_factory.mktemp("real") / "answer.txt"
    subprocess.run([*_SOLVE, "--out", path], capture_output=True, check=True)
    return path


def test_the_answer_is_verified_and_a_neighbour_of_it_is_not(permq, answer):
    assert permq("verify", REAL, answer).code == 0
    right = Arrangement.read(answer)
    inputs, outputs = list(right.inputs), list(right.outputs)
    for layers in (inputs, outputs):
        layers[20], layers[21] = layers[21], layers[20]
    other = Arrangement(tuple(inputs), tuple(outputs), right.last)
    outcome = permq("verify", REAL, other.text, "--json")
    assert outcome.code == 1
    assert outcome.json["mse"] > 1e-8


# the other known figures are those of the scores themselves, tests/unit/pairing
@pytest.mark.parametrize(("method", "right"), [("trace", 48), ("norm-correlation", 27)])
def test_scores_pair_as_many_layers_as_is_known(permq, answer, method, right):
    words = ("--method", method, "--against", answer, "--json")
    (told,) = permq("pair", REAL, *words).json["methods"]
    assert told["agreement"] == right


@pytest.mark.parametrize(
    ("seed", "mse"),
    [("output-norm", 0.075716), ("output-sum", 0.081558), ("greedy-by-state", 0.00028)],
)
def test_seeds_of_the_order_cost_what_is_known(permq, seed, mse):
    words = ("--pairs", "trace", "--rows", 1000, "--seed-method", seed, "--json")
    (least, *_) = permq("order", REAL, *words).json["seeds"]
    assert least["direction"] == "forward"
    assert least["mse"] == pytest.approx(mse, rel=0.02)
