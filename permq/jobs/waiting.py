"""How far some jobs are, and with what they ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from permq.pool import listing
from permq.pool.connection import Cursor
from permq.pool.jobs import ENDED
from permq.pool.listed import BestOf, PuzzleBest, Steps
from permq.pool.listing import Filter

DONE, FAILED, CANCELLED = 0, 1, 4
"""Exit statuses of waiting: all done or the puzzle solved; something failed; called off."""


@dataclass(frozen=True)
class Standing:
    """Some jobs at one moment.

    Parameters
    ----------
    counts
        Jobs by shown state.
    steps
        How far they are.
    best
        The best that they found.
    solved
        The answer of their puzzle, where it is found, by whomever.
    troubles
        Id, kind, state and reason of the first that ended without a result.
    """

    counts: dict[str, int]
    steps: Steps
    best: BestOf | None = None
    solved: PuzzleBest | None = None
    troubles: tuple[tuple[int, str, str, str | None], ...] = field(default=())

    @property
    def ended(self) -> int:
        """Number of jobs that have ended."""
        return sum(self.counts.get(state, 0) for state in ENDED)

    @property
    def total(self) -> int:
        """Number of jobs."""
        return sum(self.counts.values())

    @property
    def over(self) -> bool:
        """Whether all have ended."""
        return self.ended == self.total

    @property
    def status(self) -> int:
        """Exit status.

        What was called off because the puzzle is solved has done its part.
        """
        if self.counts.get("failed") or self.counts.get("blocked"):
            return FAILED
        if self.counts.get("cancelled") and self.solved is None:
            return CANCELLED
        return DONE


def standing(cursor: Cursor, jobs: Sequence[int], puzzle_id: int | None) -> Standing:
    """Look how far jobs are.

    Parameters
    ----------
    jobs
        Their ids.
    puzzle_id
        What they work on; None where they need no puzzle.
    """
    wanted = Filter(jobs=tuple(jobs))
    counts = listing.counts(cursor, wanted)
    best = listing.best_of(cursor, wanted)
    solved = None
    if puzzle_id is not None:
        (pool,) = listing.bests(cursor, puzzle_id, 1)
        solved = pool if pool.solved else None
    troubled = any(counts.get(state) for state in ("failed", "blocked", "cancelled"))
    return Standing(
        counts,
        listing.steps(cursor, wanted),
        best,
        solved,
        tuple(listing.troubles(cursor, wanted, 10)) if troubled else (),
    )
