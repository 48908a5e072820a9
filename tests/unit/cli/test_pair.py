import json

import numpy as np
import pytest

from permq.pairing.registry import SCORES
from tests.puzzle_files import write_puzzle
from tests.toys import toy_puzzle


@pytest.fixture(scope="module")
def clear(tmp_path_factory):
    """A folder whose pairs any score finds, and its answer."""
    puzzle, answer = toy_puzzle(seed=3, blocks=6, signal=0.95, rows=200)
    return write_puzzle(tmp_path_factory.mktemp("puzzle") / "clear", puzzle), answer


@pytest.fixture(scope="module")
def vague(tmp_path_factory):
    """A folder whose pairs nothing in the weights shows, and its answer."""
    puzzle, answer = toy_puzzle(seed=4, blocks=6, signal=0.0, rows=200)
    return write_puzzle(tmp_path_factory.mktemp("puzzle") / "vague", puzzle), answer


def test_the_ensemble_is_what_pairs_by_default(permq, clear):
    folder, answer = clear
    outcome = permq("pair", folder, "--against", answer.text)
    assert outcome.code == 0
    head, row, note = outcome.out.splitlines()
    assert head.split()[:2] == ["method", "cost"]
    assert row.split()[0] == "ensemble"
    assert row.split()[-2] == "6"
    assert note == "agree: pairs of 6 as in the given answer"


def test_all_methods_stand_side_by_side(permq, clear):
    folder, answer = clear
    said = permq("pair", folder, "--method", "all", "--against", answer.text, "--json").json
    assert [entry["method"] for entry in said["methods"]] == [*SCORES, "ensemble"]
    by_name = {entry["method"]: entry for entry in said["methods"]}
    assert by_name["ratio"]["agreement"] == by_name["trace"]["agreement"] == 6
    assert by_name["ratio"]["mean_margin"] > 0
    assert by_name["ratio"]["mutual_best"] == 6
    assert by_name["ratio"]["seconds"] > 0
    assert said["best_known"] == "the given answer"


def test_without_an_answer_the_ensemble_is_the_best_known(permq, clear):
    said = permq("pair", clear[0], "--method", "trace", "--json").json
    assert said["best_known"] == "the ensemble's pairs"
    assert [entry["method"] for entry in said["methods"]] == ["trace"]


def test_saved_pairs_are_read_by_a_search(permq, clear, tmp_path):
    folder, answer = clear
    file = tmp_path / "pairs.npz"
    permq("pair", folder, "--method", "ratio", "--save", file)
    with np.load(file) as saved:
        pairs = zip(saved["inp_pieces"], saved["out_pieces"][saved["pair"]], strict=True)
        assert {(int(a), int(o)) for a, o in pairs} == set(answer.pairing.items())
        assert saved["ratio.cost"].shape == (6, 6)
    outcome = permq("anneal", folder, "--pairs", file, "--steps", 3000, "--json")
    assert outcome.json["solved"]


def test_annealing_sorts_the_methods_by_what_their_pairs_reach(permq, clear):
    folder, answer = clear
    words = ("--method", "all", "--against", answer.text, "--anneal", 300, "--json")
    said = permq("pair", folder, *words).json
    reached = [entry["annealed_mse"] for entry in said["methods"]]
    assert reached == sorted(reached)
    assert said["methods"][0]["order_mse"] < 1e-9
    assert said["order"] == "the given answer's"
    assert all(entry["order_mse"] < 1e-9 for entry in said["methods"] if entry["agreement"] == 6)


def test_without_an_answer_the_order_is_the_best_seed(permq, clear):
    outcome = permq("pair", clear[0], "--method", "trace", "--anneal", 200)
    assert "of the ensemble; annealed" in outcome.out.splitlines()[-1]


def test_a_pool_votes_on_doubtful_pairs(permq, vague, tmp_path):
    folder, answer = vague
    pool = tmp_path / "pool"
    pool.write_text(json.dumps([answer.text] * 20))
    words = ("--method", "hybrid", "--pool", pool, "--against", answer.text, "--json")
    said = permq("pair", folder, *words).json
    (entry,) = said["methods"]
    assert entry["method"] == "hybrid"
    alone = permq("pair", folder, "--against", answer.text, "--json").json["methods"][0]
    assert entry["agreement"] >= alone["agreement"]


def test_hybrid_without_a_pool_is_refused(permq, clear):
    outcome = permq("pair", clear[0], "--method", "hybrid")
    assert outcome.code == 2
    assert "--pool" in outcome.err


def test_an_unknown_method_is_named(permq, clear):
    outcome = permq("pair", clear[0], "--method", "magic")
    assert outcome.code == 2
    assert "'magic'" in outcome.err
    assert "ensemble" in outcome.err


def test_a_pool_of_another_puzzle_is_refused(permq, clear, tmp_path):
    pool = tmp_path / "pool"
    pool.write_text("0,1,2\n")
    outcome = permq("pair", clear[0], "--method", "hybrid", "--pool", pool)
    assert outcome.code == 2
    assert "3 pieces" in outcome.err


def test_square_layers_get_roles_before_they_are_paired(permq, tmp_path):
    puzzle, answer = toy_puzzle(seed=5, blocks=4, width=8, hidden=8, signal=0.9, rows=200)
    folder = write_puzzle(tmp_path / "square", puzzle)
    given = permq("pair", folder, "--method", "ratio", "--against", answer.text, "--json").json
    assert given["methods"][0]["agreement"] == 4
    found = permq("pair", folder, "--method", "ratio", "--json")
    assert found.code == 0
