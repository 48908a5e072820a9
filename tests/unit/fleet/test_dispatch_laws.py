"""What holds for every choice of nodes."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from permq.fleet.dispatch import assign
from permq.fleet.work import BRIEF_PER_SLOT, Node, Policy, Running, Work

CLASSES = ["heavy", "light", "render", "gpu"]
NAMES = ["a", "b", "c", "d"]
NUMERIC = ["arm", "x86"]
STEPS = st.none() | st.floats(0, 1e6)

policies = st.builds(Policy, st.sampled_from(["prefer", "strict"]), st.integers(0, 2))


@st.composite
def fleets(draw):
    return [
        Node(
            name=name,
            apple=draw(st.booleans()),
            speed=draw(st.floats(0, 5)),
            slots=draw(st.integers(0, 4)),
            held=draw(st.integers(0, 5)),
            weight=draw(st.floats(0.1, 2)),
            classes=frozenset(draw(st.sets(st.sampled_from(CLASSES)))),
            numeric_class=draw(st.sampled_from(NUMERIC)),
            state=draw(st.sampled_from(["live", "live", "live", "draining", "suspect"])),
            gpu=draw(st.booleans()),
            brief=draw(st.integers(0, 80)),
            running=tuple(
                draw(st.lists(st.builds(Running, STEPS, st.integers(0, 9), st.booleans())))
            ),
        )
        for name in draw(st.sets(st.sampled_from(NAMES)))
    ]


@st.composite
def backlogs(draw, *, most=60):
    jobs = draw(st.sets(st.integers(1, 500), max_size=most))
    return [
        Work(
            job=job,
            work_class=draw(st.sampled_from(CLASSES)),
            priority=draw(st.integers(4, 6)),
            steps=draw(STEPS),
            started=draw(st.booleans()),
            numeric_class=draw(st.none() | st.sampled_from(NUMERIC)),
            node=draw(st.none() | st.none() | st.sampled_from(NAMES)),
            last_node=draw(st.none() | st.sampled_from(NAMES)),
            brief=draw(st.booleans()),
        )
        for job in sorted(jobs)
    ]


@given(backlogs(), fleets(), policies)
@settings(max_examples=300)
def test_what_is_assigned_may_be_there_and_fits(work, nodes, policy):
    decision = assign(work, nodes, policy)
    jobs = {job.job: job for job in work}
    by_name = {node.name: node for node in nodes}
    assert max(Counter(job for job, _ in decision.assignments).values(), default=1) == 1
    assert not {job for job, _ in decision.assignments} & set(decision.reasons)
    held = Counter({node.name: node.held * BRIEF_PER_SLOT + node.brief for node in nodes})
    for number, name in decision.assignments:
        job, node = jobs[number], by_name[name]
        assert node.state == "live"
        assert job.work_class in node.classes
        assert node.gpu or job.work_class != "gpu"
        assert job.node in {None, name}
        held[name] += 1 if job.brief else BRIEF_PER_SLOT
        assert held[name] <= (node.slots + policy.ahead * job.brief) * BRIEF_PER_SLOT
        assert node.slots
        if job.work_class == "heavy" and policy.heavy == "strict" and job.node is None:
            assert node.apple or (job.started and job.numeric_class == node.numeric_class)


@given(backlogs(), fleets(), policies, st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_does_not_matter(work, nodes, policy, random):
    decision = assign(work, nodes, policy)
    assert assign(work, nodes, policy) == decision
    work, nodes = list(work), list(nodes)
    random.shuffle(work)
    random.shuffle(nodes)
    assert assign(work, nodes, policy) == decision


@given(backlogs(), fleets(), policies)
def test_what_has_begun_leaves_its_class_only_when_no_node_of_it_can_take_it(work, nodes, policy):
    jobs = {job.job: job for job in work}
    by_name = {node.name: node for node in nodes}
    for number, name in assign(work, nodes, policy).assignments:
        job = jobs[number]
        if job.started and job.node is None and by_name[name].numeric_class != job.numeric_class:
            assert not [
                node
                for node in nodes
                if node.numeric_class == job.numeric_class
                and node.state != "draining"
                and node.slots
                and job.work_class in node.classes
                and (node.gpu or job.work_class != "gpu")
            ]


@given(backlogs(), fleets(), policies)
def test_a_job_without_a_node_that_could_ever_take_it_says_why(work, nodes, policy):
    decision = assign(work, nodes, policy)
    for job in work:
        if not any(
            node.state == "live"
            and node.slots
            and job.work_class in node.classes
            and job.node in {None, node.name}
            for node in nodes
        ):
            reason = decision.reasons[job.job]
            assert reason
            assert "\n" not in reason


def alike(work):
    """What decides where a job may go, but not when."""
    return (work.work_class, work.brief, work.node, work.started and work.numeric_class)


@given(backlogs(), fleets(), policies)
def test_priority_goes_first_among_jobs_of_a_class(work, nodes, policy):
    nodes = [Node(**{**as_words(node), "running": ()}) for node in nodes]
    work = [Work(**{**as_words(job), "steps": None}) for job in work]
    taken = {job for job, _ in assign(work, nodes, policy).assignments}
    for first in work:
        for second in work:
            if alike(first) == alike(second) and first.priority < second.priority:
                assert first.job in taken or second.job not in taken


def as_words(thing):
    return {name: getattr(thing, name) for name in thing.__slots__}


@given(st.lists(st.floats(1, 1e4), min_size=1, max_size=60), st.integers(1, 5))
def test_no_job_of_equal_priority_waits_for_ever_behind_newer_ones(lengths, slots):
    """Jobs as long as the longest keep coming; the first ones are all begun in the end."""
    node = Node("a", True, 1.0, slots, 0, 1.0, frozenset(CLASSES), "arm")
    waiting = dict(enumerate(lengths, 1))
    first = set(waiting)
    newest = len(waiting)
    for _ in range(3 * len(lengths) + 10):
        work = [Work(job, "heavy", 5, steps) for job, steps in waiting.items()]
        for job, _ in assign(work, [node], Policy()).assignments:
            del waiting[job]
            newest += 1
            waiting[newest] = max(lengths)
    assert not first & set(waiting)


@given(backlogs(), st.lists(st.integers(1, 4), min_size=1, max_size=4), policies)
def test_no_slot_is_idle_while_new_work_of_one_numeric_class_waits(work, slots, policy):
    nodes = [
        Node(name, True, 1.0 + place, count, 0, 1.0, frozenset(CLASSES), "arm", gpu=True)
        for place, (name, count) in enumerate(zip(NAMES, slots, strict=False))
    ]
    work = [Work(**{**as_words(job), "node": None}) for job in work]
    taken = dict(assign(work, nodes, policy).assignments)
    slot_jobs = sum(not job.brief for job in work if job.job in taken)
    if slot_jobs < sum(not job.brief for job in work):
        used = BRIEF_PER_SLOT * slot_jobs + sum(job.brief for job in work if job.job in taken)
        assert used > BRIEF_PER_SLOT * (sum(slots) - len(slots))


def test_ten_thousand_jobs_and_two_hundred_nodes_are_walked_once():
    """The work is counted, as a clock would judge the machine: looks at nodes per job."""
    looks = 0

    class Counted(Node):
        __slots__ = ()

        def __getattribute__(self, name):
            nonlocal looks
            looks += 1
            return super().__getattribute__(name)

    nodes = [
        Counted(f"n{i}", i % 2 == 0, 1 + i / 200, 8, 0, 1.0, frozenset(CLASSES), f"c{i % 5}")
        for i in range(200)
    ]
    work = [Work(i, CLASSES[i % 3], i % 10, float(i), brief=i % 7 == 0) for i in range(1, 10_001)]
    decision = assign(work, nodes, Policy())
    assert len(decision.assignments) > 1600
    assert looks < 10 * len(work)
