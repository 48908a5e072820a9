"""`score_by_puzzle`: how well each solver does on each puzzle."""

from typing import TYPE_CHECKING

from permq.bench.table import Metric, Table
from permq.bench.views import intervals
from permq.bench.views.intervals import Intervals
from permq.bench.views.view import Chart, Options, View

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


class ScoreByPuzzle(View[Intervals]):
    """Mean and 95 % interval of a metric, a row per puzzle, solvers side by side."""

    name = "score_by_puzzle"
    summary = "a metric by puzzle, with confidence intervals"

    def compute(self, table: Table, metric: Metric | None, options: Options) -> Intervals:
        """Estimate by solver and puzzle."""
        metric = metric or table.metrics()[0]
        puzzles, solvers = table.names("puzzle"), table.names("solver")
        groups = table.grouped(metric, "solver", "puzzle")
        estimates = tuple(
            tuple(
                metric.estimate(groups[solver, puzzle]) if (solver, puzzle) in groups else None
                for puzzle in puzzles
            )
            for solver in solvers
        )
        return Intervals(
            title=f"{table.name}: {metric.title} by puzzle, 95 % intervals",
            axis=metric.title,
            log=metric.log,
            rows=puzzles,
            series=solvers,
            estimates=estimates,
            span=(0.0, 1.0) if metric.kind != "number" else None,
        )

    def draw(self, numbers: Intervals) -> "Drawing":
        """Draw dots with bars."""
        return intervals.draw(numbers)

    def chart(self, numbers: Intervals) -> Chart:
        """Dots with bars."""
        return intervals.chart(numbers)
