"""Whether all is as it would have been without any fault."""

import json
from typing import Any

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.core.objective import verify
from permq.jobs.kinds import kind_named
from tests.chaos.calm import Ended, is_calm, outcomes
from tests.chaos.field import Field
from tests.nodes import EXAMPLE

# rows that must not be there, and what they would mean
_FORBIDDEN = {
    "jobs that are not done": "SELECT id, kind, state, attempt, slice, reason, error FROM jobs"
    " WHERE state <> 'done'",
    "jobs without a result": "SELECT id, kind FROM jobs WHERE result IS NULL",
    "jobs whose slices have gaps or are counted twice": "SELECT j.id, j.kind, j.slice, count(s.*)"
    " FROM jobs j LEFT JOIN slices s ON s.job_id = j.id GROUP BY j.id"
    " HAVING count(s.*) <> j.slice OR coalesce(sum(s.steps), 0) <> j.steps_done"
    " OR max(s.slice) + 1 <> j.slice",
    "finds that are noted twice": "SELECT job_id, slice, solution_id FROM discoveries"
    " GROUP BY job_id, slice, solution_id HAVING count(*) > 1",
    "solutions that are there twice": "SELECT puzzle_id, permutation FROM solutions"
    " GROUP BY puzzle_id, permutation HAVING count(*) > 1",
    "reports that were made twice": "SELECT count(*) FROM reports HAVING count(*) >"
    " (SELECT count(*) FROM jobs WHERE kind = 'report')",
    "snapshots that were made twice": "SELECT count(*) FROM snapshots HAVING count(*) >"
    " (SELECT count(*) FROM jobs WHERE kind = 'history')",
    "checkpoints of jobs that have ended": "SELECT job_id FROM checkpoints",
    "messages that no job stands behind": "SELECT reason, body FROM dead_letters",
}


def problems(field: Field, submitted: int, waves: int) -> list[str]:
    """Everything that is wrong, in words; nothing where all is well."""
    assert field.fleet is not None
    rows = field.fleet.rows
    found = []
    for what, query in _FORBIDDEN.items():
        if wrong := rows(query):
            found.append(f"{what}: {len(wrong)}, such as {wrong[0]}")
    ((jobs, orders),) = rows("SELECT count(*), count(DISTINCT submission_id) FROM jobs")
    if (jobs, orders) != (submitted, waves):
        found.append(f"{submitted} jobs of {waves} orders were submitted, {jobs} of {orders} exist")
    found += _of_solutions(field)
    found += _of_results(field)
    return found


def _of_solutions(field: Field) -> list[str]:
    """None is lost, and each has the cost that it says."""
    assert field.fleet is not None
    puzzle = load_puzzle(EXAMPLE)
    found = []
    hashes = {}
    for number, digest, permutation, cost in field.fleet.rows(
        "SELECT id, hash, permutation, cost FROM solutions"
    ):
        arrangement = Arrangement.of(permutation)
        hashes[number] = digest
        if (arrangement.sha256, verify(puzzle, arrangement).mse) != (digest, cost):
            found.append(f"solution {number} has another hash or cost than it says")
    pool = set(hashes.values())
    lost = {text for text in field.answers if Arrangement.parse(text).sha256 not in pool}
    if lost:
        found.append(f"solutions of spool or log that the pool lacks: {len(lost)}")
    gone = {number for number, digest in field.solutions.items() if hashes.get(number) != digest}
    if gone:
        found.append(f"solutions that were in the pool and are not any more: {len(gone)}")
    if field.damaged:
        found.append(f"files of the spool that were damaged: {field.damaged}")
    if waiting := field.undelivered():
        found.append(f"files of the spool that were not delivered: {waiting}")
    return found


def _of_results(field: Field) -> list[str]:
    """Every result that depends on its seed alone is that of the undisturbed run."""
    jobs = ended(field)
    calm = outcomes(load_puzzle(EXAMPLE), jobs)
    wrong = [
        f"{jobs[number].kind} {number}: {_difference(calm[number], jobs[number].result)}"
        for number in sorted(calm)
        if jobs[number].result != calm[number]
    ]
    unchecked = [job.id for job in jobs.values() if is_calm(job.kind) and job.id not in calm]
    found = [f"results other than those of a calm run: {len(wrong)}, {wrong[:3]}"] if wrong else []
    # what needs the pool has no calm run: it is compared with itself
    alike: dict[str, set[str]] = {}
    for job in jobs.values():
        if kind_named(job.kind).repeatable and not is_calm(job.kind):
            asked = json.dumps([job.kind, job.params, job.seed])
            alike.setdefault(asked, set()).add(json.dumps(job.result, sort_keys=True))
    if unlike := [asked for asked, results in alike.items() if len(results) > 1]:
        found.append(f"results that differ from one try to the next: {unlike}")
    if unchecked:
        found.append(f"jobs whose results were not compared: {unchecked}")
    return found


def ended(field: Field) -> dict[int, Ended]:
    """All jobs."""
    assert field.fleet is not None
    found = field.fleet.rows(
        "SELECT id, kind, params, seed, start, result,"
        " ARRAY(SELECT parent_id FROM edges WHERE child_id = jobs.id) FROM jobs"
    )
    return {row[0]: Ended(*row[:6], tuple(row[6])) for row in found}


def _difference(calm: Any, struck: Any) -> str:
    if not isinstance(struck, dict):
        return f"{struck!r}"
    names = [name for name in {**calm, **struck} if calm.get(name) != struck.get(name)]
    return ", ".join(
        f"{name} {str(calm.get(name))[:40]} became {str(struck.get(name))[:40]}" for name in names
    )


def redone(field: Field) -> tuple[int, int]:
    """Number of jobs that lost a slice, and of slices that were begun again."""
    assert field.fleet is not None
    ((jobs, slices),) = field.fleet.rows(
        "WITH begun AS (SELECT job_id, count(*) AS count FROM logs"
        " WHERE message LIKE 'slice % begins%' GROUP BY job_id)"
        " SELECT count(*), coalesce(sum(b.count - j.slice), 0)::integer"
        " FROM begun b JOIN jobs j ON j.id = b.job_id WHERE b.count > j.slice"
    )
    return jobs, slices
