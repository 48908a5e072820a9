"""`radar`: skills of the search, one polygon per snapshot, per method and per solver."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np

from permq.core.arrangement import Arrangement, kendall_tau, pairs_right
from permq.core.network import Array
from permq.figures.figure import Figure, Sources
from permq.figures.past import answer_of, past
from permq.history.snapshot import layers
from permq.pool import history, runs
from permq.pool.history import SnapshotRow
from permq.pool.runs import RunRow
from permq.pool.solutions import SolutionRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing
    from matplotlib.projections.polar import PolarAxes

SKILLS = ("pairs agree", "order agrees", "positions\nlocked", "steps/s\n(of the most)")
POLYGONS = 5
LEAST = 3
"""Regimes that a polygon needs."""


@dataclass(frozen=True, eq=False)
class Web:
    """Polygons over common axes.

    Parameters
    ----------
    title
        What the polygons are.
    axes, names
        (A,) axes, (P,) polygons.
    values
        (P, A) from 0 to 1; NaN where nothing is known, drawn at 0.
    """

    title: str
    axes: tuple[str, ...]
    names: tuple[str, ...]
    values: Array


@dataclass(frozen=True, eq=False)
class Radar:
    """Webs side by side, and what the arrangement that agreement is taken with is called."""

    webs: tuple[Web, ...]
    known: str


def skill(best: Arrangement, answer: Arrangement) -> tuple[float, float]:
    """Share of the answer's pairs, and Kendall's correlation of the orders (below 0 counts as 0).

    Arrangements with other roles of square layers have no common order: 0 then.
    """
    same = set(best.inputs) == set(answer.inputs)
    order = max(kendall_tau(best, answer), 0.0) if same else 0.0
    return pairs_right(best, answer) / answer.blocks, order


def relative(speeds: Sequence[float]) -> list[float]:
    """Speeds as shares of the largest; NaN where none is known."""
    most = max(speeds, default=0.0)
    return [speed / most if most > 0 and speed > 0 else float("nan") for speed in speeds]


def by_snapshot(rows: Sequence[SnapshotRow], answer: Arrangement, most: float) -> Web:
    """Skills of the pool at snapshots; `most` is the steps/s that count as 1."""
    values = []
    for row in rows:
        speed = row.numbers["speed"] / most if most > 0 else float("nan")
        agree = skill(Arrangement.of(row.permutation), answer)
        values.append([*agree, row.numbers["locked"], speed])
    names = tuple(f"{row.at:%m-%d %H:%M:%S}" for row in rows)
    return Web("the pool over time", SKILLS, names, np.array(values))


def by_method(rows: Sequence[SolutionRow], answer: Arrangement, speeds: Mapping[str, float]) -> Web:
    """Skills of the methods that found most of the best solutions."""
    found: dict[str, list[SolutionRow]] = defaultdict(list)
    for row in rows:
        found[row.method].append(row)
    chosen = sorted(found, key=lambda name: (-len(found[name]), name))[:POLYGONS]
    shares = relative([speeds.get(name, 0.0) for name in chosen])
    values = [
        [*skill(found[name][0].arrangement, answer), locked(found[name]), share]
        for name, share in zip(chosen, shares, strict=True)
    ]
    names = tuple(f"{name} ({len(found[name])})" for name in chosen)
    return Web("methods, by their best", SKILLS, names, np.array(values))


def locked(rows: Sequence[SolutionRow]) -> float:
    """Share of the positions that are locked; NaN for a single solution."""
    if len(rows) < 2:
        return float("nan")
    from permq.diagnosis.agreement import agreement

    inputs, outputs = layers([row.permutation for row in rows])
    return agreement(list(zip(inputs, outputs, strict=True))).locked


def by_regime(rows: Sequence[RunRow]) -> Web | None:
    """Share of solved runs by regime, for each solver; None with fewer than three regimes."""
    ended = [row for row in rows if row.regime is not None and row.solved is not None]
    regimes = sorted({str(row.regime) for row in ended})
    if len(regimes) < LEAST:
        return None
    solvers = sorted({row.solver for row in ended})[:POLYGONS]
    solved: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in ended:
        solved[row.solver, str(row.regime)].append(bool(row.solved))
    values = [
        [
            float(np.mean(solved[solver, regime])) if solved[solver, regime] else float("nan")
            for regime in regimes
        ]
        for solver in solvers
    ]
    return Web("benchmark: share solved", tuple(regimes), tuple(solvers), np.array(values))


class RadarFigure(Figure[Radar]):
    """Skills of the search."""

    name = "radar"
    summary = "skills of the search by snapshot and method, success on the benchmark by regime"

    def compute(self, sources: Sources) -> Radar:
        """Take five snapshots, the methods of the best solutions, and all runs of benchmarks."""
        return self._radar(sources, past(sources))

    def frames(self, sources: Sources, most: int) -> list[Radar]:
        """The same for each snapshot: the first one, and what came of it."""
        rows = past(sources, most, least=2)
        whole = self._radar(sources, rows)
        speed = max(row.numbers["speed"] for row in rows)
        answer = answer_of(sources)
        frames = []
        for row in rows:
            web = by_snapshot([rows[0], row], answer, speed)
            frames.append(replace(whole, webs=(replace(web, title=whole.webs[0].title),)))
        return frames

    def _radar(self, sources: Sources, rows: Sequence[SnapshotRow]) -> Radar:
        answer = answer_of(sources)
        with sources.reading() as cursor:
            speeds = history.speeds(cursor, sources.row.id)
            benchmark = by_regime(runs.listing(cursor))
        chosen = np.unique(np.linspace(0, len(rows) - 1, POLYGONS).round().astype(int))
        speed = max(row.numbers["speed"] for row in rows)
        webs = [
            by_snapshot([rows[place] for place in chosen], answer, speed),
            by_method(sources.top(), answer, speeds),
        ]
        return Radar((*webs, *([benchmark] if benchmark else [])), sources.known)

    def draw(self, numbers: Radar) -> "Drawing":
        """Two webs in a row."""
        from permq.figures import style

        count = len(numbers.webs)
        rows, columns = -(-count // 2), min(count, 2)
        drawing = style.canvas(
            f"Skills of the search, against the {numbers.known} arrangement; the rim is 100 %",
            7.0 * rows,
        )
        for place, web in enumerate(numbers.webs):
            axes = drawing.add_subplot(rows, columns, place + 1, projection="polar")
            _spin(cast("PolarAxes", axes), web)
        return drawing


def _spin(axes: "PolarAxes", web: Web) -> None:
    """Draw one web."""
    from permq.figures import style

    angles = np.linspace(0, 2 * np.pi, len(web.axes), endpoint=False)
    for place, (name, values) in enumerate(zip(web.names, web.values, strict=True)):
        closed = np.append(np.nan_to_num(values), np.nan_to_num(values[:1]))
        colour = style.colour(place)
        axes.plot(
            np.append(angles, angles[0]),
            closed,
            marker=style.MARKERS[place % len(style.MARKERS)],
            color=colour,
            ls=("-", "--", "-.", ":")[place % 4],
            label=name,
            clip_on=False,
        )
        axes.fill(angles, closed[:-1], color=colour, alpha=0.06)
    unknown = [bool(np.isnan(column).all()) for column in web.values.T]
    names = [
        f"{name}\n(not known)" if nothing else name
        for name, nothing in zip(web.axes, unknown, strict=True)
    ]
    axes.set_theta_offset(np.pi / 2)
    axes.set_theta_direction(-1)
    axes.set_xticks(angles, names, fontsize=10 if len(names) < 8 else 8)
    for label, angle in zip(axes.get_xticklabels(), angles, strict=True):
        side = np.sin(angle)  # clockwise from the top
        label.set_horizontalalignment(
            "center" if abs(side) < 0.1 else "left" if side > 0 else "right"
        )
        # a text of several lines grows away from the rim
        low = abs(side) < 0.1 and np.cos(angle) < 0
        label.set_verticalalignment("top" if low else "bottom" if abs(side) < 0.1 else "center")
    axes.set_ylim(0, 1)
    axes.set_yticks([0.25, 0.5, 0.75, 1], ["", "50 %", "", ""], fontsize=9)
    axes.set_rlabel_position(180 / len(names))
    axes.set_title(web.title, loc="center", pad=32)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=1 if len(names) > 8 else 2)


FIGURE = RadarFigure()
