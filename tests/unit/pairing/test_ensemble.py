import subprocess
import sys

import numpy as np
import pytest

from permq.core.arrangement import Arrangement
from permq.core.dropping.recipe import Recipe
from permq.core.loading import load_puzzle
from permq.pairing.assignment import assign
from permq.pairing.calibration import FILE, Calibration, Sharpness, shipped
from permq.pairing.ensemble import probabilities, surprise
from permq.pairing.features import FIRST, SECOND, WEIGHT_SCORES, first_look, second_look
from permq.pairing.hybrid import pairings
from permq.pairing.registry import SCORES
from permq.pairing.reliability import calibration_error, reliability
from tests.puzzles import made
from tests.toys import toy_puzzle

SMALL = {"blocks": 10, "width": 16, "hidden": 32, "rows": 1000}
# seeds that the calibration never saw; the share of pairs the ensemble must get
REGIMES = {
    "memorised": (Recipe(**SMALL, epochs=200, seed=71), 1.0),
    "short": (Recipe(**SMALL, epochs=40, seed=72), 0.7),
    "gelu": (Recipe(**SMALL, epochs=150, activation="gelu", seed=73), 1.0),
    "several outputs": (Recipe(**SMALL, epochs=100, outputs=4, seed=74), 1.0),
    "small output layers": (Recipe(**SMALL, epochs=100, out_scale=0.1, seed=75), 1.0),
    "plain descent": (
        Recipe(**SMALL, epochs=150, optimizer="sgd", lr=0.02, weight_decay=0.0, seed=76),
        0.7,
    ),
}


def known(recipe):
    folder = made(recipe)
    puzzle = load_puzzle(folder)
    return puzzle, pairings(puzzle, [Arrangement.read(folder / "answer.txt")])[0]


@pytest.mark.parametrize("regime", REGIMES)
def test_a_network_trained_in_another_way_is_paired(regime):
    recipe, share = REGIMES[regime]
    puzzle, pair = known(recipe)
    assert (assign(surprise(probabilities(puzzle))) == pair).mean() >= share


def test_probabilities_mean_what_they_say():
    judged = []
    for recipe, _ in REGIMES.values():
        puzzle, pair = known(recipe)
        judged.append((probabilities(puzzle), pair))
    assert calibration_error(reliability(judged)) < 0.1


def test_the_ensemble_beats_every_score_of_its_own():
    right = dict.fromkeys([*SCORES, "ensemble"], 0)
    for recipe, _ in REGIMES.values():
        puzzle, pair = known(recipe)
        for name, score in SCORES.items():
            right[name] += int((score.pairing(puzzle) == pair).sum())
        right["ensemble"] += int((assign(surprise(probabilities(puzzle))) == pair).sum())
    ensemble = right.pop("ensemble")
    assert ensemble > max(right.values())


@pytest.mark.parametrize("data", [True, False])
@pytest.mark.parametrize("blocks", [1, 2, 3, 7])
def test_rows_and_columns_sum_to_one(blocks, data):
    puzzle, _ = toy_puzzle(0, blocks=blocks, outputs=2, activation="silu")
    shares = probabilities(puzzle, data=data)
    assert shares.shape == (blocks, blocks)
    np.testing.assert_allclose(shares.sum(axis=0), 1, atol=1e-6)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=0.02)


def test_the_order_of_the_pieces_does_not_matter():
    puzzle, _ = known(REGIMES["short"][0])
    rng = np.random.default_rng(0)
    by_inp, by_out = rng.permutation(puzzle.blocks), rng.permutation(puzzle.blocks)
    shuffled = type(puzzle)(
        **{
            **vars(puzzle),
            "w_in": puzzle.w_in[by_inp],
            "b_in": puzzle.b_in[by_inp],
            "w_out": puzzle.w_out[by_out],
            "b_out": puzzle.b_out[by_out],
        }
    )
    expected = probabilities(puzzle)[np.ix_(by_inp, by_out)]
    np.testing.assert_allclose(probabilities(shuffled), expected, atol=0.02)


def test_without_data_the_data_do_not_matter():
    puzzle, _ = known(REGIMES["gelu"][0])
    other = type(puzzle)(**{**vars(puzzle), "x": puzzle.x[::-1], "pred": -puzzle.pred})
    np.testing.assert_array_equal(
        probabilities(puzzle, data=False), probabilities(other, data=False)
    )


def test_impossible_pairs_stay_finite():
    assert np.isfinite(surprise(np.eye(3))).all()


def test_features_have_their_names():
    puzzle, _ = toy_puzzle(0)
    first = first_look(puzzle)
    assert len(first) == len(FIRST)
    assert len(second_look(puzzle, first, np.full((5, 5), 0.2))) == len(SECOND)
    assert set(WEIGHT_SCORES) <= set(SCORES)


def test_the_shipped_calibration_reads_as_it_was_written():
    calibration = shipped()
    assert Calibration.parse(calibration.text()) == calibration
    assert FILE.read_text() == calibration.text()
    assert tuple(calibration.first) == FIRST
    assert tuple(calibration.second) == SECOND


def test_a_doubtful_puzzle_is_given_more_doubt():
    logits = 2 * np.eye(6)
    plain, doubting = (Sharpness(1.0, slope).probabilities(logits) for slope in (0.0, 2.0))
    assert np.diag(doubting).max() < np.diag(plain).max()


def test_the_ensemble_needs_no_torch():
    script = "import sys, permq.pairing.ensemble; print('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
