"""What an order would become right now, without any of it being kept."""

from permq.jobs import seeds
from permq.jobs.submission import Order, Submitted, plan, write
from permq.pool import listing
from permq.pool.connection import Connection, transaction
from permq.pool.listed import JobRow
from permq.pool.listing import Filter


def rehearse(connection: Connection, order: Order) -> tuple[Submitted, list[JobRow]]:
    """Submit and take it all back.

    Nothing is guessed so: the same checks, seeds, recognition and choice of nodes. Only the
    numbers of the jobs are used up.

    Returns
    -------
    submitted : Submitted
        As `permq.jobs.submission.submit` would give it; its letters must not be sent.
    jobs : list of JobRow
        The jobs as they would stand in the pool, in the order of their ids.

    Raises
    ------
    OptionError, PoolError
        As submitting would.
    """
    base_seed = seeds.fresh() if order.seed is None else order.seed
    planned = plan(order, base_seed)
    with transaction(connection) as cursor:
        submitted = write(cursor, order, base_seed, planned)
        wanted = Filter(jobs=submitted.jobs)
        rows = listing.jobs(cursor, wanted, len(submitted.jobs)) if submitted.jobs else []
        connection.rollback()
    return submitted, sorted(rows, key=lambda row: row.id)
