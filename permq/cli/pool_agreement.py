"""`permq pool agreement`: where the best solutions agree, position by position."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli.output import emit
from permq.cli.pool_options import count_option, pool_options

if TYPE_CHECKING:
    from permq.diagnosis.agreement import Agreement


@click.command(name="agreement")
@count_option(20, "Solutions to compare, the best ones.")
@pool_options
def command(count: int, puzzle: str | None, data: Path | None, as_json: bool) -> None:
    """Show for every position how many of the best solutions run the same block there.

    \b
    Example:
      permq pool agreement --count 50
    """
    from permq.cli.pool_puzzle import resolve
    from permq.cli.pool_rows import about, nothing
    from permq.cli.servers import connected
    from permq.pool import solutions
    from permq.pool.connection import transaction

    with connected(data) as connection:
        found = resolve(connection, puzzle)
        with transaction(connection) as cursor:
            rows = solutions.top(cursor, found.id, count)
    if not rows:
        payload = {**about(found), "solutions": 0, "positions": []}
        emit(payload, as_json=as_json, lines=nothing(found))
        return
    import numpy as np

    from permq.diagnosis.agreement import agreement

    # pieces instead of local indices: square layers have other indices in every solution
    agreed = agreement(
        [
            (np.array(one.inputs, np.intp), np.array(one.outputs, np.intp))
            for one in (row.arrangement for row in rows)
        ]
    )
    positions = [
        {"position": place, "share": share, "inp": inp, "out": out}
        for place, (share, inp, out) in enumerate(
            zip(agreed.share, agreed.inp, agreed.out, strict=True)
        )
    ]
    emit(
        {**about(found), "solutions": len(rows), "positions": positions},
        as_json=as_json,
        lines=_lines(agreed, len(rows)),
    )


def _lines(agreed: "Agreement", count: int) -> Iterator[str]:
    sure = len(agreed.share) - len(agreed.uncertain())
    yield f"{count} solutions agree on {sure} of {len(agreed.share)} positions"
    yield f"{'position':>8}{'inp':>6}{'out':>6}{'share':>8}"
    for place, (share, inp, out) in enumerate(
        zip(agreed.share, agreed.inp, agreed.out, strict=True)
    ):
        yield f"{place:>8}{inp:>6}{out:>6}{share:>8.0%}"
