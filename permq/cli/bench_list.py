"""`permq bench list`: which suites there are, and what was run."""

from pathlib import Path

import click

from permq.cli import options
from permq.cli.output import emit
from permq.cli.servers import connected, data_option


@click.command(name="list")
@click.option("--suite", metavar="NAME", help="Show every run of this suite.")
@data_option
@options.json_option
def command(suite: str | None, data: Path | None, as_json: bool) -> None:
    """List the suites that come with permq and the benches that were run, or the runs of one suite.

    With --suite and --json it prints the runs as `permq bench views` reads them from a file.

    \b
    Example:
      permq bench list
      permq bench list --suite board --json > runs.json
    """
    from permq.bench.collecting import collect
    from permq.bench.summary import facts_of
    from permq.errors import OptionError
    from permq.pool import runs
    from permq.pool.connection import transaction
    from permq.suites import suite as suites

    with connected(data) as connection:
        if suite is not None:
            collect(connection)
        with transaction(connection) as cursor:
            if suite is None:
                rows = runs.benches(cursor)
            else:
                of_suite = runs.listing(cursor, suites=[suite])
    if suite is not None:
        if not of_suite:
            raise OptionError(f"suite {suite!r} was never run: permq bench run {suite}")
        emit(
            {"suite": suite, "runs": [facts_of(row) for row in of_suite]},
            as_json=as_json,
            lines=[
                f"{row.id:>6}  {row.solver}  {row.regime}  seed {row.seed}  "
                + (row.verdict or row.state)
                + ("" if row.final_mse is None else f"  mse {row.final_mse:.3g}")
                + ("" if row.seconds is None else f"  {row.seconds:.1f} s")
                for row in of_suite
            ],
        )
        return
    shipped = [suites.read(name) for name in suites.shipped()]
    told = [f"{one.name}: {one.title}, {one.runs} runs" for one in shipped]
    told += [
        f"bench {row.id}: {row.suite}, version {row.version}, {row.created_at:%Y-%m-%d %H:%M} UTC, "
        f"{row.solved} of {row.runs} solved"
        + (f", {row.pending} to be judged" if row.pending else "")
        for row in rows
    ]
    emit(
        {
            "suites": [{"name": s.name, "title": s.title, "runs": s.runs} for s in shipped],
            "benches": [facts_of(row) for row in rows],
        },
        as_json=as_json,
        lines=told,
    )
