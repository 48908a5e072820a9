"""Settings of simulated annealing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Self

from permq.errors import OptionError
from permq.search.accept import CRITERIA
from permq.search.moves import MOVES
from permq.search.schedule import SCHEDULES, Adaptive, Geometric, Schedule


@dataclass(frozen=True)
class AnnealSettings:
    """All settings of simulated annealing; the defaults suit a random order with the right pairing.

    Parameters
    ----------
    steps
        Budget in proposals.
    moves
        Weight of every move by name (see `permq.search.moves.MOVES`); moves left out are not made.
    accept
        Acceptance criterion, see `permq.search.accept.CRITERIA`.
    schedule
        ``geometric`` or ``adaptive``.
    hot, cold
        First and last temperature in units of the cost. With ``hot=None`` it is `heat` times the
        cost of the start or the variance of the answers, whichever is less; with ``cold=None`` it
        is ``hot * cooling``.
    heat
        First temperature as a share of the cost, see `hot`.
    cooling
        Last temperature as a share of the first.
    hot_acceptance, cold_acceptance
        First and last target acceptance of the adaptive schedule.
    far, near
        Largest distance of a move when hot and when cold, as shares of the free positions.
    patience
        Steps without a new best after which the search is reheated; 0 is never.
    reheat
        Share of the cooling that a reheating takes back.
    window
        Steps between two corrections of temperature and reach, and between two reports.
    perturbation
        Random paired swaps made on the given arrangement before the start.
    target
        Stop once the best cost is at most this; float32 rounding leaves about 1e-14 at an answer.

    Raises
    ------
    OptionError
        When a setting is unknown or out of range.
    """

    steps: int = 20_000
    moves: Mapping[str, float] = field(default_factory=lambda: {"swap": 1.0, "insertion": 1.0})
    accept: str = "metropolis"
    schedule: str = "geometric"
    hot: float | None = None
    cold: float | None = None
    heat: float = 0.02
    cooling: float = 1e-3
    hot_acceptance: float = 0.3
    cold_acceptance: float = 0.01
    far: float = 1.0
    near: float = 0.1
    patience: int = 0
    reheat: float = 0.3
    window: int = 50
    perturbation: int = 0
    target: float = 1e-12

    def __post_init__(self) -> None:
        object.__setattr__(self, "moves", {str(k): float(w) for k, w in self.moves.items()})
        for name, chosen, known in (
            ("move", list(self.moves), MOVES),
            ("acceptance criterion", [self.accept], CRITERIA),
            ("schedule", [self.schedule], SCHEDULES),
        ):
            for word in chosen:
                if word not in known:
                    raise OptionError(f"{name} {word!r} is not known; choose {', '.join(known)}")
        weights = self.moves.values()
        if not all(isfinite(w) and w >= 0 for w in weights) or not sum(weights) > 0:
            raise OptionError("the weights of the moves must be 0 or more, and one above 0")
        for name, smallest in (
            ("steps", 0), ("patience", 0), ("window", 1), ("perturbation", 0)
        ):  # fmt: skip
            if getattr(self, name) < smallest:
                raise OptionError(f"{name} must be {smallest} or more, not {getattr(self, name)}")
        for name in ("hot", "cold", "target"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < float("inf"):
                raise OptionError(f"{name} must be 0 or more, not {value}")
        if self.hot is not None and self.cold is not None and self.cold > self.hot:
            raise OptionError(f"cold ({self.cold}) must not be above hot ({self.hot})")
        for name in (
            "heat", "cooling", "hot_acceptance", "cold_acceptance", "far", "near", "reheat"
        ):  # fmt: skip
            if not 0 < getattr(self, name) <= 1:
                raise OptionError(
                    f"{name} must be above 0 and at most 1, not {getattr(self, name)}"
                )

    @classmethod
    def joint(cls, steps: int = 200_000) -> Self:
        """Settings that search pairs and order together, from no knowledge of either.

        Slow cooling through the range of temperatures in which pairs and order are found; they
        end warm, near the answer, and leave the rest to a refinement. 128 rows are the least that
        do not mislead; 256 are better.

        Parameters
        ----------
        steps
            100,000 for 24 blocks to 1,000,000 where fewer stay in disorder.
        """
        moves = {"swap": 1.0, "insertion": 1.0, "output-swap": 2.0}
        return cls(steps=steps, moves=moves, heat=0.02, cooling=0.05)

    def schedule_from(self, hot: float) -> Schedule:
        """Make the schedule of a search whose first temperature is `hot`."""
        if self.schedule == "adaptive":
            return Adaptive(self.hot_acceptance, self.cold_acceptance)
        return Geometric(hot, hot * self.cooling if self.cold is None else self.cold)
