import numpy as np
import pytest

from permq.history.probe import STRATA, Probe, choose, probe_of
from tests.toys import toy_puzzle


def chosen(x, errors, size=100):
    return choose(np.asarray(x, float), np.asarray(errors, float), np.random.default_rng(0), size)


def test_strata_are_what_they_are_called():
    errors = np.arange(20.0)[::-1]  # row 0 is the hardest
    x = np.zeros((20, 2))
    x[[5, 6]] = [[9, 9], [8, 8]]
    probe = chosen(x, errors, size=2)
    by_name = {name: set(probe.rows[probe.strata == k]) for k, name in enumerate(STRATA)}
    assert by_name["easy"] == {18, 19}
    assert by_name["hard"] == {0, 1}
    assert by_name["medium"] == {9, 10}
    assert by_name["edge"] == {5, 6}
    assert len(by_name["random"]) == 2


@pytest.mark.parametrize(("rows", "total"), [(1000, 500), (500, 500), (499, 495), (12, 10), (3, 3)])
def test_no_row_stands_twice_however_few_there_are(rows, total):
    rng = np.random.default_rng(1)
    probe = chosen(rng.standard_normal((rows, 4)), rng.random(rows))
    assert len(probe.rows) == len(set(probe.rows.tolist())) == total
    sizes = np.bincount(probe.strata, minlength=5)
    assert len(set(sizes.tolist())) == 1 or total < 5


def test_an_edge_input_that_is_hard_is_hard():
    x = np.zeros((10, 1))
    x[0] = 100
    probe = chosen(x, [9, *range(9)], size=2)
    assert 0 in probe.rows[probe.strata == STRATA.index("hard")]
    assert 0 not in probe.rows[probe.strata == STRATA.index("edge")]


def test_the_same_puzzle_has_the_same_probe_set():
    puzzle, _ = toy_puzzle(0, rows=200)
    one, other = probe_of(puzzle), probe_of(puzzle)
    assert np.array_equal(one.rows, other.rows)
    assert np.array_equal(one.strata, other.strata)


def test_rows_and_names_come_back():
    puzzle, _ = toy_puzzle(0, rows=50)
    probe = probe_of(puzzle)
    back = Probe.named(probe.rows.tolist(), probe.names)
    assert np.array_equal(back.rows, probe.rows)
    assert np.array_equal(back.strata, probe.strata)


def test_means_by_stratum():
    probe = Probe(np.arange(4), np.array([0, 0, 2, 2]))
    assert probe.by_stratum(np.array([1.0, 3.0, 5.0, 5.0])) == {"easy": 2.0, "hard": 5.0}
