"""Which job goes to which node, example by example."""

from dataclasses import replace

import pytest

from permq.fleet.dispatch import assign
from permq.fleet.work import BRIEF_PER_SLOT, Node, Policy, Running, Work

ALL = frozenset({"heavy", "light", "render", "gpu"})

FAST = Node("fast", True, 1.0, 2, 0, 1.0, ALL, "arm")
SLOW = Node("slow", False, 0.4, 2, 0, 1.0, ALL, "arm")
NODES = [FAST, SLOW]


def heavy(job, steps=100.0, **words):
    return Work(job, "heavy", words.pop("priority", 5), steps, **words)


def light(job, work_class="light", **words):
    return Work(job, work_class, words.pop("priority", 5), None, **words)


def brief(count, first=1):
    return [light(job, brief=True) for job in range(first, first + count)]


def sent(work, nodes=NODES, policy=Policy(), **words):  # noqa: B008 -- frozen
    return dict(assign(work, nodes, policy, **words).assignments)


def reasons(work, nodes=NODES, policy=Policy()):  # noqa: B008 -- frozen
    return assign(work, nodes, policy).reasons


def test_the_fastest_free_slots_first_and_slower_ones_take_what_would_wait():
    work = [heavy(job) for job in range(1, 6)]
    assert sent(work) == {1: "fast", 2: "fast", 3: "slow", 4: "slow"}
    assert not reasons(work)


def test_measured_speed_decides_and_not_the_name():
    swift = replace(SLOW, name="swift", speed=1.5)
    assert sent([heavy(1)], [FAST, swift]) == {1: "swift"}


def test_a_node_of_half_weight_counts_as_half_as_fast():
    assert sent([heavy(1)], [replace(FAST, weight=0.3), SLOW]) == {1: "slow"}
    assert sent([light(1)], [replace(FAST, speed=0.5), replace(SLOW, weight=0.5)]) == {1: "fast"}


def test_strictly_heavy_work_stays_on_apple_silicon():
    work = [heavy(1), heavy(2), heavy(3), light(4)]
    strict = Policy(heavy="strict")
    assert sent(work, policy=strict) == {1: "fast", 2: "fast", 4: "slow"}
    assert reasons([heavy(1)], [SLOW], strict) == {
        1: "no Apple Silicon node takes it, and the policy 'strict' keeps heavy work there"
    }


def test_a_named_node_is_kept_to_whatever_the_policy():
    assert sent([heavy(1, node="slow")], policy=Policy(heavy="strict")) == {1: "slow"}
    assert sent([heavy(1, node="slow")], [FAST, replace(SLOW, held=2)]) == {}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "other"}, "waits for node slow, which is not running"),
        ({"state": "draining"}, "waits for node slow, which is draining"),
        ({"state": "suspect"}, "waits for node slow, which has not been heard of for a while"),
        ({"classes": frozenset({"light"})}, "waits for node slow, which takes no heavy work"),
        ({"slots": 0}, "waits for node slow, which has no slots"),
    ],
)
def test_a_job_for_a_named_node_says_why_it_waits(change, told):
    assert reasons([heavy(1, node="slow")], [FAST, replace(SLOW, **change)]) == {1: told}


@pytest.mark.parametrize("work_class", ["light", "render"])
def test_short_work_leaves_the_fast_slots_to_heavy_work(work_class):
    work = [light(1, work_class), heavy(2), light(3, work_class), light(4, work_class)]
    assert sent(work) == {1: "slow", 2: "fast", 3: "slow", 4: "fast"}


def test_gpu_work_goes_only_where_a_gpu_is():
    gpu = replace(SLOW, gpu=True)
    assert sent([light(1, "gpu")], [FAST, gpu]) == {1: "slow"}
    assert reasons([light(1, "gpu")]) == {1: "no live node with a GPU takes gpu work"}


def test_nodes_take_only_their_classes():
    nodes = [replace(FAST, classes=frozenset({"light"})), SLOW]
    assert sent([heavy(1)], nodes) == {1: "slow"}
    assert reasons([light(1, "render")], nodes[:1]) == {1: "no live node takes render work"}


@pytest.mark.parametrize(
    ("state", "told"), [("suspect", "has not been heard of for a while"), ("draining", "drain")]
)
def test_nodes_that_are_not_live_get_nothing(state, told):
    nodes = [replace(FAST, state=state), SLOW]
    assert sent([heavy(1)], nodes) == {1: "slow"}
    assert told in reasons([heavy(1)], nodes[:1])[1]


def test_without_any_node_everything_waits_and_says_so():
    assert reasons([heavy(1), light(2)], []) == dict.fromkeys((1, 2), "no node is live")


def test_priority_then_what_has_begun_then_the_oldest():
    one = [replace(FAST, slots=1)]
    assert sent([heavy(1), heavy(2, priority=4)], one) == {2: "fast"}
    assert sent([heavy(1), heavy(2, started=True, numeric_class="arm")], one) == {2: "fast"}
    assert sent([heavy(2), heavy(1)], one) == {1: "fast"}


def test_a_job_too_long_for_the_time_that_is_left_goes_first():
    work = [*(heavy(job, 10.0) for job in range(1, 20)), heavy(20, 300.0)]
    assert sent(work)[20] == "fast"
    # but not where so much waits that there is time enough
    many = [heavy(job, 10.0) for job in range(1, 20)]
    assert 20 not in sent([*many, heavy(20, 300.0)], backlog=10_000.0)


