"""Every score against a slow twin that follows its definition pair by pair, in float64."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from permq.core.network import Network
from permq.core.puzzle import Puzzle
from permq.pairing.registry import SCORES
from permq.pairing.rows import spaced_rows
from permq.pairing.scores.explained_change import explained_change
from tests.toys import toy_puzzle

Pair = Callable[[Puzzle, int, int], float]


def product(p: Puzzle, i: int, j: int) -> np.ndarray:
    return p.w_out[j].astype(float) @ p.w_in[i].astype(float)


def units(p: Puzzle, i: int, j: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Incoming and outgoing weights of every hidden unit."""
    inward, outward = p.w_in[i].astype(float), p.w_out[j].astype(float)
    return [(inward[k], outward[:, k]) for k in range(p.hidden)]


def cosine(u: np.ndarray, v: np.ndarray) -> float:
    return float(u.ravel() @ v.ravel() / (np.linalg.norm(u) * np.linalg.norm(v)))


def correlation(u, v) -> float:
    u, v = np.asarray(u, float) - np.mean(u), np.asarray(v, float) - np.mean(v)
    size = np.sqrt((u @ u) * (v @ v))
    return float(u @ v / size) if size > 1e-12 else 0.0


def gram(p, i, j):
    inward, outward = p.w_in[i].astype(float), p.w_out[j].astype(float)
    return cosine(inward @ inward.T, outward.T @ outward)


def norms(p, i, j):
    return [np.linalg.norm(u) for u, _ in units(p, i, j)], [
        np.linalg.norm(v) for _, v in units(p, i, j)
    ]


def norm_ranks(p, i, j):
    inward = [u @ u + b * b for (u, _), b in zip(units(p, i, j), p.b_in[i], strict=True)]
    return correlation(rankdata(inward), rankdata([v @ v for _, v in units(p, i, j)]))


def asymmetry(p, i, j):
    m = product(p, i, j)
    return np.linalg.norm(m - m.T) / np.linalg.norm(m)


