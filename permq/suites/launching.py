"""Submitting a suite: every run is a submission of its own, all of them or none."""

from collections.abc import Mapping
from dataclasses import dataclass

from permq import __version__
from permq.bench.revision import revision
from permq.fleet.producer import Letter
from permq.jobs.submission import Order, plan, write
from permq.pool import puzzles, runs
from permq.pool.connection import Connection, transaction
from permq.pool.runs import RegimeRow
from permq.suites.suite import Solver, Suite


@dataclass(frozen=True)
class Launched:
    """A suite that runs.

    Parameters
    ----------
    bench
        Its number.
    runs, jobs
        Numbers of the runs, and of all their jobs.
    letters
        To be sent now that the rows are committed.
    """

    bench: int
    runs: tuple[int, ...]
    jobs: tuple[int, ...]
    letters: tuple[Letter, ...]


def launch(
    connection: Connection,
    suite: Suite,
    made: Mapping[str, RegimeRow],
    *,
    command: str,
    priority: int = 5,
) -> Launched:
    """Submit the jobs of a suite in one transaction.

    Runs neither end when their puzzle is solved by another nor begin with what others found, so
    that each is what its solver does by itself.

    Parameters
    ----------
    suite
        What to run.
    made
        The regimes' networks, by id.
    command
        What the user typed.
    priority
        Of the jobs, 0 first.

    Raises
    ------
    OptionError
        When a solver does not fit a puzzle, or the backlog is full; nothing is submitted then.
    """
    numbers: list[int] = []
    jobs: list[int] = []
    letters: list[Letter] = []
    with transaction(connection) as cursor:
        bench = runs.open_bench(
            cursor,
            suite.name,
            suite.spec,
            version=__version__,
            revision=revision(),
            command=command,
        )
        for regime in suite.regimes:
            row = made[regime.id]
            puzzle = puzzles.find(cursor, row.fingerprint)
            for seed in suite.seeds:
                for solver in suite.solvers:
                    order = Order(
                        steps=solver.all_steps(row.blocks),
                        puzzle=puzzle,
                        seed=seed,
                        priority=priority,
                        keep_going=True,
                        time_limit=solver.time_limit,
                        again=True,
                        command=f"{command} ({_about(solver, regime.id, seed)})",
                    )
                    done = write(cursor, order, seed, plan(order, seed))
                    if done.submission is None:
                        raise AssertionError("jobs that are done again are always submitted")
                    numbers.append(
                        runs.open_run(
                            cursor,
                            bench,
                            done.submission,
                            solver=solver.name,
                            settings=solver.settings,
                            regime=row,
                            seed=seed,
                            version=__version__,
                        )
                    )
                    jobs += done.jobs
                    letters += done.letters
    return Launched(bench, tuple(numbers), tuple(jobs), tuple(letters))


def _about(solver: Solver, regime: str, seed: int) -> str:
    return f"{solver.name} on {regime}, seed {seed}"
