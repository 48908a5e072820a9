"""The cooling clock: how far the cooling is, from 0 (hot) to 1 (cold)."""

from typing import NamedTuple


class Clock(NamedTuple):
    """Runs evenly from where it was last set to 1 at the end of the budget.

    Setting it back reheats: the rest of the budget cools again from there.

    Parameters
    ----------
    step
        When it was last set.
    done
        What it was set to, in [0, 1].
    """

    step: int = 0
    done: float = 0.0

    def at(self, step: int, steps: int) -> float:
        """Share of the cooling done at `step` of `steps`, in [0, 1]."""
        left = steps - self.step
        if left <= 0 or step >= steps:
            return 1.0
        return self.done + (1.0 - self.done) * (step - self.step) / left

    def set_back(self, step: int, steps: int, share: float) -> "Clock":
        """The clock after reheating by `share` of the whole cooling at `step`."""
        return Clock(step, max(0.0, self.at(step, steps) - share))