def test_what_has_begun_stays_in_its_numeric_class_while_a_node_of_it_lives():
    other = replace(SLOW, numeric_class="x86")
    begun = heavy(1, started=True, numeric_class="x86")
    assert sent([begun], [FAST, other]) == {1: "slow"}
    assert sent([begun], [FAST, replace(other, held=2)]) == {}
    assert sent([begun], [FAST, other], Policy(heavy="strict")) == {1: "slow"}
    assert sent([begun], [FAST]) == {1: "fast"}
    assert sent([begun], [FAST, replace(other, state="draining")]) == {1: "fast"}
    # it may come back within seconds
    assert sent([begun], [FAST, replace(other, state="suspect")]) == {}
    assert (
        "slow has not been heard of" in reasons([begun], [FAST, replace(other, state="suspect")])[1]
    )


def test_a_job_stays_where_it_was_if_another_node_is_no_faster():
    twin = replace(FAST, name="a-twin", speed=1.02)
    last = heavy(1, started=True, numeric_class="arm", last_node="fast")
    assert sent([last], [FAST, twin]) == {1: "fast"}
    assert sent([last], [FAST, replace(twin, speed=1.2)]) == {1: "a-twin"}
    assert sent([last], [replace(FAST, held=2), twin]) == {1: "a-twin"}


def test_a_slot_holds_many_brief_jobs():
    work = brief(200)
    taken = sent(work, [replace(SLOW, slots=1)], Policy(ahead=0))
    assert len(taken) == BRIEF_PER_SLOT
    held = replace(SLOW, slots=1, brief=BRIEF_PER_SLOT - 3)
    assert list(sent(work, [held], Policy(ahead=0))) == [1, 2, 3]


def test_only_brief_jobs_are_sent_beyond_the_free_slots():
    full = [replace(FAST, held=2), replace(SLOW, held=2)]
    assert sent([heavy(1), light(2)], full) == {}
    assert len(sent(brief(200), full)) == 2 * BRIEF_PER_SLOT
    assert len(sent(brief(200), full, Policy(ahead=2))) == 4 * BRIEF_PER_SLOT
    assert sent(brief(200), [replace(node, held=3) for node in full]) == {}


def test_brief_jobs_beyond_the_slots_go_where_one_is_free_soonest():
    full = [replace(FAST, slots=14, held=14), replace(SLOW, held=2)]
    assert sent(brief(1), full) == {1: "fast"}


def test_a_brief_job_keeps_a_long_one_out_of_its_slot_only():
    node = replace(SLOW, brief=1)
    assert sent([heavy(1), heavy(2)], [node]) == {1: "slow"}


def test_two_jobs_change_places_when_the_slower_one_has_more_left():
    # job 1 has 500 s left on the fast slot, or 1,250 on the slow one that is free
    late = heavy(1, 500.0, started=True, numeric_class="arm", last_node="slow")
    fast = replace(FAST, held=2, running=(Running(100.0, 5), Running(480.0, 5)))
    slow = replace(SLOW, held=1, running=(Running(90.0, 5),))
    assert sent([late], [fast, slow]) == {}
    # the fast slot's job comes in: now there is a free slot of each kind
    fast = replace(fast, held=1, running=(Running(480.0, 5),))
    early = heavy(2, 80.0, started=True, numeric_class="arm", last_node="fast")
    assert sent([late, early], [fast, slow]) == {1: "fast", 2: "slow"}


@pytest.mark.parametrize(
    "running",
    [
        Running(450.0, 5),  # hardly less
        Running(100.0, 4),  # would take its slot again
        Running(100.0, 5, movable=False),
        Running(None, 5),
    ],
)
def test_no_job_waits_for_a_slot_it_would_not_get(running):
    late = heavy(1, 500.0, started=True, numeric_class="arm", last_node="slow")
    fast = replace(FAST, held=2, running=(running, running))
    assert sent([late], [fast, SLOW]) == {1: "slow"}


def test_a_job_that_ends_in_time_where_it_is_stays_there():
    early = heavy(1, 50.0, started=True, numeric_class="arm", last_node="slow")
    fast = replace(FAST, held=2, running=(Running(10.0, 5), Running(1000.0, 5)))
    assert sent([early], [fast, SLOW]) == {1: "slow"}


def test_a_slot_that_one_job_leaves_alone_is_taken_by_another():
    late = heavy(1, 500.0, started=True, numeric_class="arm", last_node="slow")
    fast = replace(FAST, held=2, running=(Running(100.0, 5), Running(100.0, 5)))
    assert sent([late, heavy(2, 20.0)], [fast, SLOW]) == {2: "slow"}


def test_a_new_job_is_not_begun_where_it_would_end_after_everything_else():
    other = replace(SLOW, numeric_class="x86")
    fast = replace(FAST, held=2, running=(Running(50.0, 5), Running(50.0, 5)))
    assert sent([heavy(1, 1000.0)], [fast, other]) == {}
    assert sent([heavy(1, 10.0)], [fast, other]) == {1: "slow"}
    # what runs there may take for ever, for all that is known
    unknown = replace(fast, running=(Running(None, 5), Running(50.0, 5)))
    assert sent([heavy(1, 1000.0)], [unknown, other]) == {1: "slow"}
    long = replace(fast, running=(Running(9000.0, 5), Running(9000.0, 5)))
    assert sent([heavy(1, 1000.0)], [long, other]) == {1: "slow"}


def test_jobs_of_unknown_length_are_sent_like_others():
    assert sent([heavy(1, None), heavy(2, None), heavy(3, None)]) == {
        1: "fast",
        2: "fast",
        3: "slow",
    }


def test_a_node_that_was_not_measured_yet_is_the_last():
    new = replace(FAST, name="new", speed=0.0)
    assert sent([heavy(1), heavy(2), heavy(3)], [replace(SLOW, slots=2), new])[3] == "new"
