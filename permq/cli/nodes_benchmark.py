"""`permq nodes benchmark`: the same annealing on every node."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import job_format as form
from permq.cli import options
from permq.cli.job_letters import deliver
from permq.cli.job_looks import Looks
from permq.cli.output import emit
from permq.cli.pool_puzzle import puzzle_option, resolve
from permq.cli.progress import Progress
from permq.cli.servers import connected, data_option
from permq.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from permq.fleet.producer import Letter
    from permq.jobs.parameters import Value
    from permq.pool.connection import Connection, Cursor
    from permq.pool.listed import JobFacts
    from permq.pool.nodes import NodeStatus
    from permq.pool.puzzles import PuzzleRow

KIND = "anneal"
SEED = 1
PAUSE = 0.5
FAILED = 1
INTERRUPTED = 130
AWAY = ("dead", "gone")


@dataclass(frozen=True)
class Trial:
    """The workload on one node.

    Parameters
    ----------
    node
        Which.
    job
        The job that does it.
    facts
        The job as it stands.
    """

    node: "NodeStatus"
    job: int
    facts: "JobFacts"

    @property
    def over(self) -> bool:
        """Whether no more will come of it."""
        ended = self.facts.state in {"done", "failed", "cancelled", "blocked"}
        return ended or self.node.state in AWAY

    @property
    def speed(self) -> float | None:
        """Steps/s; None unless it is done."""
        if self.facts.state != "done" or not self.facts.worked:
            return None
        return self.facts.steps_done / self.facts.worked


@click.command(name="benchmark")
@options.steps_option(4_000, "Proposals of the annealing on each node.")
@options.rows_option(256)
@puzzle_option
@data_option
@options.json_option
def command(steps: int, rows: int, puzzle: str | None, data: Path | None, as_json: bool) -> int:
    """Anneal the same thing on every live node, and compare.

    One job per node, same seed and start, ahead of all other work. Without a puzzle in the pool the
    shipped example is added. Exit status: 0 when every node has done it, 1 when one has not.

    \b
    Example:
      permq nodes benchmark
      permq nodes benchmark --steps 100000 --json
    """
    with connected(data) as connection:
        nodes = able(connection)
        row = workload(connection, puzzle)
        jobs = submitted(connection, nodes, row, data, steps, rows, as_json=as_json)
        looks = Looks(connection, lambda cursor: look(cursor, jobs), data, as_json=as_json)
        status = 0
        try:
            with Progress("benchmark", steps * len(jobs), quiet=as_json) as progress:
                trials = looks()
                while not all(trial.over for trial in trials):
                    done = sum(trial.facts.steps_done for trial in trials)
                    progress.update(done, f"{sum(t.over for t in trials)}/{len(trials)} nodes")
                    time.sleep(PAUSE)
                    trials = looks()
        except KeyboardInterrupt:
            status, trials = INTERRUPTED, looks()
        finally:
            looks.close()
        unfinished = [trial.job for trial in trials if trial.speed is None]
        if unfinished:
            status = status or FAILED
            call_off(connection, unfinished, data, as_json=as_json)
    emit(payload(trials, row, steps), as_json=as_json, lines=lines(trials, form.page_width()))
    return status


def able(connection: "Connection") -> "list[NodeStatus]":
    """Live nodes that take heavy work.

    Raises
    ------
    OptionError
        When there is none.
    """
    from permq.pool import nodes
    from permq.pool.connection import transaction

    with transaction(connection) as cursor:
        found = [
            node
            for node in nodes.listing(cursor)
            if node.state == "live" and node.slots and "heavy" in node.classes
        ]
    if not found:
        raise OptionError("no live node takes heavy work; permq nodes lists those there are")
    return found


def workload(connection: "Connection", text: str | None) -> "PuzzleRow":
    """The puzzle to anneal: the one named, else the newest, else the shipped example."""
    from importlib.resources import as_file, files

    from permq.pool import puzzles
    from permq.pool.connection import transaction

    if text is None:
        with transaction(connection) as cursor:
            empty = not puzzles.listing(cursor)
        if empty:
            with as_file(files("permq") / "examples" / "small") as folder:
                return resolve(connection, str(folder))
    return resolve(connection, text)


def submitted(
    connection: "Connection",
    nodes: "Sequence[NodeStatus]",
    puzzle: "PuzzleRow",
    data: Path | None,
    steps: int,
    rows: int,
    *,
    as_json: bool,
) -> dict[str, int]:
    """Submit one job for each node. Returns them by the nodes' names."""
    from permq.jobs.kinds import KINDS
    from permq.jobs.submission import Order, Step, submit

    # The pool must change nothing, and a solution end nothing early: from a random order, with
    # pairs that are quickly made and mostly wrong.
    given: dict[str, Value] = {"steps": steps, "rows": rows, "from": "random", "pairs": "bias-norm"}
    params = KINDS[KIND].complete(given, puzzle.blocks)
    order = Order(
        steps=(Step(KIND, params),),
        puzzle=puzzle,
        seed=SEED,
        priority=0,
        again=True,
        keep_going=True,
        command="permq nodes benchmark",
    )
    jobs: dict[str, int] = {}
    letters: list[Letter] = []
    for node in nodes:
        done = submit(connection, replace(order, node=node.name))
        (jobs[node.name],) = done.jobs
        letters += done.letters
    deliver(letters, data, as_json=as_json)
    return jobs


