"""`roc` and `reliability`: whether the chance that is said tells what is solved, and how often."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from permq.bench.calibration import Quality, quality, thinned
from permq.bench.table import Metric, Table
from permq.bench.views.view import Chart, Options, View
from permq.errors import MissingDataError
from permq.figures import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


DASHES = ("-", "--", "-.", (0, (5, 1, 1, 1, 1, 1)))
"""Curves that lie on each other all show."""


@dataclass(frozen=True, eq=False)
class Curves:
    """Qualities of several sources of probabilities.

    Parameters
    ----------
    title
        Of the picture.
    what
        What the probabilities are about.
    names, qualities
        One by one.
    left_out
        Sources without a curve, and why.
    """

    title: str
    what: str
    names: tuple[str, ...]
    qualities: tuple[Quality, ...]
    left_out: tuple[str, ...] = ()


def judged(table: Table, title: str) -> Curves:
    """Chance that all pairs are right against what was solved, by solver."""
    said = table.column("confidence")
    solved, solvers = table.column("solved"), table.column("solver")
    names, found = [], []
    for name in table.names("solver"):
        rows = [
            (float(p), bool(s))
            for p, s, n in zip(said, solved, solvers, strict=True)
            if n == name and p is not None and s is not None
        ]
        if rows:
            names.append(name)
            found.append(quality(np.array([p for p, _ in rows]), np.array([s for _, s in rows])))
    return Curves(f"{table.name}: {title}", "runs that are solved", tuple(names), tuple(found))


def with_both_classes(curves: Curves) -> Curves:
    """Only the sources of which some came true and some did not.

    Raises
    ------
    MissingDataError
        When none is left.
    """
    kept = [q.auc is not None for q in curves.qualities]
    left = tuple(
        f"{name}: {'all' if q.right else 'none'} of its {q.count} came true, one class has no curve"
        for name, q in zip(curves.names, curves.qualities, strict=True)
        if q.auc is None
    )
    if not any(kept):
        raise MissingDataError("; ".join(left) or "there are no probabilities")
    return Curves(
        curves.title,
        curves.what,
        tuple(name for name, keep in zip(curves.names, kept, strict=True) if keep),
        tuple(q for q, keep in zip(curves.qualities, kept, strict=True) if keep),
        left,
    )


class Roc(View[Curves]):
    """ROC curves, overlaid."""

    name = "roc"
    summary = "whether a larger chance means solved: ROC curves by solver"
    each_metric = False

    def compute(self, table: Table, metric: Metric | None, options: Options) -> Curves:
        """Judge by solver; curves of one class are left out."""
        return with_both_classes(judged(table, "ROC of the chance that all pairs are right"))

    def about(self, options: Options) -> str:
        """What is predicted."""
        return "solved"

    def left_out(self, numbers: Curves) -> tuple[str, ...]:
        """Curves of one class."""
        return numbers.left_out

    def draw(self, numbers: Curves) -> "Drawing":
        """Draw curves over the diagonal of chance."""
        drawing = style.canvas(numbers.title, height=7.0)
        axes = drawing.add_subplot()
        axes.plot([0, 1], [0, 1], color=style.GREY, linestyle=":", label="chance")
        for place, (name, q) in enumerate(zip(numbers.names, numbers.qualities, strict=True)):
            points = np.array(thinned(q.false_positive, q.true_positive))
            axes.plot(
                points[:, 0],
                points[:, 1],
                linestyle=DASHES[place % len(DASHES)],
                color=style.colour(place),
                label=f"{name}, AUC {q.auc:.3f}",
            )
        axes.set_xlabel("false positive rate")
        axes.set_ylabel("true positive rate")
        axes.set_xlim(-0.01, 1.01)
        axes.set_ylim(-0.01, 1.01)
        style.grid(axes)
        drawing.legend(loc="outside right upper")
        return drawing

    def chart(self, numbers: Curves) -> Chart:
        """Same curves."""
        series: list[dict[str, Any]] = [_line("chance", [[0, 0], [1, 1]], style.GREY, "dotted")]
        rows = [("curve", "predictions", "right", "AUC")]
        for place, (name, q) in enumerate(zip(numbers.names, numbers.qualities, strict=True)):
            points = thinned(q.false_positive, q.true_positive)
            series.append(_line(f"{name}, AUC {q.auc:.3f}", points, style.colour(place)))
            rows.append((name, str(q.count), str(q.right), f"{q.auc:.4f}"))
        return Chart(_square("false positive rate", "true positive rate", series), 520, tuple(rows))


class Reliability(View[Curves]):
    """Reliability curves, overlaid, with the histogram of what was said."""

    name = "reliability"
    summary = "whether chances come true as often as they say, by solver"
    each_metric = False

    def compute(self, table: Table, metric: Metric | None, options: Options) -> Curves:
        """Judge by solver; curves of one class are left out."""
        return with_both_classes(
            judged(table, "reliability of the chance that all pairs are right")
        )

    def about(self, options: Options) -> str:
        """What is predicted."""
        return "solved"

    def left_out(self, numbers: Curves) -> tuple[str, ...]:
        """Curves of one class."""
        return numbers.left_out

    def draw(self, numbers: Curves) -> "Drawing":
        """Draw curves over the diagonal of truth, and the histogram below."""
        drawing = style.canvas(numbers.title, height=8.0)
        top, below = drawing.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        top.plot([0, 1], [0, 1], color=style.GREY, linestyle=":", label="as said")
        count = len(numbers.names)
        for place, (name, q) in enumerate(zip(numbers.names, numbers.qualities, strict=True)):
            top.plot(
                [one.said for one in q.bins],
                [one.seen for one in q.bins],
                color=style.colour(place),
                marker=style.MARKERS[place % len(style.MARKERS)],
                label=f"{name}, ECE {q.ece:.3f}",
            )
            bins = len(q.histogram)
            width = 0.9 / bins / count
            edges = np.arange(bins) / bins + 0.05 / bins + place * width
            below.bar(edges, q.histogram, width, align="edge", color=style.colour(place))
        top.set_ylabel(f"share of {numbers.what}")
        below.set_ylabel("predictions")
        if max(max(q.histogram) for q in numbers.qualities) > 100:
            below.set_yscale("symlog", linthresh=1)
        below.set_xlabel("probability said")
        top.set_xlim(-0.01, 1.01)
        top.set_ylim(-0.02, 1.02)
        style.grid(top)
        drawing.legend(loc="outside right upper")
        return drawing

    def chart(self, numbers: Curves) -> Chart:
        """Same curves and histogram."""
        series: list[dict[str, Any]] = [_line("as said", [[0, 0], [1, 1]], style.GREY, "dotted")]
        rows = [("curve", "predictions", "right", "Brier", "ECE")]
        for place, (name, q) in enumerate(zip(numbers.names, numbers.qualities, strict=True)):
            label, colour = f"{name}, ECE {q.ece:.3f}", style.colour(place)
            points = [[one.said, one.seen] for one in q.bins]
            series.append(_line(label, points, colour, symbol="circle"))
            bins = len(q.histogram)
            series.append(
                {
                    "type": "bar",
                    "name": label,
                    "xAxisIndex": 1,
                    "yAxisIndex": 1,
                    "itemStyle": {"color": colour},
                    "data": [
                        {
                            "value": total or None,  # there is no 0 on a logarithmic axis
                            "text": escape(
                                f"{name}: {total} between {b / bins:g} and {(b + 1) / bins:g}"
                            ),
                        }
                        for b, total in enumerate(q.histogram)
                    ],
                }
            )
            rows.append((name, str(q.count), str(q.right), f"{q.brier:.4f}", f"{q.ece:.4f}"))
        option = _square("probability said", f"share of {numbers.what}", series)
        bins = len(numbers.qualities[0].histogram)
        option |= {
            "grid": [
                {"left": 64, "right": 24, "top": 64, "height": 300},
                {"left": 64, "right": 24, "top": 440, "height": 120},
            ],
            "xAxis": [
                option["xAxis"],
                {
                    "type": "category",
                    "gridIndex": 1,
                    "name": "probability said",
                    "nameLocation": "middle",
                    "nameGap": 28,
                    "data": [f"{b / bins:g}–{(b + 1) / bins:g}" for b in range(bins)],
                },
            ],
            "yAxis": [option["yAxis"], _counts(numbers)],
        }
        return Chart(option, 640, tuple(rows))


def _counts(numbers: Curves) -> dict[str, Any]:
    """Axis of the histogram; rare bins would not show beside very full ones."""
    many = max(max(q.histogram) for q in numbers.qualities) > 100
    kind = {"type": "log", "min": 0.5} if many else {"type": "value"}
    return {**kind, "gridIndex": 1, "name": "predictions"}


def _line(
    name: str, points: list[Any], colour: str, kind: str = "solid", symbol: str = "none"
) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "symbol": symbol,
        "symbolSize": 8,
        "lineStyle": {"color": colour, "type": kind},
        "itemStyle": {"color": colour},
        "data": [
            {"value": point, "text": escape(f"{name}: ({point[0]:.3g}, {point[1]:.3g})")}
            for point in points
        ],
    }


def _square(x: str, y: str, series: list[dict[str, Any]]) -> dict[str, Any]:
    def axis(name: str, gap: int) -> dict[str, Any]:
        place = {"nameLocation": "middle", "nameGap": gap}
        return {"type": "value", "min": 0, "max": 1, "name": name, **place}

    return {
        "legend": {"top": 0, "type": "scroll"},
        "grid": {"left": 64, "right": 24, "top": 64, "bottom": 56},
        "xAxis": axis(x, 28),
        "yAxis": axis(y, 40),
        "series": series,
    }
