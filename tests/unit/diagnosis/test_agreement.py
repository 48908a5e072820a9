import numpy as np
import pytest

from permq.diagnosis.agreement import ZONES, agreement

ONE = np.array([0, 1, 2]), np.array([2, 1, 0])
TWO = np.array([0, 2, 1]), np.array([2, 1, 0])
THREE = np.array([0, 1, 2]), np.array([1, 2, 0])


def test_a_position_agrees_where_both_layers_do() -> None:
    found = agreement([ONE, TWO, THREE])
    np.testing.assert_allclose(found.share, [2 / 3, 1 / 3, 2 / 3])
    assert found.inp.tolist() == [0, 1, 2]
    assert found.out.tolist() == [2, 1, 0]


def test_uncertain_positions_are_those_below_a_share() -> None:
    found = agreement([ONE, TWO, THREE])
    assert found.uncertain().tolist() == [0, 1, 2]
    assert found.uncertain(below=0.5).tolist() == [1]


def test_a_single_solution_agrees_with_itself() -> None:
    found = agreement([TWO])
    assert found.share.tolist() == [1, 1, 1]
    assert found.uncertain().tolist() == []
    assert (found.inp.tolist(), found.out.tolist()) == (TWO[0].tolist(), TWO[1].tolist())


def test_a_position_is_locked_from_four_fifths_mixed_from_half_and_else_uncertain():
    solutions = [(np.array([0, 0, 0]), np.array([0, int(k > 7), int(k > 4)])) for k in range(10)]
    found = agreement(solutions)
    assert found.share.tolist() == [1.0, 0.8, 0.5]
    assert [ZONES[zone] for zone in found.zone] == ["locked", "locked", "mixed"]
    assert found.locked == pytest.approx(2 / 3)
    apart = agreement([(np.array([k]), np.array([k])) for k in range(3)])
    assert (ZONES[apart.zone[0]], apart.locked) == ("uncertain", 0.0)
