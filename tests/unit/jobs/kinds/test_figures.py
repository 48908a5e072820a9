"""Figures as a kind of job; what needs a pool is tested with one."""

import pytest

from permq.errors import CheckpointError, OptionError
from permq.figures.figure import DEFAULTS
from permq.figures.registry import FIGURES
from permq.jobs.kinds import KINDS, parse_step
from permq.jobs.task import Task
from tests.toys import toy_puzzle

FIGURES_KIND = KINDS["figures"]


def task(**params):
    return Task(puzzle=toy_puzzle(0)[0], params=FIGURES_KIND.complete(params), seed=1)


def test_its_usual_options_are_those_of_the_figures():
    params = FIGURES_KIND.complete({})
    assert params.pop("names") == "all"
    assert params.pop("gif") is False
    assert params.items() <= DEFAULTS.items()


def test_names_are_checked_and_written_in_one_way():
    _, params = parse_step("figures:names=weight-norms,loo,loo,top=7")
    assert (params["names"], params["top"]) == ("weight_norms,loo", 7)
    assert FIGURES_KIND.total(params, 8) == 2
    assert FIGURES_KIND.total(FIGURES_KIND.complete({}), 8) == len(FIGURES)
    with pytest.raises(OptionError, match="names=colour: unknown figure 'colour'"):
        FIGURES_KIND.read(["names=colour"])
    with pytest.raises(OptionError, match="unknown pairing method 'colour'"):
        FIGURES_KIND.read(["method=colour"])


def test_what_became_of_the_figures_outlives_a_slice():
    one = task(names="loo,fleet")
    state = FIGURES_KIND.begin(one)
    state.fate["loo"] = ("failed", "ValueError: no")
    state.fate["fleet"] = ("missing", "no job")
    again = FIGURES_KIND.load(one, FIGURES_KIND.dump(one, state))
    assert FIGURES_KIND.result(one, again) == {
        "made": [],
        "missing": {"fleet": "no job"},
        "failed": {"loo": "ValueError: no"},
    }


@pytest.mark.parametrize("damage", [("loo", "eaten", None), ("fleet", "made", None)])
def test_a_damaged_checkpoint_is_refused(damage):
    one = task(names="loo,fleet")
    state = FIGURES_KIND.begin(one)
    state.fate[damage[0]] = damage[1:]
    with pytest.raises(CheckpointError, match="the checkpoint is damaged"):
        FIGURES_KIND.load(one, FIGURES_KIND.dump(one, state))


def test_a_job_that_is_to_be_left_draws_nothing():
    left = Task(toy_puzzle(0)[0], FIGURES_KIND.complete({}), 1, leave=lambda: True)
    assert not FIGURES_KIND.advance(left, FIGURES_KIND.begin(left))
