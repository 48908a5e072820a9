"""Geometric cooling: the temperature falls by the same factor in every step."""


class Geometric:
    """From `hot` to `cold`, both temperatures in units of the cost."""

    def __init__(self, hot: float, cold: float) -> None:
        self.hot, self.cold = hot, cold

    def temperature(self, last: float, done: float, acceptance: float) -> float:
        """``hot (cold / hot)^done``; see `Schedule.temperature`."""
        if self.hot <= 0:
            return 0.0
        return float(self.hot * (self.cold / self.hot) ** done)
