"""What a temperature schedule is."""

from typing import Protocol


class Schedule(Protocol):
    """Gives the temperature of the next steps; keeps nothing, so that a search can be resumed."""

    def __init__(self, hot: float, cold: float) -> None:
        """Set the ends of the cooling; what they measure is the schedule's own matter."""

    def temperature(self, last: float, done: float, acceptance: float) -> float:
        """Temperature, in units of the cost.

        Parameters
        ----------
        last
            The temperature so far.
        done
            How far the cooling is, see `Clock`.
        acceptance
            Share of proposals accepted since the last call.
        """
        ...
