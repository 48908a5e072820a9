"""`permq status`: servers, nodes and jobs of a fleet."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.output import emit
from permq.cli.servers import data_option
from permq.errors import ServiceError

if TYPE_CHECKING:
    from permq.pool.nodes import NodeStatus
    from permq.services.health import Health


@click.command(name="status")
@data_option
@options.json_option
def command(data: Path | None, as_json: bool) -> int:
    """Show each service with address, version and health, the nodes, and the jobs by state.

    Exit status: 0 when every service is healthy, 1 when one is not or none runs.

    \b
    Example:
      permq status --json
    """
    from permq.config import ServiceSettings
    from permq.services.addresses import find, running
    from permq.services.health import OK, survey
    from permq.services.lock import holder

    place = (ServiceSettings.read().data if data is None else data).expanduser().absolute()
    addresses = find(place)
    services = survey(addresses, running(place))
    nodes: list[NodeStatus] = []
    jobs: dict[str, int] = {}
    problem = None
    if services[0].health == OK:
        try:
            nodes, jobs = _rows(addresses.postgres_url)
        except ServiceError as error:
            problem = str(error)
    up = holder(place)
    healthy = problem is None and all(service.health == OK for service in services)
    emit(
        {
            "healthy": healthy,
            "data": place,
            "up": up.pid if up else None,
            "services": [asdict(service) for service in services],
            "nodes": [
                {
                    "name": node.name,
                    "chipset": node.chipset,
                    "state": node.state,
                    "slots": node.slots,
                    "running": node.running,
                    "seconds_silent": node.silent,
                }
                for node in nodes
            ],
            "jobs": jobs,
            "problem": problem,
        },
        as_json=as_json,
        lines=_lines(services, nodes, jobs, problem),
    )
    return 0 if healthy else 1


def _rows(url: str) -> "tuple[list[NodeStatus], dict[str, int]]":
    """Nodes and numbers of jobs by state."""
    from permq.errors import SchemaError
    from permq.pool.connection import connect, transaction
    from permq.pool.listing import Filter, counts
    from permq.pool.migrate import check
    from permq.pool.nodes import listing

    connection = connect(url)
    try:
        schema = check(connection)
        if not schema.current:
            state = f"schema {schema.applied} of {schema.known}"
            raise SchemaError(f"the database has {state}: run `permq db migrate`")
        with transaction(connection) as cursor:
            nodes = listing(cursor)
            return nodes, counts(cursor, Filter())
    finally:
        connection.close()


def _lines(
    services: "list[Health]",
    nodes: "list[NodeStatus]",
    jobs: Mapping[str, int],
    problem: str | None,
) -> Iterator[str]:
    for service in services:
        words = f"{service.name:<10}{service.version or '-':<10}{service.health:<13}"
        yield f"{words}{service.address or ''}".rstrip()
        if service.problem:
            yield f"{'':<10}{service.problem}"
        if service.warning:
            yield f"{'':<10}warning: {service.warning}"
    if problem:
        yield problem
    for node in nodes:
        seen = f"{node.running} of {node.slots} slots busy, seen {node.silent:.0f} s ago"
        yield f"{node.name:<20}{node.state:<10}{seen}  {node.chipset}"
    if jobs:
        yield "jobs      " + ", ".join(f"{count} {state}" for state, count in jobs.items())
    if all(service.address is None for service in services):
        yield "start everything with `permq up`"
