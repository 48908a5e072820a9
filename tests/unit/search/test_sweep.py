"""Sweeps: every combination once, in any number of parts."""

import numpy as np
import pytest

from permq.errors import OptionError
from permq.search.problem import Problem
from permq.search.sweep import SweepSettings, sweep
from tests.unit.search.neighbourhood_cases import shuffled, toy

EXCHANGES = ((6, 1), (0, 4), (2, 3), (5, 7))


def keys(combined):
    return [(*a.tolist(), *o.tolist()) for a, o in zip(*combined, strict=True)]


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 16, 20])
@pytest.mark.parametrize("layers", ["output", "input", "both"])
def test_parts_together_cover_every_combination_once(parts, layers):
    inp, out = np.arange(8), np.arange(8)
    found = []
    for part in range(1, parts + 1):
        settings = SweepSettings(EXCHANGES, layers, part, parts)
        found += keys(settings.made(inp, out, np.array(settings.numbers, int)))
    assert len(found) == len(set(found)) == 16


def test_a_number_has_one_bit_for_each_exchange_the_highest_for_the_earliest():
    settings = SweepSettings(EXCHANGES)
    assert settings.exchanges == ((0, 4), (1, 6), (2, 3), (5, 7))
    inps, outs = settings.made(np.arange(8), np.arange(8), np.array([0, 8, 3]))
    assert (inps == np.arange(8)).all()
    assert outs.tolist() == [
        [0, 1, 2, 3, 4, 5, 6, 7],
        [4, 1, 2, 3, 0, 5, 6, 7],
        [0, 1, 3, 2, 4, 7, 6, 5],
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_best_combination_is_found(seed):
    puzzle, inp, out = toy(seed)
    problem, start = Problem.of(puzzle), shuffled(inp, out, seed)
    settings = SweepSettings(EXCHANGES)
    found = sweep(problem, *start, settings)
    combined = settings.made(*start, np.arange(16))
    wanted = min(problem.cost(a, o) for a, o in zip(*combined, strict=True))
    assert found.mse == pytest.approx(wanted, rel=1e-4)
    assert found.mse == problem.cost(found.inp, found.out)
    assert found.start_mse == problem.cost(*start)
    assert found.evaluations == 16


@pytest.mark.parametrize("layers", ["output", "input", "both"])
def test_exchanged_pairs_are_put_right_by_the_part_that_holds_the_answer(layers):
    puzzle, inp, out = toy(2)
    settings = SweepSettings(EXCHANGES, layers)
    (a,), (o,) = settings.made(inp, out, np.array([0b1010]))
    right = []
    for part in (1, 2, 3):
        found = sweep(Problem.of(puzzle), a, o, SweepSettings(EXCHANGES, layers, part, 3))
        right.append(bool((found.inp == inp).all() and (found.out == out).all()))
    assert right == [False, False, True]


def test_without_exchanges_the_start_comes_back():
    puzzle, inp, out = toy(2)
    start = shuffled(inp, out, 1)
    found = sweep(Problem.of(puzzle), *start, SweepSettings(()))
    np.testing.assert_array_equal(found.inp, start[0])
    assert found.mse == found.start_mse


def test_locked_positions_cannot_be_exchanged():
    puzzle, inp, out = toy(2)
    with pytest.raises(OptionError, match="1 and 6 touches a locked"):
        sweep(Problem.of(puzzle), inp, out, SweepSettings(EXCHANGES), locked=frozenset({6}))


def test_positions_that_are_not_there_are_refused():
    puzzle, inp, out = toy(2)
    with pytest.raises(OptionError, match="positions are 0 to 7"):
        sweep(Problem.of(puzzle), inp, out, SweepSettings(((1, 8),)))


def test_it_stops_when_asked_and_reports_what_it_swept():
    puzzle, inp, out = toy(2)
    problem, start = Problem.of(puzzle), shuffled(inp, out, 1)
    reports = []
    sweep(problem, *start, SweepSettings(EXCHANGES, part=2, parts=2), report=reports.append)
    assert [(report.step, report.steps) for report in reports] == [(8, 8)]
    stopped = sweep(problem, *start, SweepSettings(EXCHANGES), stop=lambda: True)
    assert stopped.evaluations == 0


@pytest.mark.parametrize(
    "options",
    [
        {"exchanges": ((1, 2), (2, 3))},
        {"exchanges": tuple((2 * i, 2 * i + 1) for i in range(41))},
        {"exchanges": (), "part": 0},
        {"exchanges": (), "part": 3, "parts": 2},
        {"exchanges": (), "layers": "all"},
    ],
)
def test_settings_out_of_range_are_refused(options):
    with pytest.raises(OptionError):
        SweepSettings(**options)
