"""`permq up`: everything that one machine needs, in one foreground process."""

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli.main import INTERRUPTED
from permq.cli.servers import data_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from permq.services.health import Health
    from permq.services.plan import Plan
    from permq.services.servers import PostgresAddresses

PORT = click.IntRange(1, 65_535)


@click.command(name="up")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Worker processes of each node; by default the processors are shared out.",
)
@click.option(
    "--nodes",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="Nodes of this machine; 0 for the servers alone.",
)
@data_option
@click.option("--flower/--no-flower", default=True, show_default=True, help="Start Flower.")
@click.option("--flower-port", type=PORT, metavar="PORT", help="By default 5555, if it is free.")
@click.option(
    "--metrics/--no-metrics",
    default=True,
    show_default=True,
    help="Start the exporter of numbers for Prometheus.",
)
@click.option("--metrics-port", type=PORT, metavar="PORT", help="By default 9808, if it is free.")
@click.option(
    "--dashboard/--no-dashboard", default=True, show_default=True, help="Start the dashboard."
)
@click.option("--dashboard-port", type=PORT, metavar="PORT", help="By default 8050, if it is free.")
@click.option("--postgres-port", type=PORT, metavar="PORT", help="By default that of last time.")
@click.option("--redis-port", type=PORT, metavar="PORT", help="By default that of last time.")
def command(
    workers: int | None,
    nodes: int,
    data: Path | None,
    flower: bool,
    flower_port: int | None,
    metrics: bool,
    metrics_port: int | None,
    dashboard: bool,
    dashboard_port: int | None,
    postgres_port: int | None,
    redis_port: int | None,
) -> int:
    """Start Redis, Postgres, workers and what shows them, and keep them running until Ctrl-C.

    The servers are those that PERMQ_POSTGRES_URL and PERMQ_REDIS_URL name; where they name none,
    this machine's own are started: from the extra `embedded`, or from PATH. All listen on
    127.0.0.1 and have generated passwords. Data, logs and caches lie in one folder.

    Ctrl-C ends everything in order: workers write their checkpoints, for a minute at the most. A
    second Ctrl-C does not wait for them.

    \b
    Example:
      permq up --workers 4
    """
    from permq.cli.roll import Roll
    from permq.config import ServiceSettings, WatchSettings
    from permq.dashboard import PORT as DASHBOARD_PORT
    from permq.faults import fault_point
    from permq.metrics import PORT as METRICS_PORT
    from permq.services import addresses
    from permq.services.flower import PORT as FLOWER_PORT
    from permq.services.health import survey
    from permq.services.lock import locked
    from permq.services.plan import make_plan
    from permq.services.ports import chosen_port
    from permq.services.servers import start_postgres, start_redis
    from permq.services.supervisor import InterruptedStartError, Supervisor

    began = time.monotonic()
    chosen_password = WatchSettings.read().flower_password
    usual = ServiceSettings.read().data
    place = (usual if data is None else data).expanduser().absolute()
    with locked(place), Supervisor(place, click.echo) as supervisor:
        try:
            addresses.forget(place)  # those of one that was killed
            redis = start_redis(supervisor, place, redis_port)
            postgres = start_postgres(supervisor, place, postgres_port)
            make_schema(postgres)
            fault_point("schema-ready")
            plan = make_plan(
                place,
                postgres,
                redis,
                count=nodes,
                workers=workers,
                flower_port=chosen_port(flower_port, FLOWER_PORT) if flower else None,
                flower_password=chosen_password,
                metrics_port=chosen_port(metrics_port, METRICS_PORT) if metrics else None,
                dashboard_port=chosen_port(dashboard_port, DASHBOARD_PORT) if dashboard else None,
            )
            roll = Roll(postgres.reader)
            supervisor.start(*plan.members(roll.is_live))
            roll.close()
            record = addresses.Record(
                postgres.owner,
                redis.worker,
                postgres.reader,
                plan.flower,
                plan.metrics,
                plan.dashboard,
            )
            addresses.save(place, record)
            fault_point("addresses-saved")
            found = survey(addresses.Addresses(postgres.owner, redis.worker), record)
            for line in told(plan, found, usual, known_password=chosen_password is not None):
                click.echo(line)
            click.echo(f"ready after {time.monotonic() - began:.1f} s; Ctrl-C ends everything")
            supervisor.watch()
            click.echo("ending: workers write their checkpoints" if nodes else "ending")
        except InterruptedStartError:
            click.echo("interrupted: ending what was started")
            return INTERRUPTED
        finally:
            addresses.forget(place)
            fault_point("addresses-forgotten")
    click.echo("everything has ended")
    return 0


def make_schema(postgres: "PostgresAddresses") -> None:
    """Make the roles of a server of this machine's own, and bring the schema to this version."""
    from contextlib import closing

    from permq.faults import fault_point
    from permq.pool import roles
    from permq.pool.connection import connect
    from permq.pool.migrate import migrate

    if postgres.admin is not None:
        with closing(connect(postgres.admin)) as connection:
            roles.make(connection, postgres.passwords)
        fault_point("roles-made")
    migrate(postgres.owner)


def told(
    plan: "Plan", found: "Sequence[Health]", usual: Path, *, known_password: bool
) -> "Iterator[str]":
    """Say where everything is and what to do next.

    Parameters
    ----------
    plan
        What was started.
    found
        The services.
    usual
        Data folder that commands look into when nothing is said.
    known_password
        Whether the user has chosen Flower's password, which is not printed then.
    """
    from permq.services.nodes import names
    from permq.services.supervisor import LOGS

    for service in found:
        yield f"{service.name:<10}{service.version or '?':<10}{service.address}"
        if service.name == "flower" and plan.flower is not None:
            password = "PERMQ_FLOWER_PASSWORD" if known_password else plan.flower.password
            yield f"{'':<20}user {plan.flower.user}, password {password}"
    for name in names(plan.nodes):
        yield f"{name:<10}{plan.workers} worker{'' if plan.workers == 1 else 's'}"
    yield f"{'logs':<20}{plan.data / LOGS}"
    yield "next, in another terminal:"
    if plan.data != usual.expanduser().absolute():
        yield f"  export PERMQ_DATA={shlex.quote(str(plan.data))}"
    yield "  permq puzzle add DIR"
    yield "  permq submit anneal --count 50"
    yield "  permq watch"
