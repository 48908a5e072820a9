"""How `solve` works."""

from dataclasses import dataclass

from permq.errors import OptionError


@dataclass(frozen=True)
class SolveSettings:
    """How `solve` works.

    Parameters
    ----------
    quick_rows, seed_rows
        Rows of the short way: for straightening, and for the greedy seed among them.
    rows
        Rows of the joint search.
    attempts
        At most so many beginnings of the joint search; None until the budget ends.
    elites
        Arrangements kept, for the certainty of pairs and positions and for new beginnings.
    """

    quick_rows: int = 80
    seed_rows: int = 80
    rows: int = 256
    attempts: int | None = None
    elites: int = 20

    def __post_init__(self) -> None:
        for name in ("quick_rows", "seed_rows", "rows", "elites"):
            if getattr(self, name) < 1:
                raise OptionError(f"{name} must be at least 1")
