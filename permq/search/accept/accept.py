"""What an acceptance criterion is."""

from typing import Protocol


class Accept(Protocol):
    """Decides by a limit that is known before the candidate is evaluated.

    Drawing the limit first is the same as drawing after the evaluation, and lets the evaluation
    stop as soon as the candidate's cost must exceed it.
    """

    def limit(self, current: float, best: float, temperature: float, draw: float) -> float:
        """Largest cost that is accepted.

        Parameters
        ----------
        current, best
            Cost (mean squared error) of the current and the best arrangement.
        temperature
            In units of the cost.
        draw
            Uniform in [0, 1).
        """
        ...
