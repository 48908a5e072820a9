"""`heat_map`: solvers against puzzles."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from permq.bench.statistics import Estimate
from permq.bench.table import Metric, Table
from permq.bench.views.view import Chart, Options, View
from permq.core.network import Array
from permq.errors import MissingDataError
from permq.figures import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True, eq=False)
class Cells:
    """Means by solver and puzzle.

    Parameters
    ----------
    title, axis
        Of the picture, and of its colours.
    log
        Whether colours follow the logarithm.
    solvers, puzzles
        Names of rows and columns.
    estimates
        By solver and puzzle; None where there is no run.
    span
        Range of the colours, where it is fixed.
    """

    title: str
    axis: str
    log: bool
    solvers: tuple[str, ...]
    puzzles: tuple[str, ...]
    estimates: tuple[tuple[Estimate | None, ...], ...]
    span: tuple[float, float] | None = None

    @property
    def values(self) -> Array:
        """(solvers, puzzles) means; NaN where there is none."""
        return np.array(
            [[np.nan if one is None else one.mean for one in row] for row in self.estimates]
        )

    @property
    def shades(self) -> Array:
        """(solvers, puzzles) what is coloured: the means, or their log10."""
        return np.log10(self.values) if self.log else self.values

    @property
    def limits(self) -> tuple[float, float]:
        """Ends of the colour scale."""
        if self.span is not None:
            return self.span
        low, high = float(np.nanmin(self.shades)), float(np.nanmax(self.shades))
        return (low, high) if high > low else (low - 0.5, high + 0.5)


class HeatMap(View[Cells]):
    """Mean of a metric by solver and puzzle."""

    name = "heat_map"
    summary = "a metric by solver and puzzle"

    def compute(self, table: Table, metric: Metric | None, options: Options) -> Cells:
        """Estimate every cell; a diagonal compares nothing and is left out."""
        metric = metric or table.metrics()[0]
        solvers, puzzles = table.names("solver"), table.names("puzzle")
        groups = table.grouped(metric, "solver", "puzzle")
        estimates = tuple(
            tuple(
                metric.estimate(groups[solver, puzzle]) if (solver, puzzle) in groups else None
                for puzzle in puzzles
            )
            for solver in solvers
        )
        there = np.array([[one is not None for one in row] for row in estimates])
        if not there.any():
            raise MissingDataError(f"no solver has {metric.title} on any puzzle")
        if is_diagonal(there):
            raise MissingDataError(
                "every solver ran on a puzzle of its own: a diagonal would compare nothing"
            )
        return Cells(
            title=f"{table.name}: {metric.title} by solver and puzzle",
            axis=metric.title,
            log=metric.log,
            solvers=solvers,
            puzzles=puzzles,
            estimates=estimates,
            span=(0.0, 1.0) if metric.kind != "number" else None,
        )

    def draw(self, numbers: Cells) -> "Drawing":
        """Draw puzzles as rows, since their names are long."""
        height = min(2.2 + 0.34 * len(numbers.puzzles), 30.0)
        drawing = style.canvas(numbers.title, height=height)
        axes = drawing.add_subplot()
        low, high = numbers.limits
        shades = numbers.shades.T
        image = axes.imshow(
            np.ma.masked_invalid(shades), cmap=style.SEQUENTIAL, vmin=low, vmax=high, aspect="auto"
        )
        axes.set_facecolor("#F2F2F2")
        axes.set_xticks(range(len(numbers.solvers)), numbers.solvers)
        axes.set_yticks(range(len(numbers.puzzles)), numbers.puzzles)
        axes.set_xlabel("solver")
        axes.set_ylabel("puzzle")
        for s, row in enumerate(numbers.estimates):
            for p, one in enumerate(row):
                if one is not None:
                    bright = (numbers.shades[s, p] - low) / (high - low) > 0.6
                    axes.text(
                        s,
                        p,
                        f"{one.mean:.3g}",
                        ha="center",
                        va="center",
                        fontsize=9,
                        color="black" if bright else "white",
                    )
                else:
                    axes.text(s, p, "no run", ha="center", va="center", fontsize=9, color="#666666")
        label = f"log10 of {numbers.axis}" if numbers.log else numbers.axis
        drawing.colorbar(image, ax=axes, label=label, shrink=0.9)
        return drawing

    def chart(self, numbers: Cells) -> Chart:
        """Same cells, with their intervals on touch."""
        low, high = numbers.limits
        data: list[dict[str, Any]] = []
        rows = [("puzzle", "solver", numbers.axis)]
        for s, row in enumerate(numbers.estimates):
            for p, one in enumerate(row):
                if one is None:
                    continue
                where = f"{numbers.puzzles[p]}, {numbers.solvers[s]}"
                shade = float(numbers.shades[s, p])
                bright = (shade - low) / (high - low) > 0.6
                data.append(
                    {
                        "value": [s, p, shade],
                        "text": escape(f"{where}: {one.mean:.4g} ({one.count} runs)"),
                        "label": {
                            "formatter": f"{one.mean:.3g}",
                            "color": "#000" if bright else "#fff",
                        },
                    }
                )
                rows.append((numbers.puzzles[p], numbers.solvers[s], f"{one.mean:.6g}"))
        return Chart(
            grid_option(numbers, data, low, high), 180 + 30 * len(numbers.puzzles), tuple(rows)
        )


def grid_option(
    numbers: Cells, data: list[dict[str, Any]], low: float, high: float
) -> dict[str, Any]:
    """Heat map of the charting library."""
    label = f"log10 of {numbers.axis}" if numbers.log else numbers.axis
    return {
        "xAxis": {"type": "category", "data": list(numbers.solvers), "position": "top"},
        "yAxis": {"type": "category", "data": list(numbers.puzzles), "inverse": True},
        "grid": {"left": 16, "right": 24, "top": 40, "bottom": 72, "containLabel": True},
        "visualMap": {
            "min": low,
            "max": high,
            "calculable": True,
            "orient": "horizontal",
            "left": "center",
            "bottom": 8,
            "text": [label, ""],
            "inRange": {"color": ["#00224e", "#575d6d", "#a59c74", "#fee838"]},
        },
        "series": [{"type": "heatmap", "data": data, "label": {"show": True}}],
    }


def is_diagonal(there: "np.ndarray[Any, np.dtype[np.bool_]]") -> bool:
    """Whether no two cells that are filled share a row or a column, of two or more."""
    return bool(there.sum() > 1 and there.sum(axis=0).max() == 1 and there.sum(axis=1).max() == 1)
