"""`permq jobs`: the jobs as a table."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from permq.cli import job_format as form
from permq.cli import options
from permq.cli.job_options import ENDED, Words, filter_options, wanted
from permq.cli.output import emit
from permq.cli.servers import connected, data_option

if TYPE_CHECKING:
    from permq.pool.listed import JobRow

HEADS = ("id", "kind", "puzzle", "state", "node", "done", "steps/s", "best", "left", "")


@click.command(name="jobs")
@filter_options
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=100_000),
    metavar="N",
    default=40,
    show_default=True,
    help="Jobs to show at most.",
)
@data_option
@options.json_option
def command(limit: int, data: Path | None, as_json: bool, **words: Unpack[Words]) -> None:
    """List jobs: what is not finished, in the order it will be done; then what has ended.

    The last column tells how long a job works, when it ended, or why it waits; `left` is the time
    that its remaining steps, or its time limit, will take.

    \b
    Example:
      permq jobs
      permq jobs --state failed --state blocked
      permq jobs --kind anneal --node bmasass --limit 100
    """
    with connected(data) as connection:
        from permq.pool import listing
        from permq.pool.connection import transaction

        meant = wanted(connection, words)
        with transaction(connection) as cursor:
            rows = listing.jobs(cursor, meant, limit)
            counts = listing.counts(cursor, meant)
    emit(
        {
            "command": "jobs",
            "counts": counts,
            "jobs": [form.facts(row) | {"remaining": remaining(row)} for row in rows],
        },
        as_json=as_json,
        lines=lines(rows, counts, form.page_width()),
    )


def lines(rows: "list[JobRow]", counts: dict[str, int], width: int) -> list[str]:
    """Lines for people."""
    if not rows:
        return ["no such jobs"]
    table = form.table(
        HEADS,
        [cells(row) for row in rows],
        right="id done steps/s best left",
        width=width,
        limits={"kind": 11, "puzzle": 12, "node": 12},
    )
    more = sum(counts.values()) - len(rows)
    told = ", ".join(f"{count:,} {state}" for state, count in counts.items())
    return [*table, told + (f"; {more:,} more than shown: --limit" if more > 0 else "")]


def cells(row: "JobRow") -> tuple[str, ...]:
    """One job's line of the table."""
    running = row.state == "running"
    return (
        str(row.id),
        row.kind,
        row.puzzle or form.NONE,
        state(row),
        (f"→{row.requested_node}" if row.node is None and row.requested_node else row.node)
        or form.NONE,
        "100%" if row.state == "done" else form.share(row.steps_done, row.steps_total),
        form.rate(row.rate) if running else form.NONE,
        form.cost(row.best_cost),
        form.duration(remaining(row)) if running else form.NONE,
        why(row),
    )


def state(row: "JobRow") -> str:
    """A job's state in one word."""
    if row.state == "running":
        return "cancelling" if row.cancelling else "pausing" if row.paused else "running"
    return "paused" if row.paused and row.state in {"waiting", "ready", "assigned"} else row.state


def why(row: "JobRow") -> str:
    """Why a job waits or did not succeed; else since when it is what it is."""
    if row.state == "waiting":
        return f"after {form.numbers(row.after)}" if row.after else "after its parents"
    if row.state in {"failed", "blocked", "cancelled"}:
        return form.one_line(row.error if row.state == "failed" else row.reason) or "no reason kept"
    if row.state == "done":
        return f"{form.duration(row.age)} ago" + (f"; {row.reason}" if row.reason else "")
    if row.state in {"running", "assigned"}:
        return f"for {form.duration(row.age)}"
    return form.one_line(row.reason) or "waits for a free slot"


def remaining(row: "JobRow") -> float | None:
    """Seconds until a job is done, by its steps and its time limit; None where it is not known."""
    ends = []
    if row.steps_total is not None and row.rate:
        ends.append(max(row.steps_total - row.steps_done, 0) / row.rate)
    if row.time_limit is not None:
        now = row.assigned_for or 0.0 if row.state == "running" else 0.0
        ends.append(max(row.time_limit - row.worked - now, 0.0))
    return min(ends) if ends and row.state not in ENDED else None
