"""Checkpoints of jobs are checked before they are believed."""

import json

import pytest

from permq.errors import CheckpointError
from permq.jobs.kinds import KINDS
from permq.jobs.sealed import seal, unseal
from permq.jobs.task import Task
from tests.toys import toy_puzzle

ALONE = [name for name, kind in KINDS.items() if not kind.needs_pool]
SEARCHES = [name for name in ALONE if name != "noop"]
WORDS = {"constrained": ["lock=1"], "zone": ["positions=1-4"]}


@pytest.fixture(scope="module")
def toy():
    return toy_puzzle(4, blocks=6)


def task_of(name, puzzle, seed=3):
    return Task(puzzle, KINDS[name].read(WORDS.get(name, [])), seed, stop=lambda: True)


def dumped(name, puzzle):
    task = task_of(name, puzzle)
    state = KINDS[name].begin(task)
    KINDS[name].advance(task, state)
    return task, KINDS[name].dump(task, state)


def spoiled(value):
    """Variants of a JSON value with one field missing or of another type each."""
    if isinstance(value, dict):
        for key in value:
            yield {name: item for name, item in value.items() if name != key}
            yield {**value, key: {"x": []}}
            yield from ({**value, key: item} for item in spoiled(value[key]))


@pytest.mark.parametrize("name", SEARCHES)
def test_damage_is_found(name, toy):
    task, data = dumped(name, toy[0])
    for broken in (b"", b"[]", b"{}", data[:-3], data.replace(b'"version":1', b'"version":9')):
        with pytest.raises(CheckpointError):
            KINDS[name].load(task, broken)
    body = unseal(name, toy[0].fingerprint, data)
    for variant in spoiled(body):
        with pytest.raises(CheckpointError):
            KINDS[name].load(task, seal(name, toy[0].fingerprint, variant))


@pytest.mark.parametrize("name", SEARCHES)
def test_of_another_puzzle_or_kind_it_is_refused(name, toy):
    _, data = dumped(name, toy[0])
    other, _ = toy_puzzle(5, blocks=6)
    with pytest.raises(CheckpointError, match="fingerprint"):
        KINDS[name].load(task_of(name, other), data)
    another = "surgery" if name != "surgery" else "refine"
    with pytest.raises(CheckpointError, match="kind"):
        KINDS[another].load(task_of(another, toy[0]), data)


@pytest.mark.parametrize("name", ALONE)
def test_checkpoints_are_strict_json(name, toy):
    _, data = dumped(name, toy[0])
    json.loads(data, parse_constant=pytest.fail)


def test_roles_of_square_layers_are_kept():
    square, _ = toy_puzzle(2, blocks=4, width=6, hidden=6)
    turned = square.with_roles([int(p) for p in square.out_pieces])
    start = turned.arrangement(range(4), range(4))
    params = KINDS["anneal"].read(["steps=100"])
    task = Task(square, params, 3, start=start, source="parent", stop=lambda: True)
    state = KINDS["anneal"].begin(task)
    assert not KINDS["anneal"].advance(task, state)
    again = KINDS["anneal"].load(task, KINDS["anneal"].dump(task, state))
    assert list(again.puzzle.inp_pieces) == list(state.puzzle.inp_pieces)
    assert set(again.puzzle.inp_pieces) == set(square.out_pieces)
