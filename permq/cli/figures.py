"""`permq figures`: pictures of a puzzle, its pool and its fleet."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from permq.cli.job_files import fetched, written
from permq.cli.options import json_option, threads_option
from permq.cli.output import emit
from permq.cli.pool_puzzle import puzzle_option, resolve
from permq.cli.servers import connected, data_option
from permq.errors import OptionError

if TYPE_CHECKING:
    from permq.figures.render import Outcome
    from permq.pool.connection import Connection


@click.command(name="figures")
@click.argument("names", nargs=-1, metavar="[NAME …]")
@puzzle_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("figures"),
    show_default=True,
    metavar="DIR",
    help="Folder for the files; made where there is none.",
)
@click.option(
    "--method",
    metavar="SCORE",
    help="Pairing method of the cost matrix, as in `permq pair`; by default the error of "
    "one-block networks (gradient-mse).",
)
@click.option(
    "--top",
    type=click.IntRange(1, 1000),
    metavar="N",
    help="Best solutions to compare; 100 by default.",
)
@click.option(
    "--target",
    type=click.FloatRange(min=0, min_open=True),
    metavar="COST",
    help="Cost to mark in the convergence.",
)
@click.option(
    "--by",
    type=click.Choice(["method", "node"]),
    help="What solutions are coloured by in the convergence; method by default.",
)
@click.option(
    "--gif",
    is_flag=True,
    help="Also radar, placement and representation as animations over the snapshots.",
)
@click.option(
    "--from-job",
    type=click.IntRange(min=1),
    metavar="JOB",
    help="Fetch what a job of kind figures has drawn, instead of drawing.",
)
@click.option("--list", "listed", is_flag=True, help="List the figures and exit.")
@data_option
@threads_option
@json_option
def command(
    names: tuple[str, ...],
    puzzle: str | None,
    out: Path,
    method: str | None,
    top: int | None,
    target: float | None,
    by: str | None,
    gif: bool,
    from_job: int | None,
    listed: bool,
    data: Path | None,
    threads: int,
    as_json: bool,
) -> int:
    """Draw figures, all by default, as PNG and SVG.

    One that fails does not keep the others from being drawn. The exit status is 1 when one failed,
    or when one that was named, or all of them, had nothing to show yet.

    \b
    Example:
      permq figures --out pictures
      permq figures cost_matrix_heatmap --method trace
      permq figures convergence --by node --target 1e-4
      permq figures radar placement representation --gif
      permq submit figures
      permq figures --from-job 17
    """
    from permq.figures.registry import figures_named

    figures = figures_named(names)
    if listed:
        rows = [{"name": figure.name, "summary": figure.summary} for figure in figures]
        lines = [f"{row['name']:<24} {row['summary']}" for row in rows]
        emit({"figures": rows}, as_json=as_json, lines=lines)
        return 0
    given = {"method": method, "top": top, "target": target, "by": by}
    options = {name: value for name, value in given.items() if value is not None}
    if method is not None:
        _refuse_unknown(method)
    with connected(data) as connection:
        if from_job is not None:
            return _fetch(connection, from_job, set(names), out, as_json=as_json)
        row = resolve(connection, puzzle)
        from permq.bench.folder import writable
        from permq.figures.animation import ANIMATED, moving
        from permq.figures.gather import gather
        from permq.figures.render import attempt

        writable(out)
        sources = gather(connection, row, options)
        told = _Told(as_json=as_json)
        for figure in figures:
            told.add(attempt(figure, sources), out)
            if gif and figure.name in ANIMATED:
                told.add(attempt(figure, sources, moving), out)
    return told.end(row.label, named=bool(names))


class _Told:
    """What became of the figures, said one by one, or at the end as JSON."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.made: list[dict[str, Any]] = []
        self.missing: dict[str, str] = {}
        self.failed: dict[str, str] = {}

    def add(self, outcome: "Outcome", out: Path) -> None:
        """Write a figure's files, or say why there are none."""
        if outcome.picture is None:
            problem = outcome.problem or ""
            (self.missing if outcome.missing else self.failed)[outcome.name] = problem
            if not self.as_json:
                word = "nothing to show" if outcome.missing else "failed"
                click.echo(f"{outcome.name}: {word}: {problem}", err=True)
            return
        paths = list(written(outcome.name, outcome.picture.files, out))
        self.made.append({"name": outcome.name, "files": paths, "seconds": outcome.seconds})
        if not self.as_json:
            click.echo(f"{outcome.name}: {', '.join(map(str, paths))} ({outcome.seconds:.1f} s)")

    def end(self, label: str, *, named: bool) -> int:
        """Print the whole as JSON where that is wanted, and give the exit status."""
        if self.as_json:
            whole = {"puzzle": label, "made": self.made}
            emit({**whole, "missing": self.missing, "failed": self.failed}, as_json=True)
        return int(bool(self.failed or (self.missing and (named or not self.made))))


def _fetch(
    connection: "Connection", job: int, wanted: set[str], out: Path, *, as_json: bool
) -> int:
    """Write the files that a job has made."""
    from permq.figures.registry import figures_named

    names = {figure.name for figure in figures_named(wanted)} if wanted else None
    paths = fetched(connection, job, out, names)
    emit({"job": job, "files": paths}, as_json=as_json, lines=map(str, paths))
    return 0


def _refuse_unknown(method: str) -> None:
    from permq.pairing.summary import METHODS

    if method not in METHODS:
        raise OptionError(f"no pairing method {method!r}; there are {', '.join(METHODS)}")
