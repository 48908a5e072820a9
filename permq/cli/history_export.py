"""`permq history export`: all snapshots as JSON, one a line."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli.options import Destination
from permq.cli.output import emit, plain, whole_file
from permq.cli.pool_options import pool_options

if TYPE_CHECKING:
    from permq.pool.history import SnapshotRow


@click.command(name="export")
@click.argument("file", metavar="FILE", type=Destination())
@click.option("--placement", is_flag=True, help="With the blocks and their shares by position.")
@pool_options
def command(
    file: Path, placement: bool, puzzle: str | None, data: Path | None, as_json: bool
) -> None:
    """Write every snapshot of a puzzle to FILE as JSON Lines, the first one first.

    \b
    Example:
      permq history export history.jsonl
    """
    from permq.cli.pool_puzzle import resolve
    from permq.cli.pool_rows import about
    from permq.cli.servers import connected
    from permq.pool import history
    from permq.pool.connection import transaction

    with connected(data) as connection:
        found = resolve(connection, puzzle)
        with transaction(connection) as cursor:
            rows = history.snapshots(cursor, found.id, placement=placement)
    with whole_file(file) as temporary:
        temporary.write_text("".join(f"{_line(row)}\n" for row in rows), encoding="utf-8")
    emit(
        {**about(found), "path": file, "snapshots": len(rows)},
        as_json=as_json,
        lines=[f"{file}: {len(rows)} snapshots of {found.label}"],
    )


def _line(row: "SnapshotRow") -> str:
    facts = {
        "snapshot": row.id,
        "at": row.at.isoformat(),
        "event": row.event,
        "job": row.job_id,
        "solutions": row.solutions,
        "best_cost": row.best_cost,
        "median_cost": row.median_cost,
        "solution": row.best_id,
        "answer": ",".join(map(str, row.permutation)),
        "solved": row.solved,
        "method": row.method,
        "node": row.node,
        "parent": row.parent_id,
        **row.numbers,
    }
    if row.placement is not None:
        facts["placement"] = row.placement
    return json.dumps(plain(facts), allow_nan=False)
