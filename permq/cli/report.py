"""`permq report`: what runs came to, as a document."""

from pathlib import Path

import click

from permq.cli import options
from permq.cli.output import emit
from permq.cli.pool_puzzle import resolve
from permq.cli.servers import connected, data_option
from permq.errors import OptionError

MOST_NOTES = 1 << 20
"""Bytes of notes."""


@click.command(name="report")
@click.option("--suite", metavar="NAME", help="The newest bench of this suite.")
@click.option(
    "--puzzle",
    metavar="NAME|FINGERPRINT|DIR",
    help="All searches of this puzzle: its name, or the beginning of its fingerprint.",
)
@click.option(
    "--notes",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Text of the analysis; else the facts that can be derived stand there.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=Path("report"),
    show_default=True,
    help="Folder for the files; made where it is not there.",
)
@data_option
@options.json_option
def command(
    suite: str | None,
    puzzle: str | None,
    notes: Path | None,
    out: Path,
    data: Path | None,
    as_json: bool,
) -> None:
    """Report on runs: report.md, report.html and compute_metrics.json, with their pictures.

    Without --suite and --puzzle it is about the suite that ran last. It tells what is solved with
    Wilson's 95 % intervals, how well probabilities are calibrated, what changed against the last
    report, and what each node took, with recommendations.

    \b
    Example:
      permq report --suite board --out report
      permq report --puzzle jane-street --notes notes.md
    """
    if suite is not None and puzzle is not None:
        raise OptionError("give --suite or --puzzle, not both")
    from permq.bench.folder import writable

    folder = writable(out)
    text = None if notes is None else _read(notes)
    from permq import __version__
    from permq.bench.collecting import collect
    from permq.pool import jobs, runs
    from permq.pool.connection import transaction
    from permq.report.material import of_puzzle, of_suite
    from permq.report.writing import write

    with connected(data) as connection:
        collect(connection)
        if puzzle is not None:
            material = of_puzzle(connection, resolve(connection, puzzle))
        else:
            material = of_suite(connection, suite)
        done = write(material, folder, text)
        with transaction(connection) as cursor:
            number = runs.keep_report(cursor, material.about, __version__, done.summary)
            for path in done.files:
                jobs.log(cursor, f"report {number} about {material.about}: {path}")
    emit(
        {
            "report": number,
            "about": material.about,
            "files": list(done.files),
            "facts": list(done.facts),
            "skipped": [{"what": what, "why": why} for what, why in done.skipped],
        },
        as_json=as_json,
        lines=[
            *(str(path) for path in done.files),
            *done.facts,
            *(f"skipped {what}: {why}" for what, why in done.skipped),
        ],
    )


def _read(path: Path) -> str:
    """Read notes.

    Raises
    ------
    OptionError
        When they are no text, or too long.
    """
    try:
        if path.stat().st_size > MOST_NOTES:
            raise OptionError(f"{path}: is larger than {MOST_NOTES >> 20} MiB")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: cannot be read as text: {error}") from None
