"""What a shell offers after TAB: kinds, their parameters, states, and what stands in the pool.

Silent where the servers are away: a shell in the middle of a line is no place for a message.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from permq.errors import PermqError

if TYPE_CHECKING:
    from permq.jobs.parameters import Parameter
    from permq.pool.connection import Cursor

OFFERED = 50

Items = list[CompletionItem]


def kinds(context: click.Context, parameter: click.Parameter, begun: str) -> Items:
    """Kinds of jobs, with what they do."""
    from permq.jobs import pipelines
    from permq.jobs.kinds import KINDS

    summaries = {name: kind.summary for name, kind in KINDS.items()}
    if parameter.name == "kind" and isinstance(parameter, click.Argument):
        summaries[pipelines.NAME] = pipelines.SUMMARY
    return [
        CompletionItem(name, help=summary)
        for name, summary in sorted(summaries.items())
        if name.startswith(begun)
    ]


def parameters(context: click.Context, parameter: click.Parameter, begun: str) -> Items:
    """`name=` of the kind that stands before, or `name=choice` once the name is there."""
    from permq.jobs import pipelines
    from permq.jobs.kinds import KINDS

    accepted = {name: kind.parameters for name, kind in KINDS.items()}
    accepted[pipelines.NAME] = pipelines.PARAMETERS
    # click leaves the words unread when the last option has no value yet
    words = (context.params.get("kind"), *context.args)
    known: Sequence[Parameter] = next((accepted[word] for word in words if word in accepted), ())
    name, equals, value = begun.partition("=")
    if not equals:
        return [
            CompletionItem(f"{one.name}=", help=one.help)
            for one in known
            if one.name.startswith(name)
        ]
    return [
        CompletionItem(f"{name}={choice}")
        for one in known
        if one.name == name
        for choice in _choices(one)
        if choice.startswith(value)
    ]


def _choices(parameter: "Parameter") -> Sequence[str]:
    if parameter.type is bool:
        return ("true", "false")
    return parameter.choices or ()


def jobs(*states: str) -> Callable[[click.Context, click.Parameter, str], Items]:
    """Make the completion of numbers of jobs.

    Parameters
    ----------
    states
        Of jobs that are offered; any without.
    """

    def offered(context: click.Context, parameter: click.Parameter, begun: str) -> Items:
        def look(cursor: "Cursor") -> Items:
            from permq.pool import listing

            wanted = listing.Filter(states=states or None)
            return [
                CompletionItem(str(row.id), help=f"{row.kind}, {row.state}")
                for row in listing.jobs(cursor, wanted, OFFERED)
                if str(row.id).startswith(begun)
            ]

        return _from_pool(context, look)

    return offered


def nodes(context: click.Context, parameter: click.Parameter, begun: str) -> Items:
    """Names of nodes."""

    def look(cursor: "Cursor") -> Items:
        from permq.pool import nodes as registered

        return [
            CompletionItem(node.name, help=f"{node.chipset}, {node.state}")
            for node in registered.listing(cursor)
            if node.name.startswith(begun)
        ]

    return _from_pool(context, look)


def _from_pool(context: click.Context, look: "Callable[[Cursor], Items]") -> Items:
    from permq.cli.servers import pool_url
    from permq.pool.connection import connect, transaction

    data: Any = context.params.get("data")
    try:
        # whether the schema is of this version is not worth a moment's wait here
        connection = connect(pool_url(Path(data) if data else None))
        try:
            with transaction(connection) as cursor:
                return look(cursor)
        finally:
            connection.close()
    except PermqError:
        return []
