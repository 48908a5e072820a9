import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permq.core.network import Network
from permq.core.smeared import Shares, Smeared, even_shares, shares_around
from tests.toys import PLAIN_ACTIVATIONS, toy_puzzle


def plain_smeared(puzzle, place, mixing) -> np.ndarray:
    """(N, m) answers by the definition, pair by pair."""
    x = puzzle.x.astype(np.float64)
    for share in place.T:
        change = np.zeros_like(x)
        for a in range(puzzle.blocks):
            hidden = PLAIN_ACTIVATIONS[puzzle.activation](x @ puzzle.w_in[a].T + puzzle.b_in[a])
            for o in range(puzzle.blocks):
                change += share[a] * mixing[a, o] * (hidden @ puzzle.w_out[o].T + puzzle.b_out[o])
        x = x + change
    return x @ puzzle.w_last.T + puzzle.b_last


@st.composite
def cases(draw: st.DrawFn):
    puzzle, _ = toy_puzzle(
        draw(st.integers(0, 99)),
        blocks=draw(st.integers(1, 5)),
        width=draw(st.integers(1, 5)),
        hidden=draw(st.integers(1, 6)),
        outputs=draw(st.integers(1, 3)),
        activation=draw(st.sampled_from(["relu", "gelu", "silu", "tanh"])),
        rows=draw(st.sampled_from([3, 150])),  # one chunk and more than one
    )
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    shares = shares_around(
        rng.random(puzzle.blocks), rng.uniform(0.05, 0.6), int(rng.integers(1, 7))
    )
    mixing = rng.dirichlet(np.ones(puzzle.blocks), puzzle.blocks)
    return puzzle, shares, mixing


def gathered(found):
    errors, by_depth, by_pair = zip(*found, strict=True)
    return (
        np.concatenate(errors),
        np.concatenate(by_depth),
        None if by_pair[0] is None else np.concatenate(by_pair),
    )


def by_rows(values, puzzle, chunk=128):
    """Put (N, m, ...) into the order in which chunks of rows come, output by output."""
    return np.concatenate(
        [
            np.moveaxis(values[first : first + chunk], 1, 0).reshape(-1, *values.shape[2:])
            for first in range(0, puzzle.rows, chunk)
        ]
    )


@settings(max_examples=40)
@given(cases())
def test_the_smeared_answer_is_the_definition(case) -> None:
    puzzle, shares, mixing = case
    network = Network(puzzle, np.float64)
    expected = plain_smeared(puzzle, shares.place, mixing)
    np.testing.assert_allclose(
        Smeared(network).forward(shares, mixing, puzzle.x), expected, atol=1e-9
    )
    errors, _, _ = gathered(Smeared(network).derivatives(shares, mixing, puzzle.x, puzzle.pred))
    np.testing.assert_allclose(errors, by_rows(puzzle.pred - expected, puzzle), atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(cases(), st.data())
def test_derivatives_are_those_of_finite_differences(case, data) -> None:
    puzzle, shares, mixing = case
    smeared = Smeared(Network(puzzle, np.float64))
    _, by_depth, by_pair = gathered(smeared.derivatives(shares, mixing, puzzle.x, puzzle.pred))
    a = data.draw(st.integers(0, puzzle.blocks - 1))
    o = data.draw(st.integers(0, puzzle.blocks - 1))

    def answer(place_step: float, pair_step: float) -> np.ndarray:
        place, mixed = shares.place.copy(), mixing.copy()
        place[a] += place_step * shares.slope[a]
        mixed[a, o] += pair_step
        return smeared.forward(Shares(place, shares.slope), mixed, puzzle.x)

    for expected, steps in ((by_depth[:, a], (1, 0)), (by_pair[:, a, o], (0, 1))):
        slopes = []
        for size in (1e-5, 1e-6):
            ahead, behind = (answer(*(sign * size * s for s in steps)) for sign in (1, -1))
            slopes.append(by_rows((ahead - behind) / (2 * size), puzzle))
        smooth = np.abs(slopes[0] - slopes[1]) < 1e-5 * (1 + np.abs(expected))  # no kink between
        np.testing.assert_allclose(expected[smooth], slopes[0][smooth], rtol=1e-4, atol=1e-4)


@settings(max_examples=20)
@given(cases())
def test_known_pairs_are_the_mixing_that_is_a_permutation(case) -> None:
    puzzle, shares, _ = case
    network = Network(puzzle, np.float64)
    pair = np.random.default_rng(0).permutation(puzzle.blocks)
    known, mixed = Smeared(network, pair), Smeared(network)
    mixing = np.eye(puzzle.blocks)[pair]
    np.testing.assert_allclose(
        known.forward(shares, None, puzzle.x), mixed.forward(shares, mixing, puzzle.x), atol=1e-9
    )
    mine = gathered(known.derivatives(shares, None, puzzle.x, puzzle.pred))
    theirs = gathered(mixed.derivatives(shares, mixing, puzzle.x, puzzle.pred))
    np.testing.assert_allclose(mine[0], theirs[0], atol=1e-9)
    np.testing.assert_allclose(mine[1], theirs[1], atol=1e-7)
    assert mine[2] is None


def test_shares_of_zero_and_one_are_the_network_itself() -> None:
    puzzle, answer = toy_puzzle(1)
    inp, out = puzzle.indices(answer)
    place, mixing = np.zeros((5, 5)), np.zeros((5, 5))
    place[inp, np.arange(5)] = 1
    mixing[inp, out] = 1
    network = Network(puzzle, np.float64)
    found = Smeared(network).forward(Shares(place, place), mixing, puzzle.x)
    np.testing.assert_allclose(found, network.forward(inp, out, puzzle.x), atol=1e-9)


def test_even_shares_know_no_order_and_their_slope_moves_the_mean_by_one() -> None:
    shares = even_shares(3, 6)
    at = (np.arange(6) + 0.5) / 6
    np.testing.assert_allclose(shares.place, 1 / 6)
    np.testing.assert_allclose(shares.slope.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(shares.slope @ at, 1)


@pytest.mark.parametrize("width", [1e-3, 0.1, 10.0])
def test_shares_sum_to_one_however_narrow_and_their_slope_to_zero(width) -> None:
    shares = shares_around(np.array([0.0, 0.33, 1.0]), width, 9)
    np.testing.assert_allclose(shares.place.sum(axis=1), 1)
    np.testing.assert_allclose(shares.slope.sum(axis=1), 0, atol=1e-9)
