"""Settings of the whole fleet that can be changed while it works."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from permq.errors import OptionError
from permq.pool import puzzles
from permq.pool.connection import Cursor
from permq.pool.queries import load
from permq.pool.seeding import Shares

Value: TypeAlias = float | int | str

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Setting:
    """A setting that the software knows.

    Parameters
    ----------
    key
        Its name.
    default
        What holds where nothing is said; its type is the setting's.
    help
        What it means.
    low, high
        Bounds of a number, both allowed.
    choices
        The words that a text may be; any where there are none.
    """

    key: str
    default: Value
    help: str
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = field(default=())

    def parse(self, text: str) -> Value:
        """Read a value.

        Raises
        ------
        OptionError
            When it is no value of this setting; the message says what it may be.
        """
        if isinstance(self.default, str):
            if self.choices and text not in self.choices:
                raise OptionError(f"{self.key} is one of {', '.join(self.choices)}; got {text!r}")
            return text
        try:
            value = int(text) if isinstance(self.default, int) else float(text)
        except ValueError:
            value = math.nan
        if not self.low <= value <= self.high:  # NaN is in no range
            kind = "a whole number" if isinstance(self.default, int) else "a number"
            raise OptionError(
                f"{self.key} is {kind} from {self.low:g} to {self.high:g}; got {text!r}"
            )
        return value


_USUAL = Shares()

KNOWN: Mapping[str, Setting] = MappingProxyType(
    {
        setting.key: setting
        for setting in (
            Setting(
                "seed.random",
                _USUAL.random,
                "Share of annealing jobs that begin with a random order.",
                *(0.0, 1.0),
            ),
            Setting(
                "seed.score",
                _USUAL.score,
                "Share of annealing jobs that begin with what the scores say.",
                *(0.0, 1.0),
            ),
            Setting(
                "seed.elite",
                _USUAL.elite,
                "Share of annealing jobs that begin with a perturbed elite of the pool.",
                *(0.0, 1.0),
            ),
            Setting(
                "seed.perturbation",
                _USUAL.perturbation,
                "Random moves made on an elite before the search begins with it.",
                *(0, 1000),
            ),
            Setting("elite.count", _USUAL.count, "Elites to choose from, at most.", 1, 200),
            Setting(
                "elite.distance",
                _USUAL.distance,
                "Least share of positions at which two elites differ.",
                *(0.0, 1.0),
            ),
            Setting(
                "dispatch.policy",
                "prefer",
                "Heavy work: on the fastest chips first (prefer), or on Apple Silicon alone.",
                choices=("prefer", "strict"),
            ),
            Setting(
                "slice.seconds",
                20.0,
                "Length of one slice of work, after which it is saved.",
                *(0.1, 600.0),
            ),
            Setting(
                "history.seconds",
                60.0,
                "Seconds between two snapshots of a pool at work; 0 leaves them to pipelines.",
                *(0.0, 86_400.0),
            ),
            Setting(
                "views.puzzle",
                "",
                "Name or fingerprint of the puzzle that js_puzzle_pool shows; empty: the newest.",
            ),
        )
    }
)


def get(cursor: Cursor, key: str) -> Value:
    """One setting: what was set, or its default.

    A value that scripts stored and that cannot be one is passed over, with a warning in the log.

    Raises
    ------
    OptionError
        When there is no such setting.
    """
    return read(cursor)[known(key).key]


def read(cursor: Cursor) -> dict[str, Value]:
    """All known settings; what cannot be a value is passed over, with a warning in the log."""
    found = stored(cursor)
    values = {}
    for key, setting in KNOWN.items():
        values[key] = setting.default
        if key in found:
            try:
                values[key] = setting.parse(found[key])
            except OptionError as error:
                _log.warning("setting passed over, %s holds: %s", setting.default, error)
    return values


def stored(cursor: Cursor) -> dict[str, str]:
    """What stands in the table, as text; also keys that only scripts know."""
    cursor.execute(load("settings")["all"])
    return {key: value for key, value, _ in cursor.fetchall()}


def put(cursor: Cursor, key: str, text: str) -> Value:
    """Change a setting; it holds from the next slice or job on.

    Returns
    -------
    int, float or str
        The value it has now.

    Raises
    ------
    OptionError
        When there is no such setting, the value is none of its values or an unknown puzzle, or no
        job could be seeded.
    """
    setting = known(key)
    value = setting.parse(str(text))
    if setting.key == "views.puzzle" and value:
        puzzles.find(cursor, str(value))  # an unknown one would leave the view empty
    others = {name: held for name, held in read(cursor).items() if name != setting.key}
    if not _total({**others, setting.key: value}) > 0:
        raise OptionError("seed.random, seed.score and seed.elite cannot all be 0")
    cursor.execute(load("settings")["put"], {"key": setting.key, "value": str(value)})
    return value


def reset(cursor: Cursor, key: str) -> None:
    """Return a setting to its default; keys that only scripts know are deleted."""
    cursor.execute(load("settings")["reset"], {"key": str(key)})


def read_shares(cursor: Cursor) -> Shares:
    """How jobs are seeded now."""
    values = read(cursor)
    if not _total(values) > 0:
        _log.warning("settings passed over: seed.random, seed.score and seed.elite are all 0")
        values |= {key: KNOWN[key].default for key in _SHARES}
    return Shares(
        random=float(values["seed.random"]),
        score=float(values["seed.score"]),
        elite=float(values["seed.elite"]),
        perturbation=int(values["seed.perturbation"]),
        count=int(values["elite.count"]),
        distance=float(values["elite.distance"]),
    )


_SHARES = ("seed.random", "seed.score", "seed.elite")


def _total(values: Mapping[str, Value]) -> float:
    return sum(float(values[key]) for key in _SHARES)


def known(key: str) -> Setting:
    """What the software knows of a setting.

    Raises
    ------
    OptionError
        When there is none of that name.
    """
    if key not in KNOWN:
        raise OptionError(f"there is no setting {key!r}; there are {', '.join(KNOWN)}")
    return KNOWN[key]
