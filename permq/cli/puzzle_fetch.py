"""`permq puzzle fetch`: download a public puzzle."""

from pathlib import Path

import click

from permq.cli import options, output
from permq.cli.progress import Progress

NAMES = ("jane-street",)


@click.command(name="fetch")
@click.argument("name", type=click.Choice(NAMES))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--url", metavar="BASE", help="Address of a mirror's folder that holds the archive.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the server at each step.",
)
@options.json_option
def command(name: str, folder: Path, url: str | None, timeout: float, as_json: bool) -> None:
    """Download a public puzzle into DIR.

    jane-street comes from its Hugging Face space jane-street/droppedaneuralnet. What an
    interrupted download has got is kept, and the same command goes on with it. Pieces and data
    appear in DIR only when they are complete and their fingerprint is right.

    \b
    Example:
      permq puzzle fetch jane-street puzzles/jane-street
      permq puzzle fetch jane-street DIR --url https://mirror.example/puzzles
    """
    from permq.config import prepare_blas

    prepare_blas()
    from permq.fetching.fetch import fetch
    from permq.fetching.sources import SOURCES

    source = SOURCES[name]
    with Progress(f"fetching {name}", total=source.size, quiet=as_json) as progress:
        puzzle = fetch(source, folder, base=url, timeout=timeout, report=progress.update)
    pieces = 2 * puzzle.blocks + 1
    output.emit(
        {
            "name": name,
            "folder": folder,
            "pieces": pieces,
            "rows": puzzle.rows,
            "fingerprint": puzzle.fingerprint,
        },
        as_json=as_json,
        lines=[f"{folder}: {pieces} pieces and {puzzle.rows:,} rows, fingerprint as expected"],
    )
