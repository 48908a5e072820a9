"""Adaptive cooling: the temperature follows a falling target of the acceptance."""

from math import exp

GAIN = 0.1
"""Change of log T when the acceptance misses its target by the target's own size."""
LARGEST = 0.3
"""Largest change of log T at once."""


class Adaptive:
    """The target acceptance falls geometrically from `hot` to `cold`, both shares in (0, 1].

    The temperature is corrected a little at a time by how far the acceptance is off (stochastic
    approximation), which averages the noise of few proposals.
    """

    def __init__(self, hot: float, cold: float) -> None:
        self.hot, self.cold = hot, cold

    def temperature(self, last: float, done: float, acceptance: float) -> float:
        """Warmer when too little is accepted, cooler when too much; see `Schedule.temperature`."""
        target = self.hot * (self.cold / self.hot) ** done
        change = GAIN * (target - acceptance) / target
        return last * exp(max(-LARGEST, min(LARGEST, change)))
