"""What `permq up` starts once Postgres and Redis run: the one place where members are listed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from permq.services import dashboard, exporter, flower, nodes
from permq.services.addresses import Watch
from permq.services.files import new_password, private_folder
from permq.services.members import Member
from permq.services.ports import LOOPBACK
from permq.services.servers import PostgresAddresses, RedisAddresses

NODES = "nodes"


@dataclass(frozen=True)
class Plan:
    """What to start, and with what.

    Parameters
    ----------
    data
        Folder of all data.
    postgres, redis
        The servers, for each of those that log in.
    nodes
        Number of nodes.
    workers
        Worker processes of each.
    flower_port
        Where Flower listens; None for no Flower.
    flower_password
        What it asks for.
    metrics_port
        Where the exporter listens; None for no exporter.
    dashboard_port
        Where the dashboard listens; None for no dashboard.
    """

    data: Path
    postgres: PostgresAddresses
    redis: RedisAddresses
    nodes: int
    workers: int
    flower_port: int | None
    flower_password: str = field(repr=False)
    metrics_port: int | None
    dashboard_port: int | None

    @property
    def flower(self) -> Watch | None:
        """Where Flower will be, and its login."""
        if self.flower_port is None:
            return None
        return Watch(f"http://{LOOPBACK}:{self.flower_port}", flower.USER, self.flower_password)

    @property
    def metrics(self) -> str | None:
        """Where the exporter will be."""
        return f"http://{LOOPBACK}:{self.metrics_port}" if self.metrics_port else None

    @property
    def dashboard(self) -> str | None:
        """Where the dashboard will be."""
        return f"http://{LOOPBACK}:{self.dashboard_port}" if self.dashboard_port else None

    def members(self, is_live: Callable[[str], bool]) -> Iterator[Member]:
        """List the processes to start.

        Parameters
        ----------
        is_live
            Whether the node of a name has registered since the start.
        """
        if self.flower_port is not None:
            yield flower.member(
                {"PERMQ_REDIS_URL": self.redis.flower},
                self.flower_port,
                self.flower_password,
                private_folder(self.data / flower.NAME),
            )
        pages = {"PERMQ_POSTGRES_URL": self.postgres.reader}
        if self.metrics_port is not None:
            yield exporter.member(pages, self.metrics_port, self.data)
        if self.dashboard_port is not None:
            yield dashboard.member(pages, self.dashboard_port, self.data)
        workers = {
            "PERMQ_POSTGRES_URL": self.postgres.worker,
            "PERMQ_REDIS_URL": self.redis.worker,
        }
        for name in nodes.names(self.nodes):
            folder = private_folder(self.data / NODES / name)
            yield nodes.member(name, self.workers, folder, workers, partial(is_live, name))


def workers_each(asked: int | None, count: int) -> int:
    """Worker processes of each node: as asked, or the processors shared out."""
    if asked is not None:
        return asked
    return max(1, nodes.processors() // max(1, count))


def make_plan(
    data: Path,
    postgres: PostgresAddresses,
    redis: RedisAddresses,
    *,
    count: int,
    workers: int | None,
    flower_port: int | None,
    flower_password: str | None = None,
    metrics_port: int | None,
    dashboard_port: int | None,
) -> Plan:
    """Fill in what nobody chose: worker processes and Flower's password."""
    return Plan(
        data=data,
        postgres=postgres,
        redis=redis,
        nodes=count,
        workers=workers_each(workers, count),
        flower_port=flower_port,
        flower_password=flower_password or new_password(),
        metrics_port=metrics_port,
        dashboard_port=dashboard_port,
    )
