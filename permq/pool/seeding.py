"""What a job begins with, drawn once: a random order, what the scores say, or an elite."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from permq.errors import OptionError
from permq.pool.connection import Cursor
from permq.pool.elites import elites

_STREAM = 0x5EED  # keeps these draws apart from the search's own, which has the same seed


@dataclass(frozen=True)
class Shares:
    """How jobs are seeded.

    Parameters
    ----------
    random, score, elite
        Shares of the three sources, in proportion to each other; not all 0.
    perturbation
        Random moves made on an elite.
    count, distance
        How many elites there are at most, and how far apart; see `permq.pool.elites`.

    Raises
    ------
    OptionError
        When a share is negative or no number, or all are 0.
    """

    random: float = 0.2
    score: float = 0.4
    elite: float = 0.4
    perturbation: int = 6
    count: int = 20
    distance: float = 0.1

    def __post_init__(self) -> None:
        shares = (self.random, self.score, self.elite)
        if not (all(share >= 0 for share in shares) and 0 < sum(shares) < float("inf")):
            raise OptionError(f"shares of seeds are at least 0 and not all 0; got {shares}")


def draw(cursor: Cursor, puzzle_id: int, seed: int, *, shares: Shares) -> dict[str, Any]:
    """Draw what a job begins with; the same seed and pool give the same.

    Parameters
    ----------
    puzzle_id
        The job's puzzle.
    seed
        The job's seed.
    shares
        How jobs are seeded now.

    Returns
    -------
    dict
        What JSON can hold: `source` (`random`, `score` or `elite`), and of an elite its
        `solution_id`, its `permutation` as it stands in the pool, and `perturbation`, the number
        of random moves to make on it (None, None and 0 for the others). Without any solution in
        the pool an elite's turn goes to the other sources.
    """
    rng = np.random.default_rng([_STREAM, int(seed)])
    # always both numbers, so that the elite's place does not depend on how the source was found
    which, place = rng.random(2)
    source = _source(which, shares.random, shares.score, shares.elite)
    if source == "elite":
        found = elites(cursor, puzzle_id, count=shares.count, distance=shares.distance)
        if found:
            elite = found[int(place * len(found))]
            return {
                "source": "elite",
                "solution_id": elite.solution_id,
                "permutation": list(elite.permutation),
                "perturbation": int(shares.perturbation),
            }
        # nothing is lost by the scores where they were wanted nowhere: random has its own share
        others = (shares.random, shares.score) if shares.random + shares.score else (0.0, 1.0)
        source = _source(place, *others, 0.0)
    return {"source": source, "solution_id": None, "permutation": None, "perturbation": 0}


def _source(drawn: float, random: float, score: float, elite: float) -> str:
    """The source that a number from 0 to 1 falls to."""
    point = drawn * (random + score + elite)
    if point < random:
        return "random"
    return "score" if point < random + score else "elite"
