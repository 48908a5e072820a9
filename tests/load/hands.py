"""What a worker's children do for the pool, without the work itself: claim, renew, finish."""

from collections.abc import Sequence
from random import Random

from permq.core.arrangement import Arrangement
from permq.core.objective import Verification
from permq.fleet.messages import Message
from permq.fleet.producer import Letter
from permq.jobs.dispatching import dispatch
from permq.jobs.starts import settle_start
from permq.pool import claims, jobs, settings, slices
from permq.pool.claims import Claim
from permq.pool.connection import Connection, transaction
from permq.pool.nodes import Registration
from permq.pool.slices import SliceResult
from permq.pool.solutions import Checked, record

STATE = b"{}" * 1000
"""A checkpoint."""
PID = 1
"""A process that lives as long as any."""


def registration(
    name: str,
    slots: int = 2,
    speed: float = 1000.0,
    classes: tuple[str, ...] = ("heavy", "light"),
) -> Registration:
    """A node as it would register."""
    return Registration(
        name=name,
        host="load",
        pid=PID,
        chipset="simulated",
        apple=False,
        arch="x86_64",
        gpu=None,
        numeric_class="simulated",
        slots=slots,
        weight=1.0,
        speed=speed,
        classes=classes,
        version="0",
    )


def claim(connection: Connection, node: str, message: Message) -> Claim | None:
    """Claim as `workers.slice` does."""
    with transaction(connection) as cursor:
        mine = claims.claim(
            cursor, message.job, message.token, node=node, pid=PID, numeric_class="simulated"
        )
        if mine is None:
            return None
        if mine.slice:
            claims.checkpoint(cursor, mine.job)
        settle_start(cursor, mine)
        settings.get(cursor, "slice.seconds")
        jobs.log(cursor, f"slice {mine.slice} begins", node=node, job=mine.job)
    return mine


def renew(connection: Connection, mine: Claim, steps: int) -> None:
    """Tell of progress as `workers.lease` does."""
    with transaction(connection) as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        claims.renew(cursor, mine.job, mine.token, steps=steps, current=0.1, rate=1000.0)


def finish(
    connection: Connection, node: str, mine: Claim, found: Sequence[Checked], *, over: bool
) -> list[Letter]:
    """Write a slice's end as `workers.slice` does; gives the letters to be sent."""
    steps = mine.steps_done + 20_000
    result = SliceResult(
        "done" if over else "ready",
        steps_done=steps,
        seconds=20.0,
        rate=1000.0,
        current=0.1,
        checkpoint=None if over else STATE,
        result={"answer": None, "mse": 0.1} if over else None,
    )
    with transaction(connection) as cursor:
        best, row = None, None
        if mine.puzzle_id is not None and found:
            rows = record(
                cursor, mine.puzzle_id, found, node=node, job_id=mine.job, slice=mine.slice
            )
            best, row = found[0].verification.mse, rows[0]
        slices.finish(cursor, mine, result, best=best, best_solution=row)
        jobs.log(cursor, f"slice {mine.slice} ends", node=node, job=mine.job)
        return dispatch(cursor)


def made_up(rng: Random, pieces: Sequence[int], count: int = 2) -> list[Checked]:
    """Solutions that nobody computed; as good as some hundred thousand others.

    Parameters
    ----------
    rng
        What draws them.
    pieces
        Of the puzzle: inputs, outputs, the last layer.
    count
        How many.
    """
    blocks = len(pieces) // 2
    found = []
    for _ in range(count):
        inputs = rng.sample(list(pieces[:blocks]), blocks)
        outputs = rng.sample(list(pieces[blocks:-1]), blocks)
        arrangement = Arrangement(tuple(inputs), tuple(outputs), pieces[-1])
        cost = 0.01 + 0.1 * rng.random()
        told = Verification(cost, 1.0, 1.0, arrangement.sha256, None, exact=False)
        found.append(Checked(arrangement, "anneal", told))
    return found
