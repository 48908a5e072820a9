"""Stop for the first of several reasons."""

from permq.search.stop.stop import Stop


class Either:
    """Stop as soon as one of the given criteria says so.

    Parameters
    ----------
    criteria
        Asked in this order.
    """

    def __init__(self, *criteria: Stop) -> None:
        self.criteria = criteria

    def __call__(self) -> bool:
        """Whether any of them says so."""
        return any(criterion() for criterion in self.criteria)
