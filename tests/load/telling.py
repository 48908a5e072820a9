"""A run's figures as a table."""

from collections.abc import Iterator

from tests.load.run import MEMORY, Report


def told(report: Report) -> Iterator[str]:
    """Lines for a person."""
    yield f"small  {report.small.words}"
    yield f"large  {report.large.words}, {report.slices:.1f} slices finished a second meanwhile"
    head = f"{'median of ' + str(report.rounds):<34}"
    yield f"{head}{'small':>10}{'large':>11}{'ratio':>8}{'bound':>12}"
    for name, one in report.times.items():
        kept = "" if one.kept else "  MISSED"
        times = f"{1e3 * one.small:>7.2f} ms{1e3 * one.large:>8.2f} ms{one.ratio:>8.2f}"
        times += f"{1e3 * one.bound:>9.1f} ms"
        yield f"  {name:<32}{times}{kept}"
    yield f"{'memory':<34}{'empty':>10}{'large':>11}{'bound':>11}"
    for name, held in report.after.items():
        kept = "" if held <= MEMORY[name] else "  MISSED"
        sizes = f"{report.before[name] / 1e6:>7.0f} MB{held / 1e6:>8.0f} MB"
        yield f"  {name:<32}{sizes}{MEMORY[name] / 1e6:>8.0f} MB{kept}"
    yield "MISSED: " + "; ".join(report.problems) if report.problems else "all bounds are kept"
