"""What jobs come to where nothing happens: in one process, in one go, with their seeds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from permq.core.arrangement import Arrangement
from permq.core.puzzle import Puzzle
from permq.jobs.kinds import kind_named
from permq.jobs.starts import arrangement_of
from permq.jobs.task import Task


@dataclass(frozen=True)
class Ended:
    """A job as the pool has it at the end."""

    id: int
    kind: str
    params: Mapping[str, Any]
    seed: int
    start: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    parents: tuple[int, ...]


def outcomes(puzzle: Puzzle, jobs: Mapping[int, Ended]) -> dict[int, Any]:
    """Results of all repeatable jobs, each begun with its seed alone or its parents' answers.

    Parents come before children by their numbers. Of what was drawn from the pool only the start of
    a job that neither is told one nor has one from its parents is taken over.
    """
    done: dict[int, Any] = {}
    known: dict[str, Any] = {}
    for number in sorted(jobs):
        job = jobs[number]
        if not is_calm(job.kind) or any(one not in done for one in job.parents):
            continue
        start = _handed_down(puzzle, [done[parent] for parent in job.parents])
        source, perturbation = "parent" if start else "score", 0
        if start is None and not job.params.get("from") and job.start:
            start = arrangement_of(job.start.get("permutation"))
            source, perturbation = job.start["source"], job.start.get("perturbation", 0)
        text = start.text if start else None
        key = json.dumps([job.kind, job.params, job.seed, text, source, perturbation])
        if key not in known:
            known[key] = _outcome(puzzle, job, start, source, perturbation)
        done[number] = known[key]
    return done


def is_calm(kind: str) -> bool:
    """Whether jobs of a kind can be done again beside the pool, and end alike."""
    return kind_named(kind).repeatable and not kind_named(kind).needs_pool


def _outcome(
    puzzle: Puzzle, job: Ended, start: Arrangement | None, source: str, perturbation: int
) -> Any:
    kind = kind_named(job.kind)
    task = Task(
        puzzle=puzzle if kind.needs_puzzle else None,
        params=job.params,
        seed=job.seed,
        start=start,
        source=source,
        perturbation=perturbation,
    )
    state = kind.begin(task)
    while not kind.advance(task, state):
        pass
    return json.loads(json.dumps(kind.result(task, state)))


def _handed_down(puzzle: Puzzle, results: list[Any]) -> Arrangement | None:
    """The best answer of the parents."""
    from permq.core.objective import verify

    answers = [Arrangement.parse(one["answer"]) for one in results if one.get("answer")]
    costs = [verify(puzzle, answer).mse for answer in answers]
    return min(zip(costs, range(len(answers)), answers, strict=True))[2] if answers else None
