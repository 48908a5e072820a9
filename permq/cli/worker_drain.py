"""`permq worker drain`: a node gets nothing new."""

from pathlib import Path

import click

from permq.cli import options
from permq.cli.output import emit
from permq.cli.servers import broker_url, connected, data_option
from permq.errors import BrokerError, OptionError


@click.command(name="drain")
@click.argument("name", metavar="NAME")
@click.option("--undo", is_flag=True, help="Let the node work again.")
@data_option
@options.json_option
def command(name: str, undo: bool, data: Path | None, as_json: bool) -> int:
    """Give a node nothing new; what it works on goes on elsewhere after its present slice.

    \b
    Example:
      permq worker drain bmasass
      permq worker drain bmasass --undo
    """
    from permq.fleet.names import node_name
    from permq.fleet.producer import send, sender
    from permq.jobs.control import drain

    node = node_name(name)
    with connected(data) as connection:
        known, letters = drain(connection, node, drained=not undo)
        if not known:
            raise OptionError(f"there is no node {node!r} at work; permq nodes lists them")
    try:
        send(sender(broker_url(data)), letters)
    except BrokerError as error:
        click.echo(f"permq: warning: {error}", err=True)
    state = "live" if undo else "draining"
    emit({"node": node, "state": state}, as_json=as_json, lines=[f"{node} is {state}"])
    return 0
