"""What is looked at: processes, servers, files. A sample is a number by name."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from redis import Redis

from permq.pool.connection import Connection, transaction
from tests.benchmarks.fleet import command, tree
from tests.load.services import memory
from tests.soak.trend import Limit

PAGE = 4096
MB = 1e6

LIMITS: Mapping[str, Limit] = {
    "open files": Limit(2, slack=2),
    "threads": Limit(1, slack=2),
    "memory MB": Limit(10, slack=3),
    "own memory MB": Limit(20, slack=5),
    "connections": Limit(2, slack=4),
    "keys": Limit(4, slack=6),
    "rows": Limit(20, slack=20),
    "used MB": Limit(5, slack=1),
    "temporary files": Limit(2, slack=4),
    "spool MB": Limit(0.1),
    "log MB": Limit(50),
    "unfolded rows": Limit(100, slack=500),
}
"""What may grow by how much an hour; a name's last words say which."""


def processes(named: Mapping[str, int]) -> dict[str, float]:
    """Open files, threads and memory of processes by name, and of workers' children."""
    found: dict[str, float] = {}
    for name, pid in named.items():
        found |= _process(name, pid)
        if name.startswith("node "):
            below = [one for one in tree(pid) if "spawn_main" in command(one)]
            for number, child in enumerate(sorted(below), 1):
                found |= _process(f"{name} child {number}", child)
    return found


def _process(name: str, pid: int) -> dict[str, float]:
    with suppress(FileNotFoundError, ProcessLookupError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        threads = next(line.split()[1] for line in status.splitlines() if "Threads:" in line)
        return {
            f"{name}: open files": float(len(list(Path(f"/proc/{pid}/fd").iterdir()))),
            f"{name}: threads": float(threads),
            f"{name}: memory MB": memory(pid) / MB,
        }
    return {}


def of_postgres(connection: Connection, pid: int) -> dict[str, float]:
    """Connections, what its processes hold for themselves, and how large it is."""
    with transaction(connection) as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
            " pg_database_size(current_database()), (SELECT count(*) FROM job_tallies)"
        )
        ((connections, size, tallies),) = cursor.fetchall()
    return {
        "postgres: connections": float(connections),
        "postgres: own memory MB": sum(_own(one) for one in tree(pid)) / MB,
        "postgres: database MB": size / MB,
        "postgres: unfolded rows": float(tallies),
    }


def _own(pid: int) -> int:
    """Bytes that a process shares with no other."""
    with suppress(FileNotFoundError, ProcessLookupError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        return 1024 * sum(
            int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_")
        )
    return 0


def of_redis(client: "Redis", pid: int) -> dict[str, float]:
    """Keys, what stands in them, and memory."""
    keys = list(client.scan_iter(count=1000))
    return {
        **_process("redis", pid),
        "redis: connections": float(client.info("clients")["connected_clients"]),
        "redis: keys": float(len(keys)),
        "redis: rows": float(sum(_length(client, key) for key in keys)),
        "redis: used MB": client.info("memory")["used_memory"] / MB,
    }


def _length(client: "Redis", key: bytes) -> int:
    kind = client.type(key)
    lengths = {b"list": client.llen, b"hash": client.hlen, b"set": client.scard}
    lengths[b"zset"] = client.zcard
    return int(lengths[kind](key)) if kind in lengths else 1


def files(nodes: Path, logs: list[Path], temporary: Path) -> dict[str, float]:
    """Sizes of logs and spools, and how much lies in the folder for temporary files."""
    spools = [path for path in nodes.glob("*/data/spool/*") if path.is_file()]
    return {
        "files: log MB": sum(path.stat().st_size for path in logs if path.exists()) / MB,
        "files: spool MB": sum(path.stat().st_size for path in spools) / MB,
        "files: temporary files": float(sum(1 for _ in temporary.rglob("*"))),
    }


def limit_of(name: str) -> Limit | None:
    """The limit of a series by its name."""
    return LIMITS.get(name.partition(": ")[2])
