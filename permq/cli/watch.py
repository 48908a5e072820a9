"""`permq watch`: the fleet at work, live."""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.job_format import facts as row_facts
from permq.cli.job_format import page_width
from permq.cli.job_looks import Looks
from permq.cli.output import emit
from permq.cli.pool_puzzle import puzzle_option, resolve
from permq.cli.servers import connected, data_option

if TYPE_CHECKING:
    from permq.cli.job_watch import Snapshot

# Another screen and no cursor, so that what stood in the terminal comes back; then the reverse.
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
HOME, TO_LINE_END, TO_SCREEN_END = "\x1b[H", "\x1b[K", "\x1b[J"
BELL = "\a"
TALL = 1000
"""Lines of a page that need not fit a window."""


@click.command(name="watch")
@click.option("--once", is_flag=True, help="Show one moment and end.")
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 3600),
    metavar="SECONDS",
    default=1.0,
    show_default=True,
    help="Time between two looks.",
)
@click.option("--until-idle", is_flag=True, help="End when nothing is left to do.")
@puzzle_option
@data_option
@options.json_option
def command(
    once: bool,
    interval: float,
    until_idle: bool,
    puzzle: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Watch jobs, slices, steps/s by node and the best of the pool.

    In a terminal it is a page that draws itself anew; elsewhere a line for every change; with
    --json an object for every look. Ctrl-C ends it, and only it.

    \b
    Example:
      permq watch
      permq watch --until-idle --interval 5 > watch.log
      permq watch --once --json
    """
    from permq.cli.job_watch import read

    with connected(data, reading=True) as connection:
        puzzle_id = None if puzzle is None else resolve(connection, puzzle).id
        looks = Looks(connection, lambda cursor: read(cursor, puzzle_id), data, as_json=as_json)
        try:
            if once:
                show_once(looks(), as_json=as_json)
            elif as_json or not sys.stdout.isatty():
                follow(looks, interval, until_idle=until_idle, as_json=as_json)
            else:
                redraw(looks, interval, until_idle=until_idle)
        except KeyboardInterrupt:
            return
        finally:
            looks.close()


def show_once(now: "Snapshot", *, as_json: bool) -> None:
    """Print one moment."""
    from permq.cli.job_watch import page

    if as_json:
        emit(facts(now), as_json=True)
        return
    for line in page(now, page_width(), TALL):
        click.echo(line)


def follow(
    look: "Callable[[], Snapshot]", interval: float, *, until_idle: bool, as_json: bool
) -> None:
    """Print a line for every change, or an object for every look."""
    from permq.cli.job_watch import changes

    before: Snapshot | None = None
    while True:
        now = look()
        if as_json:
            emit(facts(now), as_json=True)
        else:
            for line in changes(before, now):
                click.echo(line)
        if until_idle and now.idle:
            return
        before = now
        time.sleep(interval)


def redraw(look: "Callable[[], Snapshot]", interval: float, *, until_idle: bool) -> None:
    """Draw the page anew and anew; what is solved rings."""
    from permq.cli.job_watch import page

    solved: set[int] | None = None
    now: Snapshot | None = None
    try:
        click.echo(ENTER, nl=False)
        while True:
            now = look()
            width, height = shutil.get_terminal_size()
            # the last line stays free: a newline there would roll the page
            lines = page(now, width, height - 1)
            answers = {best.puzzle_id for best in now.bests if best.solved}
            news = BELL if solved is not None and answers - solved else ""
            solved = answers
            body = "\n".join(line + TO_LINE_END for line in lines)
            click.echo(HOME + body + "\n" + TO_SCREEN_END + news, nl=False)
            if until_idle and now.idle:
                return
            time.sleep(interval)
    finally:
        click.echo(LEAVE, nl=False)
        if now is not None:
            show_once(now, as_json=False)


def facts(now: "Snapshot") -> dict[str, object]:
    """A moment as JSON can hold it."""
    from permq.cli.jobs import remaining

    return {
        "command": "watch",
        "at": now.at.isoformat(),
        "idle": now.idle,
        "counts": now.counts,
        "running": [row_facts(row) | {"remaining": remaining(row)} for row in now.running],
        "nodes": [row_facts(row) for row in now.nodes],
        "puzzles": [row_facts(row) for row in now.bests],
        "newest": [row_facts(row) for row in now.newest],
    }
