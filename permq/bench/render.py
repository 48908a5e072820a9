"""Views as files: a picture and a page of the same numbers, and a list of what was left out."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from permq.bench.page import Section, page
from permq.bench.table import Metric, Table
from permq.bench.views.registry import VIEWS
from permq.bench.views.view import Options
from permq.errors import MissingDataError, OptionError

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True)
class Rendered:
    """What became of some views.

    Parameters
    ----------
    files
        Written, in order.
    skipped
        View, metric or part of one, and why it is not there.
    """

    files: tuple[Path, ...]
    skipped: tuple[tuple[str, str], ...]


def render(
    table: Table,
    folder: Path,
    *,
    views: Sequence[str] = (),
    metrics: Sequence[str] = (),
    options: Options | None = None,
    made: Callable[[Path], None] | None = None,
) -> Rendered:
    """Write views of runs; those whose columns are missing are skipped and listed.

    Parameters
    ----------
    table
        The runs.
    folder
        Where to, see `permq.bench.folder`.
    views, metrics
        Which, by name; all by default, metrics as the columns have them.
    options
        How they are made.
    made
        Told of every file.
    """
    options = options or Options()
    files: list[Path] = []
    skipped: list[tuple[str, str]] = []
    wanted: list[Metric] = []
    for name in metrics or [metric.name for metric in table.metrics()]:
        try:
            wanted.append(table.metric(name))
        except MissingDataError as error:
            skipped.append((name, str(error)))
    for view in [VIEWS[name] for name in views or VIEWS]:
        each: list[Metric | None] = [*wanted] if view.each_metric else [None]
        if view.each_metric and not wanted:
            skipped.append((view.name, "the runs have no metric"))
        for metric in each:
            stem = file_stem(view.name, table.name, metric.name if metric else view.about(options))
            try:
                numbers = view.compute(table, metric, options)
            except MissingDataError as error:
                skipped.append((stem, str(error)))
                continue
            skipped += [(stem, why) for why in view.left_out(numbers)]
            chart = view.chart(numbers)
            pages = page(numbers.title, [Section("", chart=chart)]).encode()
            picture = png(view.draw, numbers)
            for suffix, content in ((".html", pages), (".png", picture)):
                files.append(written(folder / f"{stem}{suffix}", content))
                if made is not None:
                    made(files[-1])
    return Rendered(tuple(files), tuple(skipped))


def png(draw: "Callable[[Any], Drawing]", numbers: Any) -> bytes:
    """PNG of what is drawn of some numbers, in the style of `permq.figures`."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from permq.figures.style import rc

    with mpl.rc_context(rc()):
        drawing = draw(numbers)
        FigureCanvasAgg(drawing)
        content = io.BytesIO()
        drawing.savefig(content, format="png")
    return content.getvalue()


def file_stem(view: str, suite: str, metric: str) -> str:
    """View, suite and metric as the name of a file."""
    return "-".join(
        "".join(c if (c.isascii() and c.isalnum()) or c in "_.+-" else "_" for c in part)
        for part in (view, suite, metric)
    )


def written(path: Path, content: bytes) -> Path:
    """Write a file.

    Raises
    ------
    OptionError
        When that fails.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise OptionError(f"{path}: cannot be written: {error.strerror or error}") from error
    return path
