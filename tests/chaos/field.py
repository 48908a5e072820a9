"""A real fleet to be struck: servers of its own, three nodes, a network and disks that can fail."""

import os
import re
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from permq.errors import ServiceError
from permq.pool.migrate import migrate
from permq.services.processes import identity
from tests.chaos.disks import Disk
from tests.chaos.gates import Gate, Gates
from tests.nodes import Fleet, NodeProcess
from tests.servers import Server, make_postgres, make_redis
from workers.spool import read

NODES = ("ant", "bee", "cat")
SLOTS = {"ant": 1, "bee": 2, "cat": 1}
TIMES = "lease=4,renewal=0.5,beat=1,suspect=3,dead=6,unheard=1,patience=3"
FROZEN = (5.0, 9.0)
"""Seconds for which somebody is frozen: longer than a lease, at times longer than a dead node."""
SERVER_DISK = 512
"""MiB: more than either ever needs."""
CLOCK = Path(__file__).parent / "clock"
MARK = "CHAOS_CLOCK"
_IN_LOG = re.compile(r"found by job \d+: (\(.*\))$", re.MULTILINE)
_ANSWER = re.compile(r"\('([\d,]+)', ")


class Place:
    """A node, the network around it, its disk and its clock."""

    def __init__(self, name: str, fleet: Fleet, gates: Gates, *, small_disk: bool) -> None:
        self.name = name
        self.slots = SLOTS[name]
        self.disk = Disk(fleet.folder / name) if small_disk else None
        self.network: list[Gate] = []
        addresses = {}
        for variable, url in (
            ("PERMQ_POSTGRES_URL", fleet.postgres_url),
            ("PERMQ_REDIS_URL", fleet.redis_url),
        ):
            port = urlsplit(url).port or 0
            gate = gates.gate(port)
            self.network.append(gate)
            addresses[variable] = url.replace(f":{port}/", f":{gate.port}/")
        self.clock = fleet.folder / f"{name}.clock"
        self.set_clock(0.0)
        self.process = NodeProcess(
            name,
            fleet.folder / name,
            {
                **addresses,
                "PERMQ_TIMES": TIMES,
                "PYTHONPATH": os.pathsep.join(
                    filter(None, (str(CLOCK), os.environ.get("PYTHONPATH")))
                ),
                MARK: str(self.clock),
            },
        )
        fleet.nodes.append(self.process)
        self.expected_down = True

    @property
    def spool(self) -> Path:
        return self.process.folder / "data" / "spool"

    def start(self) -> None:
        self.process.start(self.slots)
        self.expected_down = False

    def runs(self) -> bool:
        return self.process.process is not None and self.process.process.poll() is None

    def signal(self, number: int) -> None:
        """Send a signal to all its processes."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """Kill -9 of all its processes, also those that outlived their parent."""
        self.expected_down = True
        self.signal(signal.SIGKILL)
        if self.process.process is not None:
            self.process.process.wait(30)

    def children(self) -> list[int]:
        with suppress(OSError):
            return self.process.children()
        return []

    def set_clock(self, offset: float) -> None:
        part = self.clock.with_suffix(".part")
        part.write_text(f"{offset}", encoding="ascii")
        part.replace(self.clock)


class Field:
    """The whole of it."""

    def __init__(self, folder: Path, *, small_disks: bool) -> None:
        self.folder = folder
        places = {"postgres": folder / "pg", "redis": folder / "rd"}
        self.disks: dict[str, Disk] = {}
        if small_disks:
            self.disks = {name: Disk(place, SERVER_DISK) for name, place in places.items()}
        self.postgres = make_postgres(places["postgres"])
        self.redis = make_redis(places["redis"])
        self.fleet: Fleet | None = None
        self.places: dict[str, Place] = {}
        self.struck: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.answers: set[str] = set()
        self.damaged: list[str] = []
        self.solutions: dict[int, str] = {}
        self._gates = Gates()
        self._small_disks = small_disks
        self._spooled: set[str] = set()

    def open(self) -> Fleet:
        """Start the servers and the nodes."""
        self.redis.start()
        self.postgres.start()
        migrate(self.postgres.url)
        self.fleet = Fleet(self.postgres.url, self.redis.url, self.folder / "fleet")
        self.fleet.run(
            "INSERT INTO settings (key, value) VALUES"
            " ('slice.seconds', '0.6'), ('history.seconds', '0')"
        )
        for name in NODES:
            place = Place(name, self.fleet, self._gates, small_disk=self._small_disks)
            self.places[name] = place
            place.start()
        return self.fleet

    def close(self, keep: Path | None = None) -> None:
        """End everything by force; a copy of the nodes' folders is kept."""
        for place in self.places.values():
            place.kill()
            if keep is not None:
                shutil.copytree(place.process.folder, keep / place.name, dirs_exist_ok=True)
            if place.disk is not None:
                place.disk.close()
        for server in (self.postgres, self.redis):
            server.kill()
        for disk in self.disks.values():
            disk.close()
        self._gates.close()

    def look(self) -> None:
        """Note what lies in the spools, and start nodes that ended by themselves."""
        for place in self.places.values():
            for path in place.spool.glob("*.json"):
                key = f"{place.name}/{path.name}"
                if key in self._spooled:
                    continue
                spooled = read(path)
                if spooled is not None:
                    self.answers |= {text for text, _ in spooled.finds}
                elif path.exists():  # it was not delivered in this moment
                    self.damaged.append(key)
                self._spooled.add(key)
            if not place.expected_down and not place.runs():
                self.told["workers that ended by themselves"] += 1
                place.kill()
                place.start()

    def remember(self) -> None:
        """Note the solutions that are in the pool by now: they must stay."""
        assert self.fleet is not None
        self.solutions |= dict(self.fleet.rows("SELECT id, hash FROM solutions"))

    def read_logs(self) -> str:
        """Read all that the nodes told, and note the solutions in it."""
        text = "\n".join(place.process.told() for place in self.places.values())
        for finds in _IN_LOG.findall(text):
            self.answers |= set(_ANSWER.findall(finds))
        return text

    @property
    def spooled(self) -> int:
        """Files that were seen in the spools."""
        return len(self._spooled)

    def undelivered(self) -> list[str]:
        """Files that wait in the spools."""
        return [
            f"{place.name}/{path.name}"
            for place in self.places.values()
            for path in place.spool.glob("*")
            if path.suffix != ".part"
        ]

    def processes(self) -> list[int]:
        """Processes of the nodes that run now."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                told = (folder / "environ").read_bytes()
                pid = int(folder.name)
                if f"{MARK}={self.folder}".encode() in told and identity(pid) is not None:
                    found.append(pid)
        return found


def restart(server: Server) -> Iterator[float]:
    """Start a server that was killed, as often as it takes; yields seconds to wait."""
    for _ in range(20):
        try:
            server.start()
        except ServiceError:  # processes of the killed one are about to end
            server.kill()
            yield 0.3
        else:
            return
    raise AssertionError("the server cannot be started again")


def until(ready: Any, seconds: float) -> Iterator[float]:
    """Yield short waits until something holds or the time is over."""
    end = time.monotonic() + seconds
    while not ready() and time.monotonic() < end:
        yield 0.1


def any_of(draw: float, choices: Sequence[int]) -> int:
    """One of several by a number in [0, 1)."""
    return sorted(choices)[int(draw * len(choices))]
