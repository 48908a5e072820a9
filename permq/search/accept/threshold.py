"""Threshold acceptance: every candidate that is not much worse."""


class Threshold:
    """Accept what costs at most one temperature more than the current arrangement.

    Source: G. Dueck, T. Scheuer, J. Comput. Phys. 90 (1990) 161.
    """

    def limit(self, current: float, best: float, temperature: float, draw: float) -> float:
        """``current + T``; see `Accept.limit`."""
        return current + temperature
