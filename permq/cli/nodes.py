"""`permq nodes`: the machines that work for the fleet."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import job_format as form
from permq.cli import options
from permq.cli.nodes_benchmark import command as benchmark
from permq.cli.output import emit
from permq.cli.servers import connected, data_option

if TYPE_CHECKING:
    from permq.pool.nodes import NodeStatus


@click.group(name="nodes", invoke_without_command=True)
@data_option
@options.json_option
@click.pass_context
def command(context: click.Context, data: Path | None, as_json: bool) -> None:
    """List the nodes: what they are, how fast, what they do, and when they were heard of.

    `steps/s` is what one slot was measured at, `now` what all its jobs make together. A node is
    suspect when it has been silent for half a minute, dead after a minute; `gone` has signed off.

    \b
    Example:
      permq nodes
      permq nodes benchmark
    """
    if context.invoked_subcommand is not None:
        return
    with connected(data) as connection:
        from permq.pool import nodes
        from permq.pool.connection import transaction

        with transaction(connection) as cursor:
            rows = nodes.listing(cursor)
    emit(
        {"command": "nodes", "nodes": [form.facts(row) for row in rows]},
        as_json=as_json,
        lines=lines(rows, form.page_width()),
    )


def lines(rows: "list[NodeStatus]", width: int) -> list[str]:
    """Lines for people."""
    if not rows:
        return ["no node has registered yet: permq worker start"]
    return form.table(
        ("node", "chipset", "arch", "state", "slots", "steps/s", "now", "seen", "runs"),
        [
            (
                row.name,
                row.chipset + (f", {row.gpu}" if row.gpu else ""),
                row.arch,
                row.state,
                f"{row.running}/{row.slots}",
                form.rate(row.speed),
                form.rate(row.rate) if row.running else form.NONE,
                f"{form.duration(row.silent)} ago",
                row.works_on or form.NONE,
            )
            for row in rows
        ],
        right="slots steps/s now",
        width=width,
        limits={"node": 16, "chipset": 24},
    )


command.add_command(benchmark)
