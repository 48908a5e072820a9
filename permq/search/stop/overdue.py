"""Leaving a search that does not ask whether to stop."""


class Overdue(Exception):  # noqa: N818 (what it says is no error)
    """Raised by a timer in the middle of a search that should have ended; never seen by users."""
