"""An embedded Postgres: a data folder of its own, a password, one port on 127.0.0.1."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from permq.config import POSTGRES_ROLES, Passwords
from permq.config.addresses import with_password
from permq.errors import ServiceError
from permq.faults import fault_point
from permq.services.binaries import PostgresPrograms, find_postgres
from permq.services.files import chosen_or_kept, kept_password, private_folder, sync_folder
from permq.services.members import Member, Stage
from permq.services.ports import LOOPBACK
from permq.services.processes import command_line, launched

NAME = "postgres"
USER = "permq"
DATABASE = "permq"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # their paths are limited to 107 bytes, folders are not
    "max_connections": "1000",  # one a node, two for each of its slots
    "log_timezone": "UTC",
}
THROWAWAY: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "checkpoint_timeout": "1d",
}
"""Settings of a server whose data nobody misses, for tests."""


@dataclass(frozen=True)
class Cluster:
    """A prepared data folder and the programs for it.

    Parameters
    ----------
    folder
        Holds `data`, Postgres' own folder, and `password`, that of the server's administrator.
    programs
        A Postgres of the version that made it.
    """

    folder: Path
    programs: PostgresPrograms

    @property
    def data(self) -> Path:
        """Postgres' own folder."""
        return self.folder / "data"

    def url(self, port: int, database: str = DATABASE) -> str:
        """Address of a database, with the password."""
        password = (self.folder / "password").read_text(encoding="ascii").strip()
        return f"postgresql://{USER}:{password}@{LOOPBACK}:{port}/{database}"

    def role_passwords(self) -> dict[str, str]:
        """Passwords of permq's roles: as the environment says, else made at the first time."""
        return chosen_or_kept(self.folder, POSTGRES_ROLES, Passwords.of_postgres().chosen)

    def role_url(self, port: int, role: str) -> str:
        """Address of permq's database for one of its roles, with the password."""
        plain = f"postgresql://{USER}_{role}@{LOOPBACK}:{port}/{DATABASE}"
        return with_password(plain, self.role_passwords()[role])

    def member(self, port: int, settings: Mapping[str, str] | None = None) -> Member:
        """Describe the server's process.

        Parameters
        ----------
        port
            Where it will listen.
        settings
            Server settings besides `SETTINGS`.
        """
        chosen = {**SETTINGS, **(settings or {}), "port": str(port)}
        options = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        return Member(
            name=NAME,
            command=(str(self.programs.folder / "postgres"), "-D", str(self.data), *options),
            ready=partial(is_ready, self.url(port)),
            stage=Stage.POSTGRES,
            # SIGTERM would wait until every client has gone
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            stop_seconds=30.0,
            start_seconds=60.0,
            own_namespace=runs_as_root(),
        )


def runs_as_root() -> bool:
    """Whether this process is root, as whom Postgres refuses to run."""
    return os.geteuid() == 0


def is_ready(url: str) -> bool:
    """Whether a database takes connections."""
    import psycopg2

    try:
        psycopg2.connect(url, connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


def prepare(folder: Path, *, sync: bool = True) -> Cluster:
    """Make a data folder ready: initialised if it is not there, and left by any earlier server.

    The caller holds the lock of the folder above.

    Parameters
    ----------
    folder
        Where it is or is to be.
    sync
        Wait until a new one is on the disk.

    Raises
    ------
    ServiceError
        When there is no Postgres, none of the folder's version, a server that is not ours uses
        it, or it cannot be made.
    """
    if folder.exists():
        cluster = Cluster(folder, _programs_for(folder))
        forget_dead_server(cluster.data)
        return cluster
    cluster = Cluster(folder, find_postgres())
    for left in private_folder(folder.parent).glob(f".{folder.name}-*"):
        shutil.rmtree(left, ignore_errors=True)  # of an initialisation that was interrupted
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _initialise(made, cluster.programs, sync=sync)
        fault_point("database-made")
        made.rename(folder)
        if sync:  # else a loss of power could leave it under the name of an interrupted one
            sync_folder(folder.parent)
        fault_point("cluster-named")
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return cluster


def _programs_for(folder: Path) -> PostgresPrograms:
    """Programs of the version that made a data folder."""
    try:
        text = (folder / "data/PG_VERSION").read_text(encoding="ascii").strip()
        major = int(text)
    except (OSError, ValueError):
        raise ServiceError(
            f"{folder}: not a data folder of Postgres; move it away and start again"
        ) from None
    if not (folder / "password").is_file():
        raise ServiceError(f"{folder / 'password'}: missing, so nobody can log in to its data")
    try:
        return find_postgres(major)
    except ServiceError:
        other = find_postgres().version
        raise ServiceError(
            f"{folder}: made by Postgres {major}, and this machine has {other}: install Postgres "
            f"{major}, or give another --data"
        ) from None


def _initialise(made: Path, programs: PostgresPrograms, *, sync: bool) -> None:
    """Fill a new folder: password, cluster, database."""
    password = made / "password"
    kept_password(password)
    fault_point("postgres-password-made")
    data = made / "data"
    _run(
        programs.folder / "initdb",
        *("-D", str(data), "-U", USER, "-A", "scram-sha-256", f"--pwfile={password}"),
        *("-E", "UTF8", "--locale=C", "--no-instructions"),
        *(() if sync else ("--no-sync",)),
        point="initdb-begun",
    )
    fault_point("initdb-done")
    _run(
        programs.folder / "postgres",
        *("--single", "-D", str(data), "-c", f"fsync={'on' if sync else 'off'}", "postgres"),
        words=f"CREATE DATABASE {DATABASE}\n",
        point="database-begun",
    )


def _run(program: Path, *arguments: str, point: str, words: str = "") -> None:
    """Run one of Postgres' programs to its end, not as root."""
    with subprocess.Popen(
        launched(
            (str(program), *arguments), death_signal=signal.SIGKILL, own_namespace=runs_as_root()
        ),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        fault_point(point)
        _, complaints = process.communicate(words)
    # the single-user server tells errors and ends well all the same
    if process.returncode or "ERROR:" in complaints or "FATAL:" in complaints:
        told = " | ".join(line for line in complaints.splitlines() if line.strip())
        raise ServiceError(f"{program.name} fails: {told}")


def forget_dead_server(data: Path) -> None:
    """Remove the pid file of a server that is gone, whose number another process may have now.

    Raises
    ------
    ServiceError
        When a server runs on the folder after all.
    """
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text(encoding="ascii", errors="replace").split("\n")[0])
    except FileNotFoundError:
        return
    except ValueError:
        pid = 0
    if pid and str(data) in command_line(pid):
        raise ServiceError(f"{data}: Postgres runs on it already (process {pid}); end it first")
    file.unlink(missing_ok=True)
