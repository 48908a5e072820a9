"""Files that only their owner may read."""

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from permq.errors import OptionError
from permq.faults import fault_point


def private_folder(path: Path) -> Path:
    """Make a folder that nobody else may enter, where it is not there.

    Raises
    ------
    OptionError
        When it cannot be made or written to.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OptionError(f"{path}: cannot be made: {error.strerror or error}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise OptionError(f"{path}: cannot be written to")
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read, whole or not at all; it outlasts a loss of power.

    One process at a time: the next one takes over what a killed one has left half written.
    """
    temporary = path.with_name(f".{path.name}.part")
    handle = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        half = len(text) // 2
        file.write(text[:half])
        file.flush()
        fault_point(f"{path.name}-half")
        file.write(text[half:])
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_record(path: Path, record: object) -> None:
    """Write JSON that nobody else may read, whole or not at all."""
    write_private(path, json.dumps(record) + "\n")


def read_record(path: Path) -> dict[str, object]:
    """Read what `write_record` wrote; empty where there is no such file, or half of one."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def new_password() -> str:
    """Make a password: 192 random bits, in letters that stand in an address as they are."""
    return secrets.token_urlsafe(24)


def kept_password(path: Path) -> str:
    """Read a password, made at the first time."""
    if not path.exists():
        write_private(path, new_password() + "\n")
    return path.read_text(encoding="ascii").strip()


def chosen_or_kept(folder: Path, names: Iterable[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Passwords by name: those that somebody has chosen, and of the rest what a folder keeps.

    Parameters
    ----------
    folder
        Where those that are made here lie, as `NAME.password`.
    names
        All that are wanted.
    chosen
        Some of them; they are not written down.
    """
    return {
        name: chosen[name] if name in chosen else kept_password(folder / f"{name}.password")
        for name in names
    }
