"""`permq history show`: the progression of the pool's best."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from permq.cli.output import emit
from permq.cli.pool_options import count_option, pool_options

if TYPE_CHECKING:
    from permq.pool.history import SnapshotRow
    from permq.pool.solutions import SolutionRow


class Line(NamedTuple):
    """One line of the progression."""

    at: datetime
    best: float
    event: str
    method: str
    node: str | None
    parent: int | None
    solution: int


@click.command(name="show")
@count_option(40, "Lines to show, the last ones.")
@pool_options
def command(count: int, puzzle: str | None, data: Path | None, as_json: bool) -> None:
    """Show the progression: when the pool's best improved, by what and where, and the snapshots.

    \b
    Example:
      permq history show --count 100
    """
    from permq.cli.pool_puzzle import resolve
    from permq.cli.pool_rows import about, nothing
    from permq.cli.servers import connected
    from permq.pool import history
    from permq.pool.connection import transaction

    with connected(data) as connection:
        found = resolve(connection, puzzle)
        with transaction(connection) as cursor:
            improved = history.improvements(cursor, found.id)
            taken = history.snapshots(cursor, found.id, max(count, 2))
    lines = progression(improved, taken)[-count:]
    emit(
        {
            **about(found),
            "progression": [{**line._asdict(), "at": line.at.isoformat()} for line in lines],
        },
        as_json=as_json,
        lines=_table(lines) if lines else nothing(found),
    )


def progression(improved: "Sequence[SolutionRow]", taken: "Sequence[SnapshotRow]") -> list[Line]:
    """Improvements and snapshots in order of time.

    Parameters
    ----------
    improved
        Solutions that were the best when they were found.
    taken
        Snapshots; those made because of an improvement say nothing new and are left out.
    """
    lines = [
        Line(
            row.found_at,
            row.cost,
            "solved" if row.solved else "improved",
            row.method,
            row.node,
            row.parent_id,
            row.id,
        )
        for row in improved
    ]
    lines += [
        Line(row.at, row.best_cost, row.event, row.method, row.node, row.parent_id, row.best_id)
        for row in taken
        if row.event != "improvement"
    ]
    return sorted(lines, key=attrgetter("at"))


def _table(lines: Sequence[Line]) -> Iterator[str]:
    width = max(len("method"), *(len(line.method) for line in lines))
    nodes = max(len("node"), *(len(line.node or "-") for line in lines))
    yield (
        f"{'time':19}  {'pool best':>12}  {'event':11}  {'method':{width}}  {'node':{nodes}}  "
        f"{'solution':>9}  {'parent':>9}"
    )
    for line in lines:
        yield (
            f"{line.at:%Y-%m-%d %H:%M:%S}  {line.best:>12.6g}  {line.event:11}  "
            f"{line.method:{width}}  {line.node or '-':{nodes}}  {line.solution:>9}  "
            f"{line.parent or '-':>9}"
        )
