"""From a figure to files: PNG and SVG."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from permq.errors import MissingDataError, OptionError
from permq.figures.figure import Figure, Sources
from permq.pool.connection import ContentionError, UnreachableError

PNG, SVG, GIF = "image/png", "image/svg+xml", "image/gif"


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure as files.

    Parameters
    ----------
    name
        Of the figure.
    files
        Content by media type.
    """

    name: str
    files: dict[str, bytes]


def render(figure: Figure[Any], sources: Sources) -> Picture:
    """Compute and draw a figure.

    Raises
    ------
    MissingDataError
        When there is nothing to show.
    """
    return picture(figure, figure.compute(sources), sources.row.label)


def picture(figure: Figure[Any], numbers: Any, about: str = "") -> Picture:
    """Draw numbers.

    Parameters
    ----------
    figure, numbers
        What its `compute` gave.
    about
        What it is about, for the files' descriptions.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from permq.figures.style import rc

    title = f"{figure.name}: {about}" if about else figure.name
    with mpl.rc_context(rc()):
        drawing = figure.draw(numbers)
        FigureCanvasAgg(drawing)
        png, svg = io.BytesIO(), io.BytesIO()
        drawing.savefig(png, format="png", metadata={"Title": title})
        drawing.set_layout_engine("none")  # everything has its place by now
        # a date would make equal pictures differ
        drawing.savefig(svg, format="svg", metadata={"Title": title, "Date": None})
    return Picture(figure.name, {PNG: png.getvalue(), SVG: svg.getvalue()})


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of one figure.

    Parameters
    ----------
    name
        Of the figure.
    picture
        None where there is none.
    problem
        Why there is none, in one line.
    missing
        Whether that is for want of data, and no failure.
    seconds
        Time it took.
    """

    name: str
    picture: Picture | None
    problem: str | None
    missing: bool
    seconds: float


def attempt(
    figure: Figure[Any],
    sources: Sources,
    make: Callable[[Figure[Any], Sources], Picture] = render,
) -> Outcome:
    """Render a figure; what goes wrong with it alone is told in the outcome.

    Parameters
    ----------
    figure, sources
        What to draw, and what it looks at.
    make
        How: `render`, or `permq.figures.animation.moving`.

    Raises
    ------
    OptionError
        When an option is wrong, which is the user's to mend.
    UnreachableError, ContentionError
        When the pool is away or busy, which is no fault of the figure.
    """
    begin = perf_counter()
    drawn, problem, missing = None, None, False
    try:
        drawn = make(figure, sources)
    except (OptionError, UnreachableError, ContentionError):
        raise
    except MissingDataError as error:
        problem, missing = str(error), True
    except Exception as error:  # noqa: BLE001 - the other figures are made all the same
        problem = " ".join(f"{type(error).__name__}: {error}".split())
    return Outcome(figure.name, drawn, problem, missing, perf_counter() - begin)
