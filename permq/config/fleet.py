"""What a fleet's nodes share: how long things last, and where a test strikes them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from permq.errors import OptionError


@dataclass(frozen=True)
class FleetTimes:
    """How long things last in a fleet, in seconds; alike at all its nodes.

    `PERMQ_TIMES` changes some, as in `lease=4,beat=1`: tests do that, so as not to wait a minute
    for a node to be given up.

    Parameters
    ----------
    lease
        A claimed job belongs to its claimer so long without a word from it.
    renewal
        Between two words: progress, and whether to stop.
    beat
        Between two heartbeats of a node.
    suspect
        A node silent so long gets nothing new.
    dead
        A node silent so long has lost what it holds.
    unheard
        A job assigned to an idle slot for so long is told to the node again.
    patience
        A write is tried again for so long while Postgres is away.
    """

    lease: float = 30.0
    renewal: float = 2.0
    beat: float = 10.0
    suspect: float = 30.0
    dead: float = 60.0
    unheard: float = 3.0
    patience: float = 10.0

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "FleetTimes":
        """Read the times.

        Raises
        ------
        OptionError
            When the variable names no time, holds no number above 0, or the times contradict
            each other.
        """
        variables = os.environ if environment is None else environment
        known = {one.name for one in fields(cls)}
        given = {}
        for part in filter(None, map(str.strip, variables.get("PERMQ_TIMES", "").split(","))):
            name, _, text = (word.strip() for word in part.partition("="))
            try:
                given[name] = float(text)
            except ValueError:
                given[name] = 0.0
            if name not in known or not 0 < given[name] < float("inf"):
                raise OptionError(
                    f"PERMQ_TIMES: {part!r} is no time: NAME=SECONDS of {', '.join(sorted(known))}"
                )
        times = cls(**given)
        if not (times.renewal < times.lease and times.beat < times.suspect < times.dead):
            raise OptionError("PERMQ_TIMES: renewal < lease and beat < suspect < dead must hold")
        return times


def fault_folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """Folder in which a test names the points where a worker's process shall die.

    `PERMQ_FAULTS`; nothing outside tests sets it.
    """
    variables = os.environ if environment is None else environment
    folder = variables.get("PERMQ_FAULTS", "").strip()
    return Path(folder) if folder else None
