"""Options by which commands are told which jobs are meant."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from permq.cli import job_completion as complete
from permq.cli.pool_puzzle import puzzle_option
from permq.errors import OptionError

if TYPE_CHECKING:
    from permq.pool.connection import Connection
    from permq.pool.listing import Filter

Body = TypeVar("Body", bound=Callable[..., Any])

UNFINISHED = ("waiting", "ready", "paused", "assigned", "running")
ENDED = ("done", "failed", "cancelled", "blocked")
GROUPS = {"unfinished": UNFINISHED, "ended": ENDED}
STATES = (*UNFINISHED, *ENDED, *GROUPS)
LARGEST = 2**63 - 1


class JobNumber(click.IntRange):
    """Number of a job or submission, as Postgres can hold it."""

    name = "number"

    def __init__(self) -> None:
        super().__init__(min=1, max=LARGEST)


class Words(TypedDict):
    """What `filter_options` hands to a command."""

    state: tuple[str, ...]
    kind: str | None
    node: str | None
    puzzle: str | None
    submission: int | None


def filter_options(body: Body) -> Body:
    """Add `--state`, `--kind`, `--node`, `--puzzle` and `--submission`; see `Words`."""
    decorators: list[Callable[[Body], Body]] = [
        click.option(
            "--state",
            multiple=True,
            type=click.Choice(STATES),
            metavar="STATE",
            help=f"Jobs in this state ({', '.join(STATES)}); repeatable.",
        ),
        click.option(
            "--kind", metavar="KIND", shell_complete=complete.kinds, help="Jobs of this kind."
        ),
        click.option(
            "--node",
            metavar="NAME",
            shell_complete=complete.nodes,
            help="Jobs that are on this node, were last, or must go there.",
        ),
        puzzle_option,
        click.option(
            "--submission",
            type=JobNumber(),
            metavar="N",
            help="Jobs that were submitted together.",
        ),
    ]
    for decorator in reversed(decorators):
        body = decorator(body)
    return body


def wanted(connection: "Connection", words: Words) -> "Filter":
    """Turn what the user says into a filter.

    Raises
    ------
    OptionError
        When there is no such kind, node, puzzle or submission.
    """
    from permq.cli.pool_puzzle import resolve
    from permq.jobs.kinds import kind_named
    from permq.pool.listing import Filter

    if words["kind"] is not None:
        kind_named(words["kind"])
    node = None if words["node"] is None else known_node(connection, words["node"])
    text = words["puzzle"]
    return Filter(
        states=states(words["state"]),
        kind=words["kind"],
        node=node,
        puzzle_id=None if text is None else resolve(connection, text).id,
        submission=_known_submission(connection, words["submission"]),
    )


def states(named: tuple[str, ...]) -> tuple[str, ...] | None:
    """States that some words mean; None for any."""
    return tuple(one for name in named for one in GROUPS.get(name, (name,))) or None


def known_node(connection: "Connection", text: str) -> str:
    """Name of a node that has registered.

    Raises
    ------
    OptionError
        When there is none of this name.
    """
    from permq.fleet.names import node_name
    from permq.pool import nodes
    from permq.pool.connection import transaction

    name = node_name(text)
    with transaction(connection) as cursor:
        names = [row.name for row in nodes.listing(cursor)]
    if name not in names:
        known = ", ".join(names) or "none has registered yet"
        raise OptionError(f"there is no node {name!r}; known: {known}")
    return name


def _known_submission(connection: "Connection", number: int | None) -> int | None:
    from permq.pool import listing
    from permq.pool.connection import transaction

    if number is not None:
        with transaction(connection) as cursor:
            if not listing.count(cursor, listing.Filter(submission=number)):
                raise OptionError(f"there is no submission {number}")
    return number


def missing(numbers: Sequence[int]) -> OptionError:
    """Make the error for jobs that do not exist."""
    told = ", ".join(map(str, numbers[:8])) + (" …" if len(numbers) > 8 else "")
    plural = "job" if len(numbers) == 1 else "jobs"
    return OptionError(f"there is no {plural} {told}; permq jobs lists those there are")
