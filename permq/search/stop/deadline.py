"""Stop at a point in time."""

from time import monotonic


class Deadline:
    """Stop once some seconds of wall time have passed since it was made.

    Parameters
    ----------
    seconds
        From now; inf is never.
    """

    def __init__(self, seconds: float) -> None:
        self.at = monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, negative once it has passed."""
        return self.at - monotonic()

    def __call__(self) -> bool:
        """Whether it has passed."""
        return monotonic() >= self.at
