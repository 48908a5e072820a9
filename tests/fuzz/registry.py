"""Every target, by name, and the cases that were found in earlier times."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from permq.errors import OptionError
from tests.fuzz.target import Target

GROUPS = (
    "pieces",
    "tables",
    "settings",
    "answers",
    "parameters",
    "messages",
    "checkpoints",
    "spool",
    "addresses",
    "requests",
    "pool_files",
    "machines",
    "downloads",
)
FOUND = Path(__file__).resolve().parent / "found"


@cache
def targets() -> dict[str, Target]:
    """All of them."""
    groups = [import_module(f"tests.fuzz.targets.{name}").TARGETS for name in GROUPS]
    return {target.name: target for group in groups for target in group}


def target_named(name: str) -> Target:
    """Find one.

    Raises
    ------
    OptionError
        When there is none of this name.
    """
    if name not in targets():
        raise OptionError(f"there is no parser {name!r}; there are {', '.join(targets())}")
    return targets()[name]


def found_cases(name: str) -> Iterator[tuple[Path, bytes]]:
    """Cases that once broke a parser's law; they are parsed again at every run."""
    for path in sorted((FOUND / name).glob("*")):
        yield path, path.read_bytes()
