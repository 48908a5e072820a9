"""A run's figures as a table."""

from collections.abc import Iterator

from tests.soak.run import Report
from tests.soak.trend import Trend


def told(report: Report) -> Iterator[str]:
    """Lines for a person."""
    jobs = ", ".join(f"{count:,} {state}" for state, count in sorted(report.jobs.items()))
    yield f"{report.seconds / 60:g} minutes; jobs: {jobs}; {report.asked:,} pages were asked for"
    yield f"{'after the warm-up':<40}{'first':>9}{'last':>9}{'an hour':>10}{'limit':>8}"
    for name, one in report.trends.items():
        yield f"  {name:<38}{one.first:>9.4g}{one.last:>9.4g}{one.an_hour:>+10.3g}{_verdict(one)}"
    yield "GROWS: " + "; ".join(report.problems) if report.problems else "nothing grows"


def _verdict(one: Trend) -> str:
    if one.limit is None:
        return f"{'-':>8}"
    return f"{one.limit.an_hour:>8g}  {'kept' if one.kept else 'GROWS'}"
