"""A reading as samples: which numbers are told, and which zeros besides."""

from collections import Counter
from collections.abc import Iterator

from permq.metrics import catalogue as names
from permq.metrics.exposition import Metric, Sample
from permq.metrics.reading import FINISHED, Reading
from permq.metrics.totals import Work

JOB_STATES = ("waiting", "ready", "assigned", "running", "paused", *sorted(FINISHED))
NODE_STATES = ("live", "draining", "suspect", "dead")
GONE = "gone"


def samples(reading: Reading) -> Iterator[Sample]:
    """Say what a reading holds.

    States that nothing is in are told as 0, so that a curve comes down instead of ending. A node
    that has signed off is told of by what it did, not by what it is.
    """
    yield from _jobs(reading)
    yield from _puzzles(reading)
    yield from _nodes(reading)
    yield _sample(names.SOLUTIONS, reading.solutions)
    yield _sample(names.DEAD_LETTERS, reading.dead_letters)
    yield _sample(names.INCOMING, reading.incoming)


def _sample(metric: Metric, value: float, *labels: str) -> Sample:
    return Sample(metric, labels, float(value))


def _jobs(reading: Reading) -> Iterator[Sample]:
    counts: Counter[tuple[str, str]] = Counter()
    backlog: Counter[str] = Counter()
    ages: dict[str, float] = {}
    for group in reading.jobs:
        counts[group.state, group.kind] += group.jobs
        ages.setdefault(group.work_class, 0.0)
        if group.state == "ready":
            backlog[group.work_class] += group.jobs
            ages[group.work_class] = max(ages[group.work_class], group.age or 0.0)
    for kind in sorted({group.kind for group in reading.jobs}):
        for state in JOB_STATES:
            yield _sample(names.JOBS, counts[state, kind], state, kind)
    for work_class, age in sorted(ages.items()):
        yield _sample(names.BACKLOG, backlog[work_class], work_class)
        yield _sample(names.BACKLOG_AGE, age, work_class)


def _puzzles(reading: Reading) -> Iterator[Sample]:
    unfinished: Counter[int | None] = Counter()
    for group in reading.jobs:
        if group.state not in FINISHED:
            unfinished[group.puzzle] += group.jobs
    for puzzle in reading.puzzles:
        labels = (puzzle.name, puzzle.fingerprint)
        yield _sample(names.SOLVED, puzzle.solved_age is not None, *labels)
        yield _sample(names.UNFINISHED, unfinished[puzzle.id], *labels)
        for metric, value in (
            (names.SOLVED_AGE, puzzle.solved_age),
            (names.BEST_COST, puzzle.cost),
            (names.IMPROVEMENT_AGE, puzzle.improvement_age),
        ):
            if value is not None:
                yield _sample(metric, value, *labels)


def _nodes(reading: Reading) -> Iterator[Sample]:
    states = Counter(node.state for node in reading.nodes)
    for state in (*NODE_STATES, GONE):
        yield _sample(names.NODES, states[state], state)
    for node in reading.nodes:
        done = reading.totals.get(node.name, Work())
        yield _sample(names.SLICES, done.slices, node.name)
        yield _sample(names.STEPS, done.steps, node.name)
        if node.state == GONE:
            continue
        yield _sample(names.SLICE_RATE, reading.slice_rates.get(node.name, 0.0), node.name)
        yield _sample(names.STEP_RATE, node.rate, node.name)
        yield _sample(names.NODE_INFO, 1, node.name, node.chipset, node.arch, node.version)
        for state in NODE_STATES:
            yield _sample(names.NODE_STATE, node.state == state, node.name, state)
        yield _sample(names.HEARTBEAT_AGE, node.silent, node.name)
        yield _sample(names.SLOTS, node.slots, node.name)
        yield _sample(names.RUNNING, node.running, node.name)
        yield _sample(names.SPEED, node.speed, node.name)
