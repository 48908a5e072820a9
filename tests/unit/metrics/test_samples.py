from datetime import UTC, datetime

from permq.metrics import catalogue as names
from permq.metrics.reading import JobGroup, PuzzleState, Reading
from permq.metrics.samples import samples
from permq.metrics.totals import Work, added
from permq.pool.nodes import NodeStatus

AT = datetime(2026, 1, 1, tzinfo=UTC)


def node(name, state="live", **facts):
    known = {
        "name": name,
        "chipset": "Apple M4",
        "apple": True,
        "arch": "arm64",
        "gpu": None,
        "numeric_class": "arm64",
        "slots": 8,
        "weight": 1.0,
        "speed": 1500.0,
        "classes": ["heavy"],
        "version": "1",
        "host": "here",
        "pid": 1,
        "incarnation": 1,
        "started_at": AT,
        "heartbeat": AT,
        "silent": 2.5,
        "state": state,
        "running": 3,
        "assigned": 1,
        "rate": 4500.0,
        "works_on": None,
    }
    return NodeStatus(**known | facts)


def told(**facts):
    """Values by metric and labels."""
    empty = {
        "jobs": (),
        "puzzles": (),
        "nodes": (),
        "totals": {},
        "slice_rates": {},
        "solutions": 0,
        "dead_letters": 0,
        "incoming": 0,
    }
    found = samples(Reading(**empty | facts))
    return {(sample.metric, *sample.labels): sample.value for sample in found}


def test_an_empty_fleet_tells_zeros():
    values = told()
    assert values[names.NODES, "live"] == 0
    assert values[names.SOLUTIONS,] == 0
    assert values[names.DEAD_LETTERS,] == 0
    assert values[names.INCOMING,] == 0


def test_jobs_are_counted_by_state_and_kind_with_the_states_that_nothing_is_in():
    values = told(
        jobs=(
            JobGroup("ready", "anneal", "heavy", 1, 40, 12.0),
            JobGroup("ready", "anneal", "heavy", 2, 2, 99.0),
            JobGroup("done", "anneal", "heavy", 1, 5, 1e6),
            JobGroup("paused", "figures", "render", 1, 1, 7.0),
        )
    )
    assert values[names.JOBS, "ready", "anneal"] == 42
    assert values[names.JOBS, "done", "anneal"] == 5
    assert values[names.JOBS, "failed", "anneal"] == 0
    assert values[names.JOBS, "paused", "figures"] == 1
    assert values[names.BACKLOG, "heavy"] == 42
    assert values[names.BACKLOG_AGE, "heavy"] == 99
    # a paused job waits for somebody, not for a node
    assert values[names.BACKLOG, "render"] == 0
    assert values[names.BACKLOG_AGE, "render"] == 0


def test_a_puzzle_without_solutions_has_no_best_and_no_age():
    values = told(
        jobs=(
            JobGroup("running", "anneal", "heavy", 7, 3, 1.0),
            JobGroup("done", "anneal", "heavy", 7, 5, 1.0),
        ),
        puzzles=(
            PuzzleState(7, "small", "abc", None, None, None),
            PuzzleState(8, "big", "def", 3.0, 1e-14, 60.0),
        ),
    )
    assert values[names.SOLVED, "small", "abc"] == 0
    assert values[names.UNFINISHED, "small", "abc"] == 3
    assert (names.BEST_COST, "small", "abc") not in values
    assert (names.SOLVED_AGE, "small", "abc") not in values
    assert values[names.SOLVED, "big", "def"] == 1
    assert values[names.SOLVED_AGE, "big", "def"] == 3
    assert values[names.BEST_COST, "big", "def"] == 1e-14
    assert values[names.IMPROVEMENT_AGE, "big", "def"] == 60


def test_a_node_is_in_one_state():
    values = told(
        nodes=(node("alpha"), node("beta", "dead")),
        totals={"alpha": Work(2, 4000)},
        slice_rates={"alpha": 0.5},
    )
    assert [values[names.NODE_STATE, "alpha", state] for state in ("live", "dead")] == [1, 0]
    assert [values[names.NODE_STATE, "beta", state] for state in ("live", "dead")] == [0, 1]
    assert [values[names.NODES, state] for state in ("live", "suspect", "dead")] == [1, 0, 1]
    assert values[names.STEPS, "alpha"] == 4000
    assert values[names.SLICES, "beta"] == 0
    assert values[names.SLICE_RATE, "alpha"] == 0.5
    assert values[names.STEP_RATE, "alpha"] == 4500
    assert values[names.HEARTBEAT_AGE, "alpha"] == 2.5
    assert values[names.NODE_INFO, "alpha", "Apple M4", "arm64", "1"] == 1


def test_a_node_that_signed_off_keeps_its_counters_and_nothing_else():
    values = told(nodes=(node("alpha", "gone"),), totals={"alpha": Work(2, 4000)})
    about = {metric.name for metric, *labels in values if labels[:1] == ["alpha"]}
    assert about == {"permq_slices_total", "permq_steps_total"}
    assert values[names.NODES, "gone"] == 1


def test_work_is_added_node_by_node():
    first = {"alpha": Work(1, 10), "beta": Work(2, 20)}
    assert added(first, {"beta": Work(1, 5), "gamma": Work(1, 1)}) == {
        "alpha": Work(1, 10),
        "beta": Work(3, 25),
        "gamma": Work(1, 1),
    }
