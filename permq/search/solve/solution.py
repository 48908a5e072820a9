"""What `solve` gives back."""

from dataclasses import dataclass

from permq.core.arrangement import Arrangement
from permq.core.objective import Verification


@dataclass(frozen=True)
class Stage:
    """One stage of solving: its name, the cost it reached (all rows), seconds since the start."""

    name: str
    mse: float | None
    seconds: float


@dataclass(frozen=True)
class Placement:
    """How sure the block at one position is.

    Parameters
    ----------
    inp, out
        Piece indices of its layers.
    pair
        Probability that the two belong together.
    here
        Probability that the block belongs at this position.
    entropy
        Of the distribution of blocks at this position, in nats; 0 is certain.
    """

    inp: int
    out: int
    pair: float
    here: float
    entropy: float


@dataclass(frozen=True, eq=False)
class Solution:
    """The best arrangement found and what is known of it.

    Parameters
    ----------
    arrangement, verification
        The best, and its full evaluation.
    stages
        What was done, in order.
    placements
        (L,) certainty by position.
    seconds
        Wall time by phase: pair, order, verify.
    evaluations
        Arrangements evaluated by the search.
    """

    arrangement: Arrangement
    verification: Verification
    stages: tuple[Stage, ...]
    placements: tuple[Placement, ...]
    seconds: dict[str, float]
    evaluations: int