def look(cursor: "Cursor", jobs: dict[str, int]) -> list[Trial]:
    """How far each node is."""
    from permq.pool import listing, nodes

    found = []
    for node in nodes.listing(cursor):
        facts = listing.job(cursor, jobs[node.name]) if node.name in jobs else None
        if facts is not None:
            found.append(Trial(node, facts.id, facts))
    return found


def call_off(
    connection: "Connection", jobs: list[int], data: Path | None, *, as_json: bool
) -> None:
    """Cancel what nobody waits for any more."""
    from permq.jobs.control import cancel
    from permq.pool.connection import UnreachableError

    try:
        _, letters = cancel(connection, jobs)
    except UnreachableError:
        return  # it went away in the middle: the jobs go on to their ends
    deliver(letters, data, as_json=as_json)


def payload(trials: list[Trial], puzzle: "PuzzleRow", steps: int) -> dict[str, object]:
    """What `--json` prints."""
    fastest = max((trial.speed or 0.0 for trial in trials), default=0.0)
    return {
        "command": "nodes benchmark",
        "puzzle": puzzle.name,
        "steps": steps,
        "seed": SEED,
        "nodes": [
            {
                "node": trial.node.name,
                "chipset": trial.node.chipset,
                "arch": trial.node.arch,
                "job": trial.job,
                "state": trial.facts.state,
                "seconds": trial.facts.worked,
                "steps_per_second": trial.speed,
                "best_mse": trial.facts.best_cost,
                "relative": None if trial.speed is None else trial.speed / fastest,
            }
            for trial in trials
        ],
    }


def lines(trials: list[Trial], width: int) -> list[str]:
    """Lines for people, the fastest first."""
    ranked = sorted(trials, key=lambda trial: -(trial.speed or 0.0))
    fastest = ranked[0].speed if ranked else None
    return form.table(
        ("node", "chipset", "arch", "seconds", "steps/s", "best mse", "relative", ""),
        [
            (
                trial.node.name,
                trial.node.chipset,
                trial.node.arch,
                f"{trial.facts.worked:.2f}",
                form.rate(trial.speed),
                form.cost(trial.facts.best_cost),
                f"{trial.speed / fastest:.2f}" if trial.speed and fastest else form.NONE,
                "" if trial.speed else _why(trial),
            )
            for trial in ranked
        ],
        right="seconds steps/s best_mse relative",
        width=width,
        limits={"node": 16, "chipset": 24},
    )


def _why(trial: Trial) -> str:
    if trial.node.state in AWAY:
        return f"the node is {trial.node.state}"
    return form.one_line(trial.facts.error or trial.facts.reason) or trial.facts.state