def subspace(p, i, j):
    count = max(1, min(p.width, p.hidden // 2))
    reached = np.linalg.svd(p.w_in[i].astype(float), full_matrices=False)[0][:, :count]
    read = np.linalg.svd(p.w_out[j].astype(float), full_matrices=False)[2][:count]
    return np.sum((read @ reached) ** 2) / count


def spectrum(p, i, j):
    return correlation(
        np.linalg.svd(p.w_in[i].astype(float), compute_uv=False),
        np.linalg.svd(p.w_out[j].astype(float), compute_uv=False),
    )


def beyond(weights: np.ndarray, all_weights: np.ndarray, share: float) -> np.ndarray:
    """Signed part of weights beyond a share of twice the median size of all."""
    bound = share * 2 * np.median(np.abs(all_weights))
    return np.where(np.abs(weights) > bound, weights - np.sign(weights) * bound, 0.0)


def moved(p: Puzzle, share: float):
    everything = np.concatenate([p.w_in.ravel(), p.b_in.ravel()])
    inward = np.concatenate([p.w_in, p.b_in[:, :, None]], axis=2)
    return beyond(inward, everything, share), beyond(p.w_out, p.w_out, share)


def amounts(p, share):
    inward, outward = moved(p, share)
    return np.abs(inward).sum(axis=2), np.abs(outward).sum(axis=1)


def squeezed(amount):
    return np.log(amount / amount.mean() + 1) if amount.any() else amount


def excess(share: float, plain: bool = False) -> Pair:
    def of_pair(p, i, j):
        a, b = amounts(p, share)
        return correlation(a[i], b[j]) if plain else correlation(squeezed(a)[i], squeezed(b)[j])

    return of_pair


def excess_readout(p, i, j):
    a = amounts(p, 0.9)[0]
    b = np.abs(np.einsum("md,ldh->lmh", p.w_last.astype(float), moved(p, 0.9)[1])).sum(axis=1)
    return correlation(squeezed(a)[i], squeezed(b)[j])


def excess_trace(p, i, j):
    inward, outward = moved(p, 0.9)
    return abs(np.trace(outward[j] @ inward[i][:, :-1]))


def excess_level(p, i, j):
    a, b = (rankdata(side.sum(axis=1), method="ordinal") for side in amounts(p, 1.0))
    return ((a[i] - b[j]) / p.blocks) ** 2


def change(p: Puzzle, i: int, j: int) -> np.ndarray:
    return Network(p, np.float64).block(i, j, p.x)


def missing(p: Puzzle) -> np.ndarray:
    return p.pred - (p.x.astype(float) @ p.w_last.T + p.b_last)


def gradient_mse(p, i, j):
    answer = Network(p, np.float64).predict(p.x + change(p, i, j))
    return np.mean((answer - p.pred) ** 2)


def mean_cosine(directions: np.ndarray, changes: np.ndarray) -> float:
    return float(np.mean([cosine(d, c) for d, c in zip(directions, changes, strict=True)]))


def jacobian(p, i, j):
    network = Network(p, np.float64)
    step, squares = 1e-6, []
    for x in p.x.astype(float):
        shifts = step * np.eye(p.width)
        ahead, behind = (network.block(i, j, x + s * shifts) for s in (1, -1))
        squares.append(np.sum(((ahead - behind) / (2 * step)) ** 2))
    return np.sqrt(np.mean(squares))


def explained(p, i, j):
    """Ridge in its primal form, all coefficients at once."""
    network = Network(p, np.float64)
    hidden = [network.hidden_units(a, p.x) for a in range(p.blocks)]
    columns = np.concatenate(hidden, axis=1)
    columns = columns - columns.mean(axis=0)
    target = missing(p) - missing(p).mean(axis=0)
    mean = np.sum(columns**2) / len(columns)
    ridge = columns.T @ columns + 10 * mean * np.eye(columns.shape[1])
    coefficients = np.linalg.solve(ridge, columns.T @ target)[i * p.hidden : (i + 1) * p.hidden]
    # the package measures λ in mean eigenvalues and leaves the matrix scaled by them
    return mean * np.sum(coefficients * (p.w_last.astype(float) @ p.w_out[j]).T)


TWINS: dict[str, Pair] = {
    "trace": lambda p, i, j: np.trace(product(p, i, j)),
    "absolute-trace": lambda p, i, j: abs(np.trace(product(p, i, j))),
    "ratio": lambda p, i, j: abs(np.trace(product(p, i, j))) / np.linalg.norm(product(p, i, j)),
    "diagonal-mass": lambda p, i, j: np.abs(np.diag(product(p, i, j))).sum(),
    "gram": gram,
    "hidden-cosine": lambda p, i, j: np.mean([cosine(u, v) for u, v in units(p, i, j)]),
    "hidden-cosine-square": lambda p, i, j: np.mean([cosine(u, v) ** 2 for u, v in units(p, i, j)]),
    "asymmetry": asymmetry,
    "product-norm": lambda p, i, j: np.linalg.norm(product(p, i, j)),
    "subspace-overlap": subspace,
    "norm-correlation": lambda p, i, j: correlation(*norms(p, i, j)),
    "norm-rank-correlation": norm_ranks,
    "flattened-cosine": lambda p, i, j: cosine(p.w_in[i], p.w_out[j]),
    "spectrum": spectrum,
    "bias-norm": lambda p, i, j: abs(
        np.linalg.norm(p.b_in[i]) / np.sqrt(p.hidden)
        - np.linalg.norm(p.b_out[j]) / np.sqrt(p.width)
    ),
    "bias-correlation": lambda p, i, j: correlation(p.b_in[i], np.square(norms(p, i, j)[1])),
    "excess": excess(1.0),
    "excess-90": excess(0.9),
    "excess-80": excess(0.8, plain=True),
    "excess-readout": excess_readout,
    "excess-trace": excess_trace,
    "excess-level": excess_level,
    "activation-norm": lambda p, i, j: np.linalg.norm(change(p, i, j)) / np.sqrt(p.rows),
    "residual-norm": lambda p, i, j: np.linalg.norm(change(p, i, j), axis=1).mean(),
    "gradient-mse": gradient_mse,
    "direction-alignment": lambda p, i, j: mean_cosine(missing(p) @ p.w_last, change(p, i, j)),
    "contraction": lambda p, i, j: -mean_cosine(p.x, change(p, i, j)),
    "jacobian-norm": jacobian,
    "explained": explained,
}


def test_every_score_has_a_twin():
    assert set(TWINS) == set(SCORES)


@pytest.mark.parametrize("name", SCORES)
@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 99),
    shape=st.tuples(st.integers(1, 5), st.integers(2, 6), st.integers(2, 7), st.integers(1, 3)),
    activation=st.sampled_from(["relu", "gelu", "silu", "tanh"]),
)
def test_a_score_is_its_definition(name, seed, shape, activation):
    blocks, width, hidden, outputs = shape
    puzzle, _ = toy_puzzle(seed, blocks, width, hidden, outputs, activation, rows=12)
    values = SCORES[name].values(puzzle)
    assert values.shape == (blocks, blocks)
    assert values.dtype == np.float64
    expected = [[TWINS[name](puzzle, i, j) for j in range(blocks)] for i in range(blocks)]
    np.testing.assert_allclose(values, expected, rtol=2e-3, atol=2e-4)


@pytest.mark.parametrize("name", SCORES)
def test_the_cost_is_lower_where_the_score_is_better(name):
    puzzle, _ = toy_puzzle(1)
    score = SCORES[name]
    sign = 1 if score.better == "lower" else -1
    np.testing.assert_array_equal(score.cost(puzzle), sign * score.values(puzzle))


STRONG = ("trace", "ratio", "gram", "hidden-cosine", "hidden-cosine-square", "diagonal-mass")


@pytest.mark.parametrize("name", STRONG)
def test_layers_that_are_each_others_transposes_are_paired(name):
    puzzle, answer = toy_puzzle(4, blocks=9, width=8, hidden=12, signal=0.9)
    inp, out = puzzle.indices(answer)
    assert SCORES[name].pairing(puzzle)[inp].tolist() == out.tolist()


def test_layers_of_zeros_have_scores_too():
    puzzle, _ = toy_puzzle(0)
    puzzle.w_out[0] = 0
    for name in SCORES.keys() - {"flattened-cosine", "gram", "asymmetry"}:
        assert np.isfinite(SCORES[name].values(puzzle)).all(), name


def test_rows_are_spread_evenly_over_the_data():
    puzzle, _ = toy_puzzle(rows=100)
    assert spaced_rows(puzzle, 4).tolist() == [0, 33, 66, 99]
    assert spaced_rows(puzzle, 1000).tolist() == list(range(100))


def test_a_score_of_the_data_looks_at_the_rows_it_is_told():
    puzzle, _ = toy_puzzle(rows=50)
    first = np.arange(20)
    some = explained_change(puzzle, first)
    assert not np.allclose(some, explained_change(puzzle))
    np.testing.assert_array_equal(some, explained_change(puzzle, first))
