"""`error_localization`: which positions were wrong, when they became right, and by which method."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.arrangement import Arrangement
from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.figures.figure import Figure, Sources
from permq.figures.past import answer_of
from permq.pool import history

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

WRONG, PAIRED, RIGHT = 0, 1, 2
"""Neither pair nor place; the right pair at another position; the right block."""
SHOWN = 60
"""Improvements that are drawn, evenly chosen; the first and the last among them."""


@dataclass(frozen=True, eq=False)
class ErrorLocalization:
    """K improvements of the pool's best, L positions.

    Parameters
    ----------
    state
        (K, L) `WRONG`, `PAIRED` or `RIGHT`.
    since
        (L,) improvement from which on the position stays right; K where it never does.
    methods
        (K,) what found each.
    costs, seconds
        (K,) costs, and times since the first.
    known
        What counts as right: the `right` or the `best known` arrangement.
    """

    state: Indices
    since: Indices
    methods: tuple[str, ...]
    costs: Array
    seconds: Array
    known: str


def states_of(answers: Sequence[Arrangement], right: Arrangement) -> Indices:
    """(K, L) what each arrangement has at each position, against the right one."""
    pairs = set(right.pairing.items())
    wanted = list(zip(right.inputs, right.outputs, strict=True))
    return np.array(
        [
            [
                RIGHT if block == truth else PAIRED if block in pairs else WRONG
                for block, truth in zip(
                    zip(one.inputs, one.outputs, strict=True), wanted, strict=True
                )
            ]
            for one in answers
        ],
        np.intp,
    )


def right_since(state: Indices) -> Indices:
    """(L,) row from which on a position stays `RIGHT`; K where it does not end so."""
    wrong = np.vstack([np.ones_like(state[:1], np.bool_), state != RIGHT])
    return np.asarray(len(state) - wrong[::-1].argmax(axis=0), np.intp)


class ErrorLocalizationFigure(Figure[ErrorLocalization]):
    """Errors over the improvements of the pool's best."""

    name = "error_localization"
    summary = "which positions were wrong, when they became right, by which method"

    def compute(self, sources: Sources) -> ErrorLocalization:
        """Compare each best of its time with the answer."""
        answer = answer_of(sources)
        with sources.reading() as cursor:
            rows = history.improvements(cursor, sources.row.id)
        if len(rows) < 2:
            raise sources.missing("its best has not improved yet")
        state = states_of([row.arrangement for row in rows], answer)
        first = rows[0].found_at
        return ErrorLocalization(
            state=state,
            since=right_since(state),
            methods=tuple(row.method for row in rows),
            costs=np.array([row.cost for row in rows]),
            seconds=np.array([(row.found_at - first).total_seconds() for row in rows]),
            known=sources.known,
        )

    def draw(self, numbers: ErrorLocalization) -> "Drawing":
        """States of the positions over the improvements; below, the method that settled each."""
        from matplotlib.colors import ListedColormap
        from matplotlib.patches import Patch
        from matplotlib.ticker import MaxNLocator

        from permq.figures import style

        count, blocks = numbers.state.shape
        shown = np.unique(np.linspace(0, count - 1, min(count, SHOWN)).round().astype(int))
        right = int((numbers.since < count).sum())
        drawing = style.canvas(
            f"Errors of the pool's best against the {numbers.known} arrangement: "
            f"{right} of {blocks} positions right after {count} improvements",
            8.5,
        )
        above, below = drawing.subplots(2, 1, sharex=True, height_ratios=[4, 1])
        colours = (style.BLUE, style.SKY, style.YELLOW)
        above.imshow(
            numbers.state[shown],
            cmap=ListedColormap(colours),
            vmin=-0.5,
            vmax=2.5,
            aspect="auto",
            interpolation="none",
        )
        named = ("wrong pair", "right pair, wrong position", "right")
        patches = [Patch(color=c, label=name) for c, name in zip(colours, named, strict=True)]
        above.legend(handles=patches, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
        ticks = np.unique(np.linspace(0, len(shown) - 1, min(len(shown), 16)).astype(int))
        above.set_yticks(
            ticks, [f"{numbers.costs[shown[t]]:.2g}  {numbers.methods[shown[t]]}" for t in ticks]
        )
        above.set_ylabel("cost and method of the improvements, in order of time")
        methods = list(dict.fromkeys(numbers.methods))
        positions = np.arange(blocks)
        for place, method in enumerate(methods):
            mine = [
                position
                for position in positions
                if numbers.since[position] < count
                and numbers.methods[numbers.since[position]] == method
            ]
            when = numbers.since[mine]
            below.plot(
                mine,
                when + 1,
                style.MARKERS[place % len(style.MARKERS)],
                color=style.colour(place),
                ms=7,
                label=f"{method}: {len(mine)}",
            )
        never = positions[numbers.since == count]
        if len(never):
            below.plot(
                never, np.full(len(never), count + 1), "x", color=style.GREY, label="not yet"
            )
        below.set_ylabel("right since\nimprovement no.")
        below.set_ylim(0.5, count + 1.5)
        below.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        below.set_xlabel("position")
        style.grid(below)
        below.set_xlim(-0.5, blocks - 0.5)
        style.positions(below, blocks)
        drawing.legend(
            handles=below.get_legend_handles_labels()[0],
            loc="outside lower left",
            ncols=8,
            title="became right by",
        )
        return drawing


FIGURE = ErrorLocalizationFigure()
