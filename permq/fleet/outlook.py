"""How long the fleet needs for its heavy work, at best.

Speeds are per slot; work is in steps (see `permq.fleet.work`), so times come out in seconds.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Share:
    """What one numeric class of nodes has to do, and what it does it with.

    Parameters
    ----------
    speed
        Sum over its slots.
    fastest
        Its fastest slot.
    bound
        Work that only this class can do: its started jobs.
    longest
        The longest of those.
    known
        Whether the length of everything that runs in it is known.
    """

    speed: float = 0.0
    fastest: float = 0.0
    bound: float = 0.0
    longest: float = 0.0
    known: bool = True

    def add(self, steps: float) -> None:
        """Count a started job."""
        self.bound += steps
        self.longest = max(self.longest, steps)

    @property
    def least(self) -> float:
        """Seconds that its started jobs need, were there nothing else."""
        if self.speed <= 0:
            return 0.0
        return max(self.bound / self.speed, self.longest / self.fastest)


@dataclass(slots=True)
class Outlook:
    """Heavy work that remains, running and waiting, against the speed that is there.

    Parameters
    ----------
    shares
        By numeric class.
    free
        New work, which any class may begin.
    shortest, longest
        The shortest and the longest new job.
    """

    shares: dict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    free: float = 0.0
    shortest: float = float("inf")
    longest: float = 0.0

    def add(self, steps: float) -> None:
        """Count a new job."""
        self.free += steps
        self.shortest = min(self.shortest, steps)
        self.longest = max(self.longest, steps)

    def horizon(self) -> float:
        """Seconds until everything could be done.

        New work fills the classes up like water: those that are done with their own work early
        take it first, and those in which even the shortest new job would not end in time take none.
        """
        shares = [share for share in self.shares.values() if share.speed > 0]
        if not shares:
            return 0.0
        shares.sort(key=lambda share: share.fastest)
        level = self._level(shares)
        while self.free and len(shares) > 1 and self.shortest > shares[0].fastest * level:
            del shares[0]
            level = self._level(shares)
        return max(level, self.longest / shares[-1].fastest)

    def _level(self, shares: Sequence[Share]) -> float:
        """Seconds until classes are done with their own work and all that is new."""
        work, speed, level = self.free, 0.0, 0.0
        for share in sorted(shares, key=lambda share: share.bound / share.speed):
            if speed and level <= share.bound / share.speed:
                break
            work += share.bound
            speed += share.speed
            level = work / speed
        return level

    def begin(self, steps: float, numeric_class: str) -> None:
        """Bind a new job to the class that begins it."""
        self.free -= steps
        self.shares[numeric_class].add(steps)

    def has_better(self, than: Share, speed: float) -> bool:
        """Whether another numeric class has faster slots than one of `than`, of known load."""
        others = [
            share for share in self.shares.values() if share is not than and share.fastest > speed
        ]
        return bool(others) and all(share.known for share in others)
