"""How figures look: sizes, colours that colour-blind people can tell apart, and type."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 100
WIDTH = 12.0
"""Inches: 1200 pixels."""

# Okabe and Ito, "Color Universal Design" (2008)
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY = "#8A8A8A"
CYCLE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK, YELLOW)
"""One after the other for categories, the faintest last; what comes beyond is drawn in `GREY`."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Beside `CYCLE`, so that colour alone never tells."""

SEQUENTIAL = "cividis"
DIVERGING = "PuOr"

_RC: Mapping[str, Any] = MappingProxyType(
    {
        "font.family": ["DejaVu Sans", "sans-serif"],
        "font.size": 11,
        "axes.titlesize": 12,
        "axes.titlelocation": "left",
        "axes.labelsize": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "axes.axisbelow": True,
        "figure.titlesize": 14,
        "legend.fontsize": 10,
        "legend.frameon": True,
        "legend.framealpha": 0.9,
        "xtick.labelsize": 10,
        "ytick.labelsize": 10,
        "grid.color": "#DDDDDD",
        "grid.linewidth": 0.8,
        "lines.linewidth": 1.6,
        "figure.dpi": DPI,
        "savefig.dpi": DPI,
        # text stays text: searchable, and the same numbers give the same file
        "svg.fonttype": "none",
        "svg.hashsalt": "permq",
    }
)


def rc() -> Any:
    """Settings of matplotlib, for `matplotlib.rc_context`: a dictionary."""
    return dict(_RC)


def canvas(title: str, height: float = 6.0, width: float = WIDTH) -> "Figure":
    """Make an empty drawing of `width` by `height` inches, whose parts keep clear of each other."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08)
    drawing = Figure(figsize=(width, height), dpi=DPI, layout=layout)
    drawing.suptitle(title, x=0.01, ha="left")
    return drawing


def colour(place: int) -> str:
    """Colour of the category at a place, from 0."""
    return CYCLE[place] if place < len(CYCLE) else GREY


def grid(axes: "Axes", axis: str = "both") -> None:
    """Lay a faint grid behind what is drawn."""
    axes.grid(visible=True, axis=axis)  # type: ignore[arg-type]


def positions(axes: "Axes", blocks: int, axis: str = "x") -> None:
    """Label an axis of positions by whole numbers from 0, not too many."""
    step = next(step for step in (1, 2, 4, 5, 8, 10, 20, 50, 100, 1000) if blocks / step <= 16)
    ticks = list(range(0, blocks, step))
    (axes.set_xticks if axis == "x" else axes.set_yticks)(ticks)


def unit_of_time(hours: float) -> tuple[float, str]:
    """How many units are an hour, and what they are called, for a span of so many hours."""
    if hours < 0.1:
        return 3600.0, "seconds"
    return (60.0, "minutes") if hours < 4 else (1.0, "hours")
