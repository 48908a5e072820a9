"""Record-to-record travel: every candidate that is not much worse than the best so far."""


class RecordToRecord:
    """Accept what costs at most one temperature more than the best arrangement.

    Source: G. Dueck, J. Comput. Phys. 104 (1993) 86.
    """

    def limit(self, current: float, best: float, temperature: float, draw: float) -> float:
        """``best + T``; see `Accept.limit`."""
        return best + temperature
