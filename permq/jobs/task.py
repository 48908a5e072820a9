"""What a kind of job is given for one slice of work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from permq.core.arrangement import Arrangement
    from permq.core.puzzle import Puzzle
    from permq.pool.connection import Connection

SOURCES = ("parent", "elite", "score", "random")
"""Where a job's start comes from."""


def _never() -> bool:
    return False


def _unheard(steps: int, current: float, best: float, note: str) -> None:
    """Tell nobody."""


def _unkept(arrangement: "Arrangement", method: str) -> None:
    """Keep nothing."""


def _unstored(name: str, media_type: str, content: bytes) -> None:
    """Store nothing."""


@dataclass(frozen=True, eq=False)
class Task:
    """A job as its kind sees it during one slice; the worker makes it.

    Parameters
    ----------
    puzzle
        What to work on; None for kinds that need none.
    params
        Every parameter of the kind, complete and checked.
    seed
        Of everything random.
    start
        The parent's best or the elite that was drawn; None where the job begins from scores or at
        random.
    source
        Where the start comes from, one of `SOURCES`.
    perturbation
        Random swaps of an elite before it is annealed.
    others
        Good solutions of the pool, drawn once with the start.
    stop
        Whether to return soon: the slice is over, or `leave` says so.
    leave
        Whether to return at once, even with a first unit of work undone: the job is cancelled,
        paused or needless, or its node goes away, while the slice as such may not be over.
    report
        Told of steps done, current cost, best cost, and a note for people.
    found
        Given an arrangement worth keeping and the method that found it.
    keep
        Given name, media type and content of a file that is stored with the end of the slice.
    job
        Its number; None outside of the pool.
    pool
        Connection outside a transaction; None for kinds that do not need the pool.
    """

    puzzle: "Puzzle | None"
    params: Mapping[str, Any]
    seed: int
    start: "Arrangement | None" = None
    source: str = "random"
    perturbation: int = 0
    others: "tuple[Arrangement, ...]" = ()
    stop: Callable[[], bool] = _never
    leave: Callable[[], bool] = _never
    report: Callable[[int, float, float, str], None] = _unheard
    found: "Callable[[Arrangement, str], None]" = _unkept
    keep: Callable[[str, str, bytes], None] = _unstored
    job: int | None = None
    pool: "Connection | None" = None
