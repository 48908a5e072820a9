"""`by_solver`: how well each solver does over all its puzzles."""

from typing import TYPE_CHECKING

from permq.bench.table import Metric, Table
from permq.bench.views import intervals
from permq.bench.views.intervals import Intervals
from permq.bench.views.view import Chart, Options, View

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


class BySolver(View[Intervals]):
    """Mean and 95 % interval of a metric, a row per solver, versions side by side."""

    name = "by_solver"
    summary = "a metric by solver and version, over all puzzles"

    def compute(self, table: Table, metric: Metric | None, options: Options) -> Intervals:
        """Estimate by solver and version."""
        metric = metric or table.metrics()[0]
        solvers = table.names("solver")
        versions = table.names("version") if table.has("version") else ("",)
        by = ("version", "solver") if table.has("version") else ("solver",)
        groups = table.grouped(metric, *by)
        estimates = tuple(
            tuple(
                metric.estimate(groups[key])
                if (key := (version, solver)[-len(by) :]) in groups
                else None
                for solver in solvers
            )
            for version in versions
        )
        return Intervals(
            title=f"{table.name}: {metric.title} by solver, 95 % intervals",
            axis=metric.title,
            log=metric.log,
            rows=solvers,
            series=tuple(f"version {version}" if version else "all" for version in versions),
            estimates=estimates,
            span=(0.0, 1.0) if metric.kind != "number" else None,
        )

    def draw(self, numbers: Intervals) -> "Drawing":
        """Draw dots with bars."""
        return intervals.draw(numbers)

    def chart(self, numbers: Intervals) -> Chart:
        """Dots with bars."""
        return intervals.chart(numbers)
