import numpy as np
import pytest

from permq.core.ridge import ridge


def problem(rows: int, unknowns: int, noise: float, seed: int = 0):
    rng = np.random.default_rng(seed)
    columns = rng.standard_normal((rows, unknowns))
    truth = rng.standard_normal(unknowns)
    return columns, truth, columns @ truth + noise * rng.standard_normal(rows)


def zeros_and_ones(unknowns: int):
    return np.zeros(unknowns), np.zeros(unknowns), np.ones(unknowns)


@pytest.mark.parametrize(("rows", "unknowns"), [(300, 8), (9, 9), (20, 60)])
def test_both_normal_matrices_give_the_posterior_of_the_definition(rows, unknowns) -> None:
    columns, _, errors = problem(rows, unknowns, 0.3)
    rng = np.random.default_rng(1)
    current, mean = rng.standard_normal((2, unknowns))
    variance = rng.uniform(0.5, 2, unknowns)
    fit = ridge(columns.copy(), errors, current, mean, variance)
    precision = columns.T @ columns / fit.noise + np.diag(1 / variance)
    rhs = columns.T @ (errors + columns @ current) / fit.noise + mean / variance
    np.testing.assert_allclose(fit.estimate, np.linalg.solve(precision, rhs), atol=1e-8)
    expected = 1 - np.diag(np.linalg.inv(precision)) / variance
    np.testing.assert_allclose(fit.known, expected, atol=1e-8)


def test_noise_is_found_and_parameters_are_recovered() -> None:
    columns, truth, errors = problem(2000, 10, 0.5)
    fit = ridge(columns, errors, *zeros_and_ones(10))
    assert fit.noise == pytest.approx(0.25, rel=0.1)
    np.testing.assert_allclose(fit.estimate, truth, atol=0.05)
    assert (fit.known > 0.99).all()


def test_columns_that_say_nothing_leave_the_prior() -> None:
    columns, _, errors = problem(100, 4, 1.0)
    columns[:, 2] = 0
    fit = ridge(columns, errors, np.full(4, 5.0), np.array([0.0, 0, 7, 0]), np.ones(4))
    assert fit.estimate[2] == pytest.approx(7)
    assert fit.known[2] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("rows", "unknowns"), [(50, 5), (5, 50)])
def test_errors_of_zero_need_no_change(rows, unknowns) -> None:
    columns, _, _ = problem(rows, unknowns, 0)
    fit = ridge(columns, np.zeros(rows), *zeros_and_ones(unknowns))
    np.testing.assert_allclose(fit.estimate, 0, atol=1e-12)
    assert np.isfinite(fit.noise)
