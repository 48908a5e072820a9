"""Waiting for jobs at the command line: progress, the news that matters, and how it ended."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from permq.cli import job_format as form
from permq.cli.job_looks import Looks
from permq.cli.output import emit
from permq.cli.progress import Progress

if TYPE_CHECKING:
    from permq.jobs.submission import Order, Submitted
    from permq.jobs.waiting import Standing
    from permq.pool.connection import Connection

INTERRUPTED = 130
SHORTEST, PAUSE = 0.05, 0.5
"""Seconds between two looks, at first and later."""


def wait_for(
    connection: "Connection",
    done: "Submitted",
    order: "Order",
    data: Path | None,
    facts: dict[str, object],
    *,
    as_json: bool,
) -> int:
    """Wait until all jobs of a submission have ended, those recognised as the same included.

    Parameters
    ----------
    connection
        To Postgres; replaced by a new one when it breaks.
    done, order
        What was submitted.
    data
        Data folder of `permq up`; None for what the environment says.
    facts
        What to print with `--json` besides how it ended.

    Returns
    -------
    int
        Exit status, see `permq.jobs.waiting.Standing.status`, or 130 after Ctrl-C.
    """
    from permq.jobs.waiting import standing

    jobs = (*done.known, *done.jobs)
    puzzle_id = None if order.puzzle is None else order.puzzle.id
    look = Looks(
        connection, lambda cursor: standing(cursor, jobs, puzzle_id), data, as_json=as_json
    )
    latest: Standing | None = None
    pause = SHORTEST
    try:
        with Progress("jobs", quiet=as_json) as progress:
            latest = look()
            said = latest.solved is not None and order.keep_going
            while True:
                if latest.over:
                    break
                if latest.solved is not None and not said:
                    said = True
                    progress.say(solved_line(latest))
                progress.total = latest.steps.total or latest.total
                progress.update(
                    latest.steps.done if latest.steps.total else latest.ended, note(latest)
                )
                time.sleep(pause)
                pause = min(2 * pause, PAUSE)
                latest = look()
    except KeyboardInterrupt:
        status, told = INTERRUPTED, [interrupted_line(done, jobs)]
    else:
        status, told = latest.status, ended_lines(latest)
    finally:
        look.close()
    emit(facts | ended(latest, status), as_json=as_json, lines=told)
    return status


def note(now: "Standing") -> str:
    """What else is worth knowing beside the bar."""
    parts = [f"{count:,} {state}" for state, count in now.counts.items()]
    if now.steps.rate:
        parts.append(f"{form.rate(now.steps.rate)} steps/s")
    if now.best is not None:
        parts.append(f"best {form.cost(now.best.cost)}")
    return ", ".join(parts)


def solved_line(now: "Standing") -> str:
    """The news that the puzzle is solved."""
    answer = now.solved
    if answer is None:
        return ""
    by = "the pool" if answer.job is None else f"job {answer.job}"
    return f"solved by {by}: sha256 {answer.sha256}"


def interrupted_line(done: "Submitted", jobs: tuple[int, ...]) -> str:
    """What to do about jobs that go on."""
    which = f"--submission {done.submission}" if done.submission else form.numbers(sorted(jobs))
    return f"the jobs go on; look at them: permq jobs; cancel them: permq cancel {which}"


def ended(now: "Standing | None", status: int) -> dict[str, object]:
    """How it ended, for `--json`."""
    best = None if now is None else now.best
    answer = None if now is None else now.solved
    return {
        "status": status,
        "interrupted": status == INTERRUPTED,
        "counts": {} if now is None else now.counts,
        "best": None if best is None else form.facts(best),
        "solved": answer is not None,
        "solved_by": None if answer is None else answer.job,
        "sha256": None if answer is None else answer.sha256,
    }


def ended_lines(now: "Standing") -> list[str]:
    """How it ended, for people."""
    told = [", ".join(f"{count:,} {state}" for state, count in now.counts.items())]
    told += [
        f"job {job} ({kind}) {state}: {form.one_line(why)}"
        for job, kind, state, why in now.troubles
        if not (state == "cancelled" and now.solved is not None)
    ]
    if now.best is not None:
        told.append(
            f"best cost {form.cost(now.best.cost)} by job {now.best.job} ({now.best.kind}), "
            f"sha256 {now.best.sha256}"
        )
    if now.solved is not None:
        told.append(solved_line(now))
    return told
