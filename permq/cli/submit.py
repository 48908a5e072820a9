"""`permq submit`: jobs for the fleet."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import job_completion as complete
from permq.cli import options
from permq.cli.job_orders import describe, rehearsed, submitted, typed
from permq.cli.pool_puzzle import puzzle_option, resolve
from permq.cli.servers import connected, data_option
from permq.errors import OptionError

if TYPE_CHECKING:
    from permq.jobs.submission import Step

LARGEST_SEED = 2**53 - 1


@dataclass(frozen=True)
class Asked:
    """What is to be done, as the user writes it."""

    kind: str
    count: int
    params: tuple[str, ...]
    then: tuple[str, ...]
    join: str | None


@click.command(name="submit")
@click.argument("kind", metavar="KIND", shell_complete=complete.kinds)
@click.option(
    "--count",
    type=click.IntRange(1, 100_000),
    metavar="N",
    default=1,
    show_default=True,
    help="So many jobs, each with a seed of its own.",
)
@puzzle_option
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=complete.parameters,
    help="Parameter of the kind; repeatable.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    metavar="S",
    help="Base seed; makes the jobs repeatable and recognised as the same. Else one is drawn.",
)
@click.option(
    "--priority",
    type=click.IntRange(0, 9),
    metavar="P",
    help="0 goes first, 9 last; by default 5, and 9 for pictures, reports, history and twins.",
)
@click.option(
    "--node", metavar="NAME", shell_complete=complete.nodes, help="The only node that may do it."
)
@click.option(
    "--then",
    multiple=True,
    metavar="KIND[:NAME=VALUE,...]",
    shell_complete=complete.kinds,
    help="What follows, from the best solution of what comes before; repeatable, in order.",
)
@click.option(
    "--join",
    type=click.Choice(["best"]),
    help="The first --then is one job for all, from the best of those that succeeded.",
)
@click.option(
    "--keep-going", is_flag=True, help="Search although the puzzle is solved, or will be."
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="End each job with what it has after so much work.",
)
@click.option("--again", is_flag=True, help="Do again what was done before with the same seed.")
@click.option("--parameters", is_flag=True, help="List the parameters of KIND and exit.")
@click.option("--wait", is_flag=True, help="Wait until all have ended.")
@click.option(
    "--dry-run", is_flag=True, help="Show the jobs and where each would go now; submit nothing."
)
@data_option
@options.json_option
@click.pass_context
def command(
    context: click.Context,
    kind: str,
    count: int,
    puzzle: str | None,
    params: tuple[str, ...],
    seed: int | None,
    priority: int | None,
    node: str | None,
    then: tuple[str, ...],
    join: str | None,
    keep_going: bool,
    time_limit: float | None,
    again: bool,
    parameters: bool,
    wait: bool,
    dry_run: bool,
    data: Path | None,
    as_json: bool,
) -> int:
    """Submit jobs to the fleet.

    The jobs are kept in Postgres in one transaction; the nodes are told at once. The exit status is
    0 when they are kept. With --wait it tells how they ended: 0 when all are done or the puzzle is
    solved, 1 when one failed or was blocked, 4 when one was cancelled, 130 after Ctrl-C (the jobs
    go on).

    \b
    Example:
      permq submit anneal --count 50
      permq submit anneal --count 8 --param steps=50000 --then surgery --then refine --join best
      permq submit surgery --then refine --then "rotate:rows=256" --wait
      permq submit pipeline --param chains=8 --dry-run
      permq submit anneal --parameters
    """
    refuse_infinite(time_limit)
    asked = Asked(kind, count, params, then, join)
    if parameters:
        return listed(kind, as_json=as_json)
    steps = steps_of(asked, None)  # what is wrong is said before anybody is asked anything
    with connected(data) as connection:
        from permq.fleet.names import node_name
        from permq.jobs.submission import Order

        meant = puzzle is not None or needs_puzzle(steps)
        row = resolve(connection, puzzle) if meant else None
        order = Order(
            steps=steps_of(asked, None if row is None else row.blocks),
            puzzle=row,
            seed=seed,
            priority=priority,
            node=None if node is None else node_name(node),
            keep_going=keep_going,
            time_limit=time_limit,
            again=again,
            command=typed(context),
        )
        if dry_run:
            return rehearsed(connection, order, as_json=as_json)
        return submitted(connection, order, data, wait=wait, as_json=as_json)


def refuse_infinite(time_limit: float | None) -> None:
    """Complain about a limit that is no number, which the option's range lets through."""
    if time_limit is not None and not math.isfinite(time_limit):
        raise OptionError(f"--time-limit: {time_limit} is no number of seconds")


def steps_of(asked: Asked, blocks: int | None) -> "tuple[Step, ...]":
    """Read kinds and parameters.

    Parameters
    ----------
    asked
        What the user wants.
    blocks
        Of the puzzle, where it is known: positions are then checked too.

    Raises
    ------
    OptionError
        When a kind, a parameter or a value is wrong.
    """
    from permq.jobs.kinds import parse_step
    from permq.jobs.submission import Step

    steps = first_steps(asked, blocks)
    before = len(steps)
    for text in asked.then:
        kind, params = parse_step(text, blocks)
        join = asked.join is not None and len(steps) == before
        steps.append(Step(kind.name, params, join=join))
    if asked.join is not None and not asked.then:
        raise OptionError("--join is about what follows: name it by --then")
    return tuple(steps)


def first_steps(asked: Asked, blocks: int | None) -> "list[Step]":
    """Read the kind that is named first; a pipeline is several.

    Raises
    ------
    OptionError
        When the kind, a parameter or a value is wrong.
    """
    from permq.jobs import pipelines
    from permq.jobs.kinds import KINDS, parse_parameters
    from permq.jobs.parameters import unknown
    from permq.jobs.submission import Step

    if asked.kind == pipelines.NAME:
        if asked.count > 1:
            raise OptionError("a pipeline is one: --param chains=N makes N annealings in it")
        return [Step(**vars(one)) for one in pipelines.stages(pipelines.read(asked.params))]
    if asked.kind not in KINDS:
        raise unknown("kind", asked.kind, (*KINDS, pipelines.NAME))
    kind = KINDS[asked.kind]
    return [Step(kind.name, parse_parameters(kind, asked.params, blocks), asked.count)]


def needs_puzzle(steps: "tuple[Step, ...]") -> bool:
    """Whether any of the kinds works on a puzzle."""
    from permq.jobs.kinds import kind_named

    return any(kind_named(step.kind).needs_puzzle for step in steps)


def listed(kind: str, *, as_json: bool) -> int:
    """Print what a kind accepts.

    Raises
    ------
    OptionError
        When there is no such kind.
    """
    from permq.jobs import pipelines
    from permq.jobs.kinds import KINDS
    from permq.jobs.parameters import unknown

    if kind == pipelines.NAME:
        return describe(kind, pipelines.SUMMARY, pipelines.PARAMETERS, as_json=as_json)
    if kind not in KINDS:
        raise unknown("kind", kind, (*KINDS, pipelines.NAME))
    found = KINDS[kind]
    return describe(kind, found.summary, found.parameters, as_json=as_json)
