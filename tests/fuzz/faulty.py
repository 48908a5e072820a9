"""Parsers that do all that a parser may not, to see that it is found; tests start this."""

import ctypes
import json
import os
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path

from permq.errors import OptionError
from tests.fuzz import fleet, judge, registry
from tests.fuzz.target import Run, Target

SEED = b"good"


def _fragile(harm: Callable[[Path], object]) -> Callable[[Path], Run]:
    """Parsers that do harm as soon as their one good case is changed."""

    def prepare(folder: Path) -> Run:
        def run(data: bytes) -> None:
            if data != SEED:
                harm(folder)

        return run

    return prepare


def _raise(folder: Path) -> None:
    raise KeyError("nobody documented this")


def _refuse_in_two_lines(folder: Path) -> None:
    class TwoLinesError(OptionError):
        def __str__(self) -> str:
            return "first\nsecond"

    raise TwoLinesError


def _hang(folder: Path) -> None:
    while True:
        time.sleep(1)


def _spin(folder: Path) -> None:
    while True:
        pass


def _die(folder: Path) -> None:
    ctypes.string_at(0)


def _leave(folder: Path) -> None:
    os._exit(3)


def _take_memory(folder: Path) -> None:
    len(b"x" * (300 << 20))


def _take_all_memory(folder: Path) -> None:
    bytearray(1 << 40)


def _write(folder: Path) -> None:
    (folder.parent.parent / "elsewhere").write_text("a file")


def _swallow(folder: Path) -> None:
    """Do what may not be, and hide that it was refused."""
    try:
        os.system("true")  # noqa: S605 - this is what the guard must notice
    except Exception:  # noqa: BLE001
        return


def _unpickle(folder: Path) -> None:
    pickle.loads(pickle.dumps(OptionError))  # noqa: S301 - this is what the guard must notice


def _harmless(folder: Path) -> None:
    raise OptionError("no")


HARMS = (
    *(
        _raise,
        _refuse_in_two_lines,
        _hang,
        _spin,
        _die,
        _leave,
        _take_memory,
        _take_all_memory,
        _write,
    ),
    *(_swallow, _unpickle, _harmless),
)
TARGETS = {
    harm.__name__[1:]: Target(
        harm.__name__[1:], "nothing", _fragile(harm), lambda: [SEED], refusals=(OptionError,)
    )
    for harm in HARMS
}


def main(folder: Path, names: list[str], *, guided: bool) -> None:
    """Fuzz some of them and print what was found, by parser."""
    registry.targets = lambda: TARGETS  # type: ignore[assignment]
    judge.CASE_SECONDS, judge.WAIT_SECONDS = 1.0, 3.0
    fleet.DEATHS = 1
    budget = fleet.Budget(20 * len(names), None, 1)
    reports = fleet.run(
        [TARGETS[name] for name in names],
        budget,
        folder / "work",
        folder / "found",
        jobs=2,
        guided=guided,
        told=lambda report: None,
    )
    found = {}
    for report in reports:
        cases = [json.loads(p.read_text().split("\n")[0])["key"] for p in _told(report.found)]
        found[report.parser] = cases
    sys.stdout.write(json.dumps(found))


def _told(cases: tuple[str, ...]) -> list[Path]:
    return [Path(case).with_suffix(".told") for case in cases]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[3:], guided=sys.argv[2] == "guided")
