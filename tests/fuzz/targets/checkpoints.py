"""Checkpoints of every kind of job, and those of the command line's searches."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from permq.errors import CheckpointError
from tests.fuzz.mutate import json_of
from tests.fuzz.target import Target, law

WORDS = (
    *(b'"format":"permq-job"', b'"version":1', b'"kind":"anneal"', b'"body":{', b'"inputs":null'),
    *(
        b'"told":null',
        b'"search":',
        b'"standing":',
        b"null",
        b"true",
        b"[]",
        b"{}",
        b"-1",
        b"1e999",
    ),
)
_NEEDED = {"constrained": ["lock=1"], "zone": ["positions=1-3"], "figures": ["names=placement"]}
_BODIES = {"figures": {"fate": [["placement", "made", None]]}, "history": {"snapshot": 1}}


@cache
def _toys() -> tuple[Any, Any]:
    """A puzzle whose shapes tell the layers apart, and one of square layers."""
    from tests.toys import toy_puzzle

    shaped = toy_puzzle(4, blocks=4, width=4, hidden=6, rows=12)[0]
    return shaped, toy_puzzle(2, blocks=4, width=5, hidden=5, rows=12)[0]


def _yes() -> bool:
    return True


@cache
def _task(kind: str, *, square: bool) -> Any:
    from permq.jobs.kinds import KINDS
    from permq.jobs.task import Task

    params = KINDS[kind].read(_NEEDED.get(kind, []))
    puzzle = _toys()[square]
    # told to stop at once, advance does one unit of work at most
    return Task(puzzle, params, 3, stop=_yes, leave=_yes)


def _prepare_jobs(folder: Path) -> Callable[[bytes], object]:
    from permq.jobs.kinds import KINDS

    by_fingerprint = {toy.fingerprint: number for number, toy in enumerate(_toys())}

    def run(data: bytes) -> None:
        try:
            sealed = json.loads(data)
            named, of = sealed["kind"], sealed["fingerprint"]
            kind = KINDS[named]
            square = bool(by_fingerprint.get(of, 0))
        except (ValueError, TypeError, KeyError, RecursionError):
            kind, square = KINDS["anneal"], False
        task = _task(kind.name, square=square)
        state = kind.load(task, data)
        if not kind.needs_pool:
            # whoever believes a checkpoint goes on from it
            kind.advance(task, state)
            kind.result(task, state)
        again = kind.dump(task, state)
        law(kind.dump(task, kind.load(task, again)) == again, "it reads otherwise when written")

    return run


def _jobs() -> list[bytes]:
    from dataclasses import replace

    from permq.jobs.kinds import KINDS
    from permq.jobs.sealed import seal

    found = []
    for name, kind in KINDS.items():
        if kind.needs_pool:
            if name in _BODIES:
                found.append(seal(name, _toys()[0].fingerprint, _BODIES[name]))
            continue
        for square in (False, True):
            task = _task(name, square=square)
            working = replace(task, leave=lambda: False)
            state = kind.begin(working)
            found.append(kind.dump(working, state))
            kind.advance(working, state)
            found.append(kind.dump(working, state))
    return found


def _prepare_searches(folder: Path) -> Callable[[bytes], object]:
    from permq.search import checkpoint as annealing
    from permq.search.problem import Problem
    from permq.search.solve import checkpoint as solving

    puzzle = _toys()[0]
    problem = Problem.of(puzzle, None)

    def run(data: bytes) -> None:
        if b"permq-solve" in data:
            elites, attempts = solving.loads(puzzle, data)
            law(attempts >= 0, "fewer attempts than none")
            solving.dumps(puzzle, elites, attempts)
            return
        state = annealing.loads(problem, data)
        again = annealing.dumps(problem, state)
        law(annealing.dumps(problem, annealing.loads(problem, again)) == again, "reads otherwise")

    return run


def _searches() -> list[bytes]:
    from permq.jobs.kinds import KINDS
    from permq.search.solve.checkpoint import dumps
    from permq.search.solve.session import Elite

    puzzle = _toys()[0]
    arrangement = puzzle.arrangement(range(4), range(4))
    elites = [Elite(0.5, arrangement), Elite(float("inf"), arrangement)]
    task = _task("anneal", square=False)
    kind = KINDS["anneal"]
    body = json.loads(kind.dump(task, kind.begin(task)))["body"]["search"]
    return [dumps(puzzle, elites, 3).encode(), json.dumps(body).encode()]


TARGETS = (
    Target(
        "checkpoints",
        "checkpoints of every kind of job",
        _prepare_jobs,
        _jobs,
        refusals=(CheckpointError,),
        words=WORDS,
        mutations=(json_of,),
        weight=6,
        longest=8192,
    ),
    Target(
        "searches",
        "checkpoints of permq anneal and solve",
        _prepare_searches,
        _searches,
        refusals=(CheckpointError,),
        words=WORDS,
        mutations=(json_of,),
        longest=8192,
    ),
)
