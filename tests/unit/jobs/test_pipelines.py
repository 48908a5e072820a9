"""The pipeline as a description."""

import pytest

from permq.errors import OptionError
from permq.jobs.kind import IDLE, USUAL
from permq.jobs.kinds import KINDS
from permq.jobs.pipelines import read, stages
from permq.jobs.submission import Order, Step, plan


def test_a_pipeline_pairs_orders_anneals_several_times_and_refines_the_best():
    made = stages(read(["chains=3", "steps=500", "rows=64", "figures=no"]))
    assert [(stage.kind, stage.count, stage.join) for stage in made] == [
        ("pair", 1, False),
        ("order", 1, False),
        ("anneal", 3, False),
        ("surgery", 1, True),
        ("refine", 1, False),
    ]
    assert (made[2].params["steps"], made[2].params["rows"]) == (500, 64)
    assert all(stage.params == KINDS[stage.kind].complete(stage.params) for stage in made)


def jobs_of(*words):
    return plan(Order(tuple(Step(**vars(one)) for one in stages(read(words)))), 7)


def test_snapshots_and_a_twin_go_aside_and_figures_wait_for_all():
    jobs = jobs_of("chains=2")
    kinds = [job.kind for job in jobs]
    places = {kind: [place for place, name in enumerate(kinds) if name == kind] for kind in kinds}
    parents = {
        kind: [{kinds[parent] for parent in jobs[place].parents} for place in places[kind]]
        for kind in places
    }
    assert parents["twin"] == [set()]
    assert parents["history"] == [{"order"}, {"anneal"}, {"surgery"}, {"refine"}]
    assert parents["anneal"] == [{"order"}, {"order"}]
    assert parents["surgery"] == [{"anneal"}]
    assert parents["figures"] == [{"refine", "twin", "history"}]
    (drawn,) = places["figures"]
    assert len(jobs[drawn].parents) == 1 + 1 + 4
    assert jobs[drawn].join_mode == "best"  # whatever becomes of the twin
    assert {jobs[place].priority for place in places["history"]} == {USUAL}
    assert {jobs[place].priority for place in (drawn, *places["twin"])} == {IDLE}


def test_what_goes_aside_leaves_the_searches_their_seeds():
    aside = {"twin", "history", "figures"}
    watched = [(job.kind, job.seed) for job in jobs_of("chains=2") if job.kind not in aside]
    assert watched == [(job.kind, job.seed) for job in jobs_of("chains=2", "figures=no")]
    assert len({job.seed for job in jobs_of("chains=2")}) == len(jobs_of("chains=2"))


def test_what_is_wrong_is_refused():
    with pytest.raises(OptionError, match="unknown parameter 'chain' of pipeline: did you mean ch"):
        read(["chain=3"])
    with pytest.raises(OptionError, match="chains=0: must be at least 1"):
        read(["chains=0"])
