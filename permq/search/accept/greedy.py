"""Greedy acceptance: never a worse candidate."""


class Greedy:
    """Accept what costs no more than the current arrangement; the temperature has no effect."""

    def limit(self, current: float, best: float, temperature: float, draw: float) -> float:
        """``current``; see `Accept.limit`."""
        return current
