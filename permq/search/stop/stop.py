"""What a stopping criterion is."""

from typing import Protocol


class Stop(Protocol):
    """Asked between two steps; once it says yes it goes on saying yes."""

    def __call__(self) -> bool:
        """Whether to stop now."""
        ...
