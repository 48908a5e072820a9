"""Stop because someone else says so, a signal handler for instance."""


class Flag:
    """Down when made; stops what asks it once it was raised."""

    def __init__(self) -> None:
        self.up = False

    def raise_(self) -> None:
        """Raise the flag for good."""
        self.up = True

    def __call__(self) -> bool:
        """Whether the flag is up."""
        return self.up
