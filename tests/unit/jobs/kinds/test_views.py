"""Views and reports as kinds of job; what needs a pool is tested with one."""

import pytest

from permq.bench.views.registry import VIEWS
from permq.errors import CheckpointError, OptionError
from permq.jobs.kinds import KINDS, parse_step
from permq.jobs.task import Task

VIEWS_KIND, REPORT = KINDS["views"], KINDS["report"]


def task(**params):
    return Task(puzzle=None, params=VIEWS_KIND.complete(params), seed=1)


def test_names_are_checked_and_written_in_one_way():
    _, params = parse_step("views:views=board, roc,board,suites=one,two")
    assert (params["views"], params["suites"]) == ("board,roc", "one,two")
    assert VIEWS_KIND.total(params, 0) == 2
    assert VIEWS_KIND.total(VIEWS_KIND.complete({}), 0) == len(VIEWS)
    with pytest.raises(OptionError, match="views=bord: unknown view 'bord': did you mean board"):
        VIEWS_KIND.read(["views=bord"])


def test_a_report_is_about_one_thing():
    with pytest.raises(OptionError, match="not both"):
        REPORT.read(["suite=board", "puzzle=small"])
    assert REPORT.read(["puzzle=small"])["suite"] is None


def test_what_was_made_outlives_a_slice():
    one = task(views="board,roc")
    state = VIEWS_KIND.begin(one)
    state.done, state.files, state.skipped = 1, ["board-a-b.png"], [("roc", "one class")]
    again = VIEWS_KIND.load(one, VIEWS_KIND.dump(one, state))
    assert again.done == 1
    assert VIEWS_KIND.result(one, again) == {
        "files": ["board-a-b.png"],
        "skipped": [{"what": "roc", "why": "one class"}],
    }


@pytest.mark.parametrize("damage", [{"done": 3}, {"done": "x"}, {"files": 5}, {"skipped": [1]}])
def test_a_damaged_checkpoint_is_refused(damage):
    one = task(views="board,roc")
    state = VIEWS_KIND.begin(one)
    for name, value in damage.items():
        setattr(state, name, value)
    with pytest.raises(CheckpointError, match="the checkpoint is damaged"):
        VIEWS_KIND.load(one, VIEWS_KIND.dump(one, state))


@pytest.mark.parametrize("kind", [VIEWS_KIND, REPORT])
def test_one_that_is_to_be_left_does_nothing(kind):
    left = Task(None, kind.complete({}), 1, leave=lambda: True)
    assert not kind.advance(left, kind.begin(left))
