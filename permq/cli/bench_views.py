"""`permq bench views`: pictures and pages of runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.output import emit
from permq.cli.servers import connected, data_option

if TYPE_CHECKING:
    from permq.bench.table import Table

_VIEWS = (
    "board", "score_by_puzzle", "heat_map", "by_solver", "factor_effect", "radar", "roc",
    "reliability",
)  # fmt: skip


@click.command(name="views")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--suite",
    "suites",
    multiple=True,
    metavar="NAME",
    help="Runs of this suite, all versions; repeatable. By default the suite that ran last.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=Path("views"),
    show_default=True,
    help="Folder for the files; made where it is not there.",
)
@click.option(
    "--view", "views", multiple=True, type=click.Choice(_VIEWS), help="Only this; repeatable."
)
@click.option(
    "--metric", "metrics", multiple=True, metavar="COLUMN", help="Only this one; repeatable."
)
@click.option(
    "--normalise",
    type=click.Choice(["min-max", "percentile", "absolute"]),
    default="min-max",
    show_default=True,
    help="How a radar brings its metrics to one scale.",
)
@data_option
@options.json_option
def command(
    file: Path | None,
    suites: tuple[str, ...],
    out: Path,
    views: tuple[str, ...],
    metrics: tuple[str, ...],
    normalise: str,
    data: Path | None,
    as_json: bool,
) -> None:
    """Draw runs: a PNG and a page per view and metric, and a list of what cannot be shown.

    The runs are those of a suite, or of FILE: CSV with a header, or what
    `permq bench list --suite NAME --json` prints. Metrics are the columns that hold numbers.
    A page holds everything it needs, and opens without a network.

    \b
    Example:
      permq bench views --suite board --out views
      permq bench views runs.csv --view heat_map --metric solved
    """
    from permq.bench.collecting import of_suites
    from permq.bench.folder import writable
    from permq.bench.render import Rendered, render
    from permq.bench.table import read_table
    from permq.bench.views.view import Options
    from permq.errors import OptionError

    folder = writable(out)
    if file is not None and suites:
        raise OptionError("give FILE or --suite, not both")
    how = Options(normalise)  # type: ignore[arg-type]  # the option's choices are the same

    def drawn(table: "Table") -> Rendered:
        return render(table, folder, views=views, metrics=metrics, options=how)

    if file is not None:
        done = drawn(read_table(file))
    else:
        from permq.pool import jobs
        from permq.pool.connection import transaction

        with connected(data) as connection:
            table = of_suites(connection, suites)
            done = drawn(table)
            with transaction(connection) as cursor:
                for path in done.files:
                    jobs.log(cursor, f"view of {table.name}: {path}")
    emit(
        {
            "out": folder,
            "files": list(done.files),
            "skipped": [{"what": what, "why": why} for what, why in done.skipped],
        },
        as_json=as_json,
        lines=[
            *(str(path) for path in done.files),
            *(f"skipped {what}: {why}" for what, why in done.skipped),
        ],
    )
