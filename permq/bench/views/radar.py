"""`radar`: solvers over all metrics at once."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from permq.bench.table import Metric, Table
from permq.bench.views.view import Chart, Normalisation, Options, View
from permq.core.network import Array
from permq.errors import MissingDataError
from permq.figures import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

LEAST = 3
"""Metrics that make an area."""

EXPLAINED: dict[str, str] = {
    "min-max": "1 is the best solver, 0 the worst",
    "percentile": "share of all runs that are no better than the solver's mean",
    "absolute": "shares as they are; else the best solver's value against this one's",
}


@dataclass(frozen=True, eq=False)
class Polygons:
    """A polygon per solver.

    Parameters
    ----------
    title
        Of the picture.
    normalise
        How the metrics came to one scale, on which 1 is best.
    metrics, solvers
        Names.
    raw, scaled
        (solvers, metrics) means, and what is drawn.
    """

    title: str
    normalise: Normalisation
    metrics: tuple[str, ...]
    solvers: tuple[str, ...]
    raw: Array
    scaled: Array


class Radar(View[Polygons]):
    """Every solver's means over the metrics of which it is known what is better."""

    name = "radar"
    summary = "solvers over all metrics, on one scale"
    each_metric = False

    def compute(self, table: Table, metric: Metric | None, options: Options) -> Polygons:
        """Mean by solver and metric, normalised."""
        solvers = table.names("solver")
        judged = [one for one in table.metrics() if one.better is not None]
        groups = {one.name: table.grouped(one, "solver") for one in judged}
        judged = [one for one in judged if all((s,) in groups[one.name] for s in solvers)]
        if len(judged) < LEAST:
            raise MissingDataError(
                f"{len(judged)} metrics are known of every solver, a radar needs {LEAST}"
            )
        if len(solvers) < 2 and options.normalise != "absolute":
            raise MissingDataError(
                f"one solver alone has no {options.normalise} scale; take --normalise absolute"
            )
        raw = np.array(
            [[one.estimate(groups[one.name][s,]).mean for one in judged] for s in solvers]
        )
        scaled = np.stack(
            [
                scaled_by(
                    options.normalise,
                    one,
                    raw[:, place],
                    np.array([v for v in table.values(one) if v is not None]),
                )
                for place, one in enumerate(judged)
            ],
            axis=1,
        )
        return Polygons(
            title=f"{table.name}: solvers over metrics ({options.normalise})",
            normalise=options.normalise,
            metrics=tuple(one.title for one in judged),
            solvers=solvers,
            raw=raw,
            scaled=scaled,
        )

    def about(self, options: Options) -> str:
        """How it is normalised."""
        return f"all-{options.normalise}"

    def draw(self, numbers: Polygons) -> "Drawing":
        """Draw polygons that do not hide each other."""
        drawing = style.canvas(numbers.title, height=8.0)
        axes: Any = drawing.add_subplot(projection="polar")
        angles = np.linspace(0, 2 * np.pi, len(numbers.metrics), endpoint=False)
        closed = np.append(angles, angles[0])
        for place, (solver, row) in enumerate(zip(numbers.solvers, numbers.scaled, strict=True)):
            axes.plot(
                closed,
                np.append(row, row[0]),
                color=style.colour(place),
                marker=style.MARKERS[place % len(style.MARKERS)],
                label=solver,
            )
            axes.fill(closed, np.append(row, row[0]), color=style.colour(place), alpha=0.08)
        axes.set_theta_offset(np.pi / 2)
        axes.set_theta_direction(-1)
        axes.set_ylim(0, 1.02)
        axes.set_yticks([0.25, 0.5, 0.75, 1.0], ["", "0.5", "", "1"])
        axes.set_xticks(angles, [""] * len(angles))
        for angle, name in zip(angles, numbers.metrics, strict=True):
            side = np.sin(angle)
            place_of = "center" if abs(side) < 0.1 else "left" if side > 0 else "right"
            axes.text(angle, 1.1, name.replace(" (", "\n("), ha=place_of, va="center")
        axes.set_xlabel(EXPLAINED[numbers.normalise], labelpad=24)
        drawing.legend(loc="outside right upper")
        return drawing

    def chart(self, numbers: Polygons) -> Chart:
        """Same polygons, with the raw means on touch."""
        data: list[dict[str, Any]] = []
        rows = [("solver", *numbers.metrics)]
        for place, solver in enumerate(numbers.solvers):
            raw, scaled = numbers.raw[place], numbers.scaled[place]
            told = "<br>".join(
                escape(f"{name}: {value:.4g} → {share:.2f}")
                for name, value, share in zip(numbers.metrics, raw, scaled, strict=True)
            )
            data.append(
                {
                    "value": [float(value) for value in scaled],
                    "name": solver,
                    "text": f"<b>{escape(solver)}</b><br>{told}",
                    "itemStyle": {"color": style.colour(place)},
                    "lineStyle": {"color": style.colour(place)},
                    "areaStyle": {"color": style.colour(place), "opacity": 0.08},
                }
            )
            rows.append((solver, *(f"{value:.6g}" for value in raw)))
        option = {
            "legend": {"top": 0, "data": list(numbers.solvers)},
            "radar": {
                "indicator": [{"name": name, "min": 0, "max": 1} for name in numbers.metrics],
                "radius": "62%",
                "axisName": {"color": "#333"},
            },
            "series": [{"type": "radar", "data": data}],
        }
        return Chart(option, 560, tuple(rows))


def scaled_by(normalise: Normalisation, metric: Metric, means: Array, runs: Array) -> Array:
    """(solvers,) means on a scale from 0 to 1, on which more is better.

    Parameters
    ----------
    normalise
        `min-max` over the solvers; `percentile` among all runs; `absolute`, see `EXPLAINED`.
    metric
        Which; on logarithmic scales min-max takes logarithms.
    means
        (solvers,).
    runs
        (n,) values of all runs.
    """
    sign = -1.0 if metric.better == "low" else 1.0
    if normalise == "percentile":
        return np.array([float(np.mean(sign * runs <= sign * mean + 1e-12)) for mean in means])
    if normalise == "absolute":
        if metric.kind != "number":
            return means
        best = means.min() if sign < 0 else means.max()
        ratio = (best, means) if sign < 0 else (means, best)
        return np.asarray(np.divide(ratio[0], np.maximum(ratio[1], 1e-300)))
    values = sign * (np.log(np.maximum(means, 1e-300)) if metric.log else means)
    low, high = values.min(), values.max()
    return np.ones_like(values) if high == low else (values - low) / (high - low)
