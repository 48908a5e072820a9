"""Means with intervals in rows: what several views show."""

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from permq.bench.statistics import Estimate
from permq.bench.views.view import Chart
from permq.figures import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


FAR = 100.0


@dataclass(frozen=True)
class Intervals:
    """Estimates by row and series.

    Parameters
    ----------
    title, axis
        Of the picture, and of its numbers.
    log
        Whether the numbers run on a logarithmic axis.
    rows, series
        Names from top to bottom, and of what stands side by side in a row.
    estimates
        By series and row; None where there is nothing.
    span
        Least range of the axis, where it has one.
    zero
        Where a line says "no difference".
    """

    title: str
    axis: str
    log: bool
    rows: tuple[str, ...]
    series: tuple[str, ...]
    estimates: tuple[tuple[Estimate | None, ...], ...]
    span: tuple[float, float] | None = None
    zero: float | None = None


def draw(numbers: Intervals) -> "Drawing":
    """Draw dots with bars, a row per name."""
    count = len(numbers.series)
    height = min(1.9 + len(numbers.rows) * max(0.16 * count, 0.28), 30.0)
    drawing = style.canvas(numbers.title, height=height)
    axes = drawing.add_subplot()
    for place, (name, estimates) in enumerate(zip(numbers.series, numbers.estimates, strict=True)):
        shift = (place - (count - 1) / 2) * 0.8 / count
        shown = [(row, one) for row, one in enumerate(estimates) if one is not None]
        if not shown:
            continue
        axes.errorbar(
            [one.mean for _, one in shown],
            [row + shift for row, _ in shown],
            xerr=[
                [one.mean - (one.mean if one.low is None else one.low) for _, one in shown],
                [(one.mean if one.high is None else one.high) - one.mean for _, one in shown],
            ],
            fmt=style.MARKERS[place % len(style.MARKERS)],
            color=style.colour(place),
            markersize=5,
            elinewidth=1.2,
            capsize=2,
            label=name,
        )
    if numbers.zero is not None:
        axes.axvline(numbers.zero, color=style.GREY, linewidth=1, zorder=0)
    if numbers.log:
        axes.set_xscale("log")
        axes.set_xlim(*decades(numbers))
    if numbers.span is not None:
        low, high = numbers.span
        pad = 0.03 * (high - low)
        axes.set_xlim(low - pad, high + pad)
    axes.set_yticks(range(len(numbers.rows)), [_short(row) for row in numbers.rows])
    axes.set_ylim(len(numbers.rows) - 0.5, -0.5)
    axes.set_xlabel(numbers.axis)
    for row in range(1, len(numbers.rows)):
        axes.axhline(row - 0.5, color="#EEEEEE", linewidth=0.8, zorder=0)
    style.grid(axes, "x")
    if count > 1:
        drawing.legend(loc="outside upper right", ncols=min(count, 6))
    return drawing


def chart(numbers: Intervals) -> Chart:
    """Describe the same for the page."""
    count = len(numbers.series)
    series: list[dict[str, Any]] = []
    for place, (name, estimates) in enumerate(zip(numbers.series, numbers.estimates, strict=True)):
        points = [
            {
                "value": [one.mean, row, one.low, one.high, place, count],
                "text": escape(f"{numbers.rows[row]}, {name}: {told(one)}"),
            }
            for row, one in enumerate(estimates)
            if one is not None
        ]
        series.append(
            {
                "type": "custom",
                "name": name,
                "renderItem": "interval",
                "clip": True,
                "encode": {"x": [0, 2, 3], "y": 1},
                "itemStyle": {"color": style.colour(place)},
                "data": points,
                **_zero_line(numbers, place),
            }
        )
    axis: dict[str, Any] = {
        "type": "log" if numbers.log else "value",
        "name": numbers.axis,
        "nameLocation": "middle",
        "nameGap": 28,
        "scale": True,
    }
    if numbers.span is not None:
        axis |= {"min": numbers.span[0], "max": numbers.span[1]}
    elif numbers.log:
        low, high = decades(numbers)
        axis |= {"min": low, "max": high}
    option = {
        "xAxis": axis,
        "yAxis": {"type": "category", "data": list(numbers.rows), "inverse": True},
        "legend": {"show": count > 1, "top": 0},
        "grid": {"left": 16, "right": 32, "top": 40, "bottom": 48, "containLabel": True},
        "dataZoom": [{"type": "inside", "yAxisIndex": 0, "zoomOnMouseWheel": "ctrl"}],
        "series": series,
    }
    rows = [("row", "series", "mean", "low", "high", "runs")]
    rows += [
        (row, name, *_cells(one))
        for name, estimates in zip(numbers.series, numbers.estimates, strict=True)
        for row, one in zip(numbers.rows, estimates, strict=True)
        if one is not None
    ]
    return Chart(option, 110 + len(numbers.rows) * max(26, 15 * count), tuple(rows))


def decades(numbers: Intervals) -> tuple[float, float]:
    """Whole decades that a logarithmic axis shows.

    The interval of two runs may span the universe: what lies two decades beyond all means runs
    off the axis.
    """
    shown = [one for row in numbers.estimates for one in row if one is not None]
    lows = [one.mean if one.low is None else one.low for one in shown]
    highs = [one.mean if one.high is None else one.high for one in shown]
    low = max(min(lows), min(one.mean for one in shown) / FAR)
    high = min(max(highs), max(one.mean for one in shown) * FAR)
    first, last = floor(log10(low)), ceil(log10(high))
    return float(f"1e{first}"), float(f"1e{max(last, first + 1)}")


def told(one: Estimate) -> str:
    """An estimate in words."""
    runs = f"{one.count} run{'s' * (one.count != 1)}"
    if one.low is None or one.high is None:
        return f"{one.mean:.4g} ({runs})"
    return f"{one.mean:.4g} [{one.low:.4g}, {one.high:.4g}] ({runs})"


def _zero_line(numbers: Intervals, place: int) -> dict[str, Any]:
    if numbers.zero is None or place:
        return {}
    line = {"xAxis": numbers.zero, "lineStyle": {"color": style.GREY, "type": "solid"}}
    return {
        "markLine": {"silent": True, "symbol": "none", "label": {"show": False}, "data": [line]}
    }


def _cells(one: Estimate) -> tuple[str, str, str, str]:
    low, high = ("" if edge is None else f"{edge:.6g}" for edge in (one.low, one.high))
    return f"{one.mean:.6g}", low, high, str(one.count)


def _short(text: str, most: int = 48) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
