"""Which jobs a node tells itself of again: their messages were lost, or so it seems."""

from collections.abc import Sequence

from permq.pool.assignments import Assigned
from permq.pool.holdings import Held

LONGEST = 60.0
"""Seconds between two reminders of one job, at most."""
AT_ONCE = 64


class Reminders:
    """Reminds of a job that waits at an idle slot, and less and less often.

    A message that comes again and again is not lost: whoever should begin the job cannot, and a
    queue that grows by one message a second helps nobody.

    Parameters
    ----------
    patience
        Seconds after which a job should have begun.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._due: dict[tuple[int, int], tuple[float, float]] = {}

    def due(self, held: Sequence[Held], slots: int, now: float) -> list[Assigned]:
        """What is to be told again now.

        Parameters
        ----------
        held
            All that the node holds.
        slots
            Of the node.
        now
            Seconds by a clock that never goes back.
        """
        running = sum(one.pid is not None for one in held)
        waiting = [
            one.job
            for one in held
            if one.pid is None and one.waited > self._patience and running < slots
        ]
        keys = {(job.id, job.token) for job in waiting}
        self._due = {key: due for key, due in self._due.items() if key in keys}
        told: list[Assigned] = []
        for job in waiting:
            at, pause = self._due.get((job.id, job.token), (now, self._patience))
            if now >= at and len(told) < AT_ONCE:
                self._due[job.id, job.token] = now + pause, min(2 * pause, LONGEST)
                told.append(job)
        return told
