"""`permq order`: what is printed and written."""

import pytest

from permq.core.arrangement import Arrangement
from permq.ordering.registry import SEEDS
from tests.puzzle_files import write_puzzle
from tests.toys import toy_puzzle


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    puzzle, answer = toy_puzzle(seed=3, blocks=4, rows=30, signal=0.8)
    return write_puzzle(tmp_path_factory.mktemp("order") / "toy", puzzle), answer


def test_every_seed_is_judged_in_both_directions_best_first(permq, known):
    folder, answer = known
    outcome = permq("order", folder, "--pairs", answer.text, "--json")
    assert outcome.code == 0
    seeds = outcome.json["seeds"]
    assert {seed["name"] for seed in seeds} == set(SEEDS)
    assert len(seeds) == 2 * len(SEEDS)
    assert [seed["mse"] for seed in seeds] == sorted(seed["mse"] for seed in seeds)
    assert all(seed["seconds"] >= 0 for seed in seeds)
    assert outcome.json["mse"] == seeds[0]["mse"]


def test_the_best_order_is_written_with_the_pairs_given(permq, known, tmp_path):
    folder, answer = known
    out = tmp_path / "start.txt"
    outcome = permq(
        "order",
        folder,
        "--pairs",
        answer.text,
        "--seed-method",
        "output-sum",
        "--out",
        out,
        "--json",
    )
    assert outcome.code == 0
    written = Arrangement.read(out)
    assert written.text == outcome.json["answer"]
    assert written.pairing == answer.pairing
    assert {seed["name"] for seed in outcome.json["seeds"]} == {"output-sum"}


def test_quick_leaves_the_slow_seeds_out_and_rows_are_counted(permq, known):
    folder, answer = known
    outcome = permq(
        "order", folder, "--pairs", answer.text, "--seed-method", "quick", "--rows", 7, "--json"
    )
    names = {seed["name"] for seed in outcome.json["seeds"]}
    assert names == {name for name, seed in SEEDS.items() if seed.quick}
    assert outcome.json["rows"] == 7


def test_people_read_a_table(permq, known):
    folder, answer = known
    outcome = permq("order", folder, "--pairs", answer.text, "--seed-method", "quick")
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["seed", "direction", "mse", "ms"]
    assert any(line.startswith("greedy-by-state ") and "reversed" in line for line in lines)
    assert lines[-1] == "mean squared error on 30 rows"


def test_unknown_seeds_and_pairs_are_refused(permq, known):
    folder, _ = known
    outcome = permq("order", folder, "--seed-method", "best")
    assert outcome.code == 2
    assert "no seed named 'best'; choose all, quick, greedy-by-state" in outcome.err
    assert permq("order", folder, "--pairs", "nonsense").code == 2
