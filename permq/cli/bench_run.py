"""`permq bench run`: submit a suite."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.output import emit
from permq.cli.progress import Progress
from permq.cli.servers import connected, data_option

if TYPE_CHECKING:
    from permq.pool.connection import Connection
    from permq.suites.launching import Launched
    from permq.suites.suite import Suite

INTERRUPTED = 130
PAUSE = 0.5
"""Seconds between two looks."""


@click.command(name="run")
@click.argument("suite", metavar="SUITE.toml|NAME")
@click.option(
    "--priority",
    type=click.IntRange(0, 9),
    metavar="P",
    default=5,
    show_default=True,
    help="Of the jobs; 0 goes first, 9 last.",
)
@click.option("--wait", is_flag=True, help="Wait until all runs have ended, and show the result.")
@data_option
@options.json_option
def command(suite: str, priority: int, wait: bool, data: Path | None, as_json: bool) -> int:
    """Run solvers × puzzles × seeds as jobs of the fleet, and keep every run.

    A suite is a TOML file, or the name of one that comes with permq: board, the hard-example
    board (an hour on two cores), or quick (a minute). The network of a regime is trained the first
    time it is needed and kept in the pool under its id. Runs are not seeded by the pool.

    With --wait the exit status is 0 when all runs have ended, solved or not; 1 when jobs of one
    failed; 4 when one was cancelled; 130 after Ctrl-C (the jobs go on).

    \b
    Example:
      permq bench run quick --wait
      permq bench run my-suite.toml
    """
    from permq.cli.job_letters import deliver
    from permq.suites import regimes
    from permq.suites.launching import launch
    from permq.suites.suite import read

    wanted = read(suite)
    with connected(data) as connection:
        make_missing(connection, wanted, quiet=as_json)
        made = regimes.rows(connection, wanted.regimes)
        done = launch(
            connection, wanted, made, command=f"permq bench run {suite}", priority=priority
        )
        sent = deliver(done.letters, data, as_json=as_json)
        facts: dict[str, object] = {
            "command": "bench run",
            "suite": wanted.name,
            "bench": done.bench,
            "runs": list(done.runs),
            "jobs": list(done.jobs),
            "sent": sent,
        }
        line = (
            f"bench {done.bench}, suite {wanted.name}: {len(done.runs):,} runs, "
            f"{len(done.jobs):,} jobs"
        )
        if not wait:
            emit(facts, as_json=as_json, lines=[line])
            return 0
        if not as_json:
            emit(facts, lines=[line])
        return wait_for(connection, wanted, done, data, facts, as_json=as_json)


def make_missing(connection: "Connection", suite: "Suite", *, quiet: bool) -> None:
    """Train the networks that are not there yet."""
    from permq.suites import regimes

    lacking = regimes.missing(connection, suite.regimes)
    for number, regime in enumerate(lacking, 1):
        label = f"training {regime.id} ({number} of {len(lacking)})"
        with Progress(label, regime.recipe.epochs, quiet=quiet) as bar:

            def told(epoch: int, loss: float, bar: Progress = bar) -> None:
                bar.update(epoch, f"loss {loss:.3g}")

            regimes.make(connection, regime, told)


def wait_for(
    connection: "Connection",
    suite: "Suite",
    done: "Launched",
    data: Path | None,
    facts: dict[str, object],
    *,
    as_json: bool,
) -> int:
    """Wait until all runs have ended, and tell what came of them.

    Returns
    -------
    int
        Exit status.
    """
    from permq.bench.collecting import collect
    from permq.bench.summary import by_solver, facts_of, lines
    from permq.cli.job_looks import Looks
    from permq.cli.job_wait import note
    from permq.jobs.waiting import standing
    from permq.pool import runs
    from permq.pool.connection import transaction

    look = Looks(
        connection, lambda cursor: standing(cursor, done.jobs, None), data, as_json=as_json
    )
    try:
        with Progress(f"suite {suite.name}", len(done.jobs), quiet=as_json) as progress:
            while not (now := look()).over:
                progress.update(now.ended, note(now))
                time.sleep(PAUSE)
    except KeyboardInterrupt:
        emit(
            facts | {"status": INTERRUPTED},
            as_json=as_json,
            lines=["the jobs go on; look at them: permq jobs; at the runs: permq bench list"],
        )
        return INTERRUPTED
    finally:
        look.close()
    if connection.closed:  # broken meanwhile; what waits is judged by the next command
        return now.status
    collect(connection)
    with transaction(connection) as cursor:
        rows = runs.listing(cursor, bench=done.bench)
    emit(
        facts | {"status": now.status, "rows": [facts_of(row) for row in rows]},
        as_json=as_json,
        lines=lines(by_solver(rows)),
    )
    return now.status
