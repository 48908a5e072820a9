"""From a figure to files: PNG and SVG."""

import io
from dataclasses import dataclass
from typing import Any

from permq.figures.figure import Figure, Sources

PNG, SVG = "image/png", "image/svg+xml"
SUFFIXES = {PNG: ".png", SVG: ".svg", "image/gif": ".gif"}
"""Media types of pictures and how their files' names end."""


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
