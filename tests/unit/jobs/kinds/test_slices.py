"""The law of every kind: cut anywhere, a job ends with the result of one go."""

import json
from functools import cache

import numpy as np
import pytest

from permq.jobs.kinds import KINDS
from permq.jobs.task import Task
from tests.toys import toy_puzzle

BLOCKS = 8

# kind, parameters, whether it gets a start
JOBS = [
    ("anneal", ["steps=600", "moves=swap:1,insertion:1,output-swap:1"], False),
    ("anneal", ["steps=400", "joint", "rows=20", "patience=50"], True),
    ("anneal", ["steps=300", "from=random", "perturbation=2", "schedule=adaptive"], True),
    ("constrained", ["steps=400", "lock=0-2,5"], True),
    ("constrained", ["steps=300", "anchor=mutual"], True),
    ("surgery", ["steps=60", "size=4", "trials=30"], True),
    ("surgery", ["size=3", "no-repair"], False),
    ("zone", ["positions=1,3-6"], True),
    ("zone", ["positions=0-6", "trials=10", "steps=300"], True),
    ("zone", ["below=1"], True),
    ("rotate", ["steps=3"], True),
    ("rotate", ["span=3", "layers=output", "lock=2"], True),
    ("cascade", [], True),
    ("cascade", ["layers=input", "reach=4", "from=random"], False),
    ("refine", ["repair", "sample=16"], True),
    ("refine", ["lock=0,1", "rows=10", "from=random"], False),
    ("lns", ["steps=40", "size=4", "trials=20"], True),
    ("lns", ["steps=20", "choose=weighted", "repair"], True),
    ("sweep", ["count=4"], True),
    ("sweep", ["exchange=0-3,1-6,2-7", "parts=2", "part=2", "layers=both"], True),
    ("loo", ["rows=30"], True),
    ("loo", ["steps=20", "rows=30"], True),
    ("pair", [], False),
    ("pair", ["method=trace"], False),
    ("order", ["rows=30"], False),
    ("order", ["method=greedy-by-state", "pairs=trace"], False),
    ("solve", ["attempts=4", "rows=20"], False),
    ("noop", ["steps=9"], False),
]
JOBS = [(kind, [w.replace("no-repair", "repair=no") for w in words], s) for kind, words, s in JOBS]


@cache
def puzzle():
    """A toy whose pairs show in the weights a little."""
    return toy_puzzle(3, blocks=BLOCKS, signal=0.4)


def shuffled(seed, positions=BLOCKS):
    """The answer with the blocks of the first positions in another order, and two pairs mixed."""
    toy, answer = puzzle()
    inp, out = toy.indices(answer)
    order = np.arange(BLOCKS)
    order[:positions] = np.random.default_rng(seed).permutation(positions)
    out = out[order]
    out[[0, 4]] = out[[4, 0]]
    return toy.arrangement(inp[order], out)


class Clock:
    """Says stop at every so many questions, or never."""

    def __init__(self, every=0):
        self.every, self.asked = every, 0

    def __call__(self):
        self.asked += 1
        return bool(self.every) and self.asked >= self.every


def task_of(kind, words, given, clock, found=None, report=None):
    return Task(
        puzzle=puzzle()[0] if KINDS[kind].needs_puzzle else None,
        params=KINDS[kind].read(words, BLOCKS),
        seed=11,
        start=shuffled(1) if given else None,
        source="elite" if given else "score",
        perturbation=3,
        others=(shuffled(1, 5), shuffled(2, 4), shuffled(3, 4)),
        stop=clock,
        report=report or (lambda *words: None),
        found=found or (lambda *words: None),
    )


def run(kind, words, given, every=0):
    """Result and number of slices of a job that is cut at every so many questions for the stop."""
    found, told, slices = [], [], 1
    clock = Clock(every)
    task = task_of(kind, words, given, clock, lambda *f: found.append(f), lambda *t: told.append(t))
    state = KINDS[kind].begin(task)
    while not KINDS[kind].advance(task, state):
        state = KINDS[kind].load(task, KINDS[kind].dump(task, state))
        clock.asked = 0
        slices += 1
        assert slices < 3000, "no progress"
    return KINDS[kind].result(task, state), slices, found, told


@pytest.mark.parametrize(("kind", "words", "given"), JOBS, ids=str)
def test_cut_anywhere_a_job_ends_with_the_result_of_one_go(kind, words, given):
    whole, slices, found, told = run(kind, words, given)
    assert slices == 1
    assert json.loads(json.dumps(whole, allow_nan=False)) == whole
    cuts = {every: run(kind, words, given, every) for every in (1, 2, 7, 40)}
    for every, (result, _, _, _) in cuts.items():
        assert result == whole, f"cut at every {every}"
    steps = [done for done, *_ in told]
    assert all(type(done) is int for done in steps)
    if kind not in ("pair", "noop"):
        arrangement, method = found[-1]
        assert arrangement.text == whole["answer"]
        assert method.partition(":")[0] == kind
        best = [best for _, _, best, _ in cuts[1][3]]
        assert best == sorted(best, reverse=True)


@pytest.mark.parametrize(("kind", "words", "given"), JOBS, ids=str)
def test_a_checkpoint_is_the_same_after_it_was_read(kind, words, given):
    task = task_of(kind, words, given, Clock(3))
    state = KINDS[kind].begin(task)
    for _ in range(3):
        data = KINDS[kind].dump(task, state)
        assert KINDS[kind].dump(task, KINDS[kind].load(task, data)) == data
        if KINDS[kind].advance(task, state):
            break


def test_every_kind_is_tried_that_does_not_read_the_pool():
    reading = {name for name, kind in KINDS.items() if kind.needs_pool}
    assert {kind for kind, _, _ in JOBS} == set(KINDS) - reading


def test_the_best_three_orders_are_handed_out_the_best_one_last():
    whole, _, found, _ = run("order", ["rows=30"], given=False)
    texts = [arrangement.text for arrangement, _ in found]
    assert len(set(texts)) == len(texts) == 3
    assert texts[-1] == whole["answer"]
