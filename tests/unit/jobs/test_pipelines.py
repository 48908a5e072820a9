"""The pipeline as a description."""

import pytest

from permq.errors import OptionError
from permq.jobs.kinds import KINDS
from permq.jobs.pipelines import read, stages


def test_a_pipeline_pairs_orders_anneals_several_times_and_refines_the_best_and_draws():
    made = stages(read(["chains=3", "steps=500", "rows=64"]))
    assert [(stage.kind, stage.count, stage.join) for stage in made] == [
        ("pair", 1, False),
        ("order", 1, False),
        ("anneal", 3, False),
        ("surgery", 1, True),
        ("refine", 1, False),
        ("figures", 1, False),
    ]
    assert (made[2].params["steps"], made[2].params["rows"]) == (500, 64)
    assert all(stage.params == KINDS[stage.kind].complete(stage.params) for stage in made)


def test_what_is_wrong_is_refused():
    with pytest.raises(OptionError, match="unknown parameter 'chain' of pipeline: did you mean ch"):
        read(["chain=3"])
    with pytest.raises(OptionError, match="chains=0: must be at least 1"):
        read(["chains=0"])
