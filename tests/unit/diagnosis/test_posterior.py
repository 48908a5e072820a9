import numpy as np
import pytest

from permq.diagnosis.posterior import boltzmann_weights, entropy, placement
from permq.errors import OptionError

ORDERS = np.array([[0, 1, 2], [0, 2, 1], [2, 1, 0]])


def test_weights_fall_by_e_for_every_temperature_of_excess() -> None:
    weights = boltzmann_weights(np.array([0.1, 0.3, np.inf]), temperature=0.2)
    np.testing.assert_allclose(weights, np.array([1, np.exp(-1), 0]) / (1 + np.exp(-1)))


def test_the_temperature_comes_from_the_pool_where_none_is_given() -> None:
    weights = boltzmann_weights(np.array([1.0, 2.0, 9.0]))
    assert weights[1] / weights[0] == pytest.approx(np.exp(-1))
    np.testing.assert_allclose(boltzmann_weights(np.array([0.5, 0.5])), 0.5)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_is_positive(temperature) -> None:
    with pytest.raises(OptionError, match="temperature is positive"):
        boltzmann_weights(np.array([1.0]), temperature)


def test_a_pool_without_a_finite_cost_is_refused() -> None:
    with pytest.raises(OptionError, match="finite cost"):
        boltzmann_weights(np.array([np.inf]))


def test_placement_adds_the_weights_of_the_solutions_that_have_it() -> None:
    share = placement(ORDERS, np.array([0.5, 0.3, 0.2]))
    np.testing.assert_allclose(share, [[0.8, 0, 0.2], [0, 0.7, 0.3], [0.2, 0.3, 0.5]])


def test_entropy_is_zero_where_all_agree_and_log_of_the_choices_where_none_do() -> None:
    sure = placement(ORDERS[:1], np.array([1.0]))
    assert entropy(sure).tolist() == [0, 0, 0]
    torn = placement(np.array([[0, 1], [1, 0]]), np.array([0.5, 0.5]))
    np.testing.assert_allclose(entropy(torn), np.log(2))
