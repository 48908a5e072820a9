"""Variables of permq: in the environment, or in the file that `PERMQ_CONFIG` names.

What is secret may be given in three ways: as it is (`NAME`), by the file that holds it
(`NAME_FILE`), or by the command that prints it (`NAME_COMMAND`). No error text ever holds a value.
"""

import os
import shlex
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from permq.errors import OptionError

COMMAND_SECONDS = 60.0
"""A command may ask somebody for a passphrase."""


class Variables:
    """What is said under names; the environment goes before the file.

    Parameters
    ----------
    environment
        The variables; those of this process by default.

    Raises
    ------
    OptionError
        When the file cannot be read or has a line that is no `NAME=value`.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        named = self._environment.get("PERMQ_CONFIG", "").strip()
        self._saved = _read_assignments(Path(named)) if named else {}

    def value(self, name: str) -> str | None:
        """What stands under a name; None where nothing does."""
        return self._environment.get(name, "").strip() or self._saved.get(name) or None

    def secret(self, name: str) -> str | None:
        """What stands under a name, in the file or comes from the command; None where nothing does.

        The first that is given counts, so that a process can be handed what its parent has read.

        Raises
        ------
        OptionError
            When the file cannot be read, the command fails, or it is empty.
        """
        for place in (self._environment, self._saved):
            if text := place.get(name, "").strip():
                return text
            if file := place.get(f"{name}_FILE", "").strip():
                return _of_file(f"{name}_FILE", Path(file).expanduser())
            if words := place.get(f"{name}_COMMAND", "").strip():
                return _of_command(f"{name}_COMMAND", words)
        return None


def _of_file(name: str, path: Path) -> str:
    """First line of a file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise OptionError(f"{name}: {path}: {reason}") from None
    return _first_line(name, text)


@cache  # it may ask somebody for a passphrase: once in a process is enough
def _of_command(name: str, words: str) -> str:
    """First line that a command prints, run without a shell; its own errors go to the terminal."""
    try:
        done = subprocess.run(  # noqa: S603 - the words are the user's own, as in a shell
            shlex.split(words),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise OptionError(f"{name}: has not ended after {COMMAND_SECONDS:g} s") from None
    except OSError as error:
        raise OptionError(f"{name}: cannot be run: {error.strerror}") from None
    except ValueError:  # quotes that do not match, or what is printed is not text
        raise OptionError(f"{name}: is no command, or does not print text") from None
    if done.returncode:
        raise OptionError(f"{name}: ends with status {done.returncode}")
    return _first_line(name, done.stdout)


def _first_line(name: str, text: str) -> str:
    line = text.strip().partition("\n")[0].strip()
    if not line:
        raise OptionError(f"{name}: gives nothing")
    return line


def _read_assignments(path: Path) -> dict[str, str]:
    """Lines `NAME=value`; empty lines and those beginning with # are passed over."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise OptionError(f"PERMQ_CONFIG: {path} cannot be read: {reason}") from None
    found = {}
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ").strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not (equals and name.isidentifier() and "\x00" not in value):
            # the line itself may hold a password
            raise OptionError(f"PERMQ_CONFIG: {path}, line {number}: not of the form NAME=value")
        found[name] = value.strip().strip("\"'")
    return found
