"""`permq show`: everything about one job."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from permq.cli import job_completion as complete
from permq.cli import job_format as form
from permq.cli import options
from permq.cli.job_files import fetched
from permq.cli.job_options import JobNumber, missing
from permq.cli.output import emit
from permq.cli.servers import connected, data_option

if TYPE_CHECKING:
    from permq.pool.listed import FindRow, JobFacts, Relative, SliceRow

SLICES = 10
FINDS = 5
FILES = 6
RELATIVES = 8


@click.command(name="show")
@click.argument("job", metavar="JOB", type=JobNumber(), shell_complete=complete.jobs())
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the files that it made, such as figures, views or a report, to this folder.",
)
@data_option
@options.json_option
def command(job: int, out: Path | None, data: Path | None, as_json: bool) -> None:
    """Tell everything about a job: what it does, how far it is, where, and what it found.

    \b
    Example:
      permq show 17
      permq show 17 --json
      permq show 17 --out report
    """
    if out is not None:
        with connected(data) as connection:
            paths = fetched(connection, job, out)
        emit({"job": job, "files": paths}, as_json=as_json, lines=map(str, paths))
        return
    with connected(data) as connection:
        from permq.pool import artifacts, listing
        from permq.pool.connection import transaction

        with transaction(connection) as cursor:
            facts = listing.job(cursor, job)
            if facts is None:
                raise missing([job])
            parents, children = listing.parents(cursor, job), listing.children(cursor, job)
            slices, finds = listing.slices(cursor, job), listing.finds(cursor, job)
            files = [
                f"{row.name}{artifacts.SUFFIXES[row.media_type]}"
                for row in artifacts.of_job(cursor, job)
            ]
    emit(
        {
            **form.facts(facts),
            "typed": facts.command,
            "parents": [form.facts(one) for one in parents],
            "children": [form.facts(one) for one in children],
            "slices": [form.facts(one) for one in slices],
            "solutions": [form.facts(one) for one in finds],
            "files": files,
        }
        | {"command": "show"},
        as_json=as_json,
        lines=[*lines(facts, parents, children, slices, finds), *_files(files, job)],
    )


def lines(
    job: "JobFacts",
    parents: "Sequence[Relative]",
    children: "Sequence[Relative]",
    slices: "Sequence[SliceRow]",
    finds: "Sequence[FindRow]",
) -> list[str]:
    """Lines for people."""
    told = [
        ("job", f"{job.id}, {job.kind} ({job.work_class}), of submission {job.submission}"),
        ("command", job.command),
        ("puzzle", f"{job.puzzle} ({(job.fingerprint or '')[:12]})" if job.puzzle else None),
        ("state", _state(job)),
        ("why", form.one_line(job.reason) or None),
        ("error", None if job.error == job.reason else job.error),
        ("parameters", params(job.params)),
        ("seed", f"{job.seed}, derived from base seed {job.base_seed}"),
        ("priority", f"{job.priority} (0 first, 9 last)"),
        ("node", _node(job)),
        ("progress", _progress(job)),
        ("attempts", f"{job.attempt} of slice {job.slice}" if job.attempt else None),
        ("time", _times(job)),
        ("cost", _costs(job)),
        ("sha256", job.sha256),
        ("start", _start(job)),
        ("after", relatives(parents, join=job.join_mode)),
        ("then", relatives(children)),
        ("result", None if job.result is None else _result(job.result)),
        ("version", job.code_version),
    ]
    shown = [f"{name:<11} {text}" for name, text in told if text]
    return shown + _slices(slices) + _finds(finds)


def params(values: Mapping[str, Any]) -> str:
    """Parameters as they are typed; those that the kind decides are left out."""
    return " ".join(f"{name}={_word(value)}" for name, value in values.items() if value is not None)


def relatives(rows: "Sequence[Relative]", join: str | None = None) -> str:
    """Jobs before or after a job."""
    told = ", ".join(
        f"{row.id} ({row.kind}, {row.state}"
        + (f", {form.cost(row.best_cost)})" if row.best_cost is not None else ")")
        for row in rows[:RELATIVES]
    )
    more = f", and {len(rows) - RELATIVES:,} more" if len(rows) > RELATIVES else ""
    return (f"the {join} of " if join and rows else "") + told + more


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _state(job: "JobFacts") -> str:
    words = [job.state]
    if job.paused and job.state in {"waiting", "ready", "assigned", "running"}:
        words.append("paused")
    if job.cancelling:
        words.append("to be cancelled")
    if job.keep_going:
        words.append("keeps going on a solved puzzle")
    return ", ".join(words)


def _node(job: "JobFacts") -> str | None:
    parts = []
    if job.node:
        parts.append(job.node + (f" (process {job.pid})" if job.pid else ""))
    if job.requested_node:
        parts.append(f"must go to {job.requested_node}")
    if job.numeric_class:
        parts.append(f"numeric class {job.numeric_class}")
    if job.moved:
        parts.append("MOVED to another class: the result is not that of one go")
    return ", ".join(parts) or None


def _progress(job: "JobFacts") -> str:
    total = "" if job.steps_total is None else f" of {job.steps_total:,}"
    told = f"{job.steps_done:,}{total} steps ({form.share(job.steps_done, job.steps_total)})"
    told += f", {job.slice} slices done"
    return told + (f", {form.rate(job.rate)} steps/s" if job.rate else "")


def _times(job: "JobFacts") -> str:
    told = [f"submitted {form.moment(job.created_at)}"]
    if job.started_at:
        told.append(f"begun {form.moment(job.started_at)}")
    if job.ended_at:
        told.append(f"ended {form.moment(job.ended_at)}")
    told.append(f"worked {form.duration(job.worked)}")
    if job.time_limit is not None:
        told.append(f"limit {form.duration(job.time_limit)}")
    return ", ".join(told)


def _costs(job: "JobFacts") -> str | None:
    if job.best_cost is None:
        return None
    told = f"best {form.cost(job.best_cost)} over all rows (solution {job.best_solution_id})"
    if job.current_cost is not None:
        told += f", now {form.cost(job.current_cost)} on the rows searched"
    return told + (", SOLVED" if job.solved else "")


def _start(job: "JobFacts") -> str | None:
    start = job.start
    if start is None:
        if job.parent_solution_id is None:
            return None
        return f"solution {job.parent_solution_id} of its parent"
    told = str(start.get("source"))
    if start.get("solution_id") is not None:
        told += f", solution {start['solution_id']}"
    if start.get("perturbation"):
        told += f", {start['perturbation']} random moves"
    return told


def _result(result: Mapping[str, Any]) -> str:
    return form.clipped(json.dumps(result), 400)


def _slices(rows: "Sequence[SliceRow]") -> list[str]:
    if not rows:
        return []
    table = form.table(
        ("slice", "node", "begun", "took", "steps", "steps/s", "best"),
        [
            (
                str(row.slice),
                row.node,
                form.moment(row.started_at),
                form.duration((row.ended_at - row.started_at).total_seconds()),
                f"{row.steps:,}",
                form.rate(row.steps / max((row.ended_at - row.started_at).total_seconds(), 1e-6)),
                form.cost(row.best_cost),
            )
            for row in rows[-SLICES:]
        ],
        right="slice took steps steps/s best",
    )
    return ["", f"{len(rows):,} slices, the last of them:", *table]


def _files(names: Sequence[str], job: int) -> list[str]:
    if not names:
        return []
    more = f", and {len(names) - FILES} more" if len(names) > FILES else ""
    return [
        "",
        f"{len(names)} files: {', '.join(names[:FILES])}{more}",
        f"permq show {job} --out DIR writes them to a folder",
    ]


def _finds(rows: "Sequence[FindRow]") -> list[str]:
    if not rows:
        return []
    table = form.table(
        ("solution", "cost", "found", "slice", "method", "sha256"),
        [
            (
                str(row.solution_id),
                form.cost(row.cost) + (" solved" if row.solved else ""),
                form.moment(row.found_at),
                form.NONE if row.slice is None else str(row.slice),
                row.method,
                row.sha256[:16],
            )
            for row in rows[:FINDS]
        ],
        right="solution cost slice",
    )
    return ["", f"{len(rows):,} finds, the best of them:", *table]
