"""`permq logs`: what happened to one job."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import job_completion as complete
from permq.cli import job_format as form
from permq.cli import options
from permq.cli.job_options import ENDED, JobNumber, missing
from permq.cli.output import emit
from permq.cli.servers import connected, data_option

if TYPE_CHECKING:
    from permq.pool.connection import Connection
    from permq.pool.listed import LogLine

PAUSE = 0.5
"""Seconds between two looks."""


@click.command(name="logs")
@click.argument("job", metavar="JOB", type=JobNumber(), shell_complete=complete.jobs())
@click.option("--follow", "-f", is_flag=True, help="Go on with new lines until the job has ended.")
@data_option
@options.json_option
def command(job: int, follow: bool, data: Path | None, as_json: bool) -> None:
    """Print what happened to a job: slices, nodes, errors.

    With --follow and --json it is an object a line. Ctrl-C ends the following, not the job.

    \b
    Example:
      permq logs 17
      permq logs 17 --follow
    """
    with connected(data) as connection:
        found, ended = read(connection, job, 0)
        if not follow:
            emit(
                {"command": "logs", "job": job, "lines": [form.facts(one) for one in found]},
                as_json=as_json,
                lines=[text(one) for one in found] or [f"job {job} has no lines yet"],
            )
            return
        after = 0
        try:
            while True:
                for one in found:
                    after = one.id
                    emit({"job": job, **form.facts(one)}, as_json=as_json, lines=[text(one)])
                if ended:
                    return
                time.sleep(PAUSE)
                found, ended = read(connection, job, after)
        except KeyboardInterrupt:
            return


def read(connection: "Connection", job: int, after: int) -> "tuple[list[LogLine], bool]":
    """Lines behind the number `after`, and whether the job has ended so that none will follow.

    Raises
    ------
    OptionError
        When there is no such job.
    """
    from permq.pool import listing
    from permq.pool.connection import transaction

    with transaction(connection) as cursor:
        state = listing.ids(cursor, listing.Filter(jobs=(job,))).get(job)
        if state is None:
            raise missing([job])
        return listing.lines(cursor, job, after), state in ENDED


def text(line: "LogLine") -> str:
    """One line for people."""
    level = "" if line.level == "INFO" else f"{line.level} "
    where = "" if line.node is None else f"{line.node}: "
    return f"{form.moment(line.at)}  {level}{where}{form.one_line(line.message)}"
