"""`pool_agreement`: where the best solutions agree, position by position."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.diagnosis.agreement import LOCKED, MIXED, ZONES, agreement
from permq.figures.figure import Figure, Sources

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True, eq=False)
class PoolAgreement:
    """Agreement of solutions.

    Parameters
    ----------
    count
        Solutions compared.
    share
        (L,) share of the solutions that run the most frequent pair there.
    zone
        (L,) place in `ZONES`.
    inputs, outputs
        (L,) effective number of different layers there: the exponential of the entropy, 1 where
        all agree.
    """

    count: int
    share: Array
    zone: Indices
    inputs: Array
    outputs: Array


def agreed(inp: Indices, out: Indices) -> PoolAgreement:
    """Agreement of S solutions, (S, L) layers in running order."""
    found = agreement(list(zip(inp, out, strict=True)))
    return PoolAgreement(
        len(inp), found.share, found.zone, effective_number(inp), effective_number(out)
    )


def effective_number(layers: Indices) -> Array:
    """(L,) exponential of the entropy (Hill number of order 1) of layers (S, L) per position."""
    numbers = []
    for column in layers.T:
        share = np.unique(column, return_counts=True)[1] / len(column)
        numbers.append(np.exp(-(share * np.log(share)).sum()))
    return np.array(numbers, np.float64)


class PoolAgreementFigure(Figure[PoolAgreement]):
    """Agreement and diversity of the best solutions."""

    name = "pool_agreement"
    summary = "share of the best solutions that agree per position, zones, diversity of layers"

    def compute(self, sources: Sources) -> PoolAgreement:
        """Compare the best solutions, two at least, by their pieces."""
        arrangements = [row.arrangement for row in sources.top(least=2)]
        # pieces instead of local indices: square layers have other indices in every solution
        return agreed(
            np.array([one.inputs for one in arrangements], np.intp),
            np.array([one.outputs for one in arrangements], np.intp),
        )

    def draw(self, numbers: PoolAgreement) -> "Drawing":
        """Shares above, diversity below."""
        from matplotlib.patches import Patch

        from permq.figures import style

        blocks = len(numbers.share)
        counts = np.bincount(numbers.zone, minlength=3)
        drawing = style.canvas(f"Agreement of the best {numbers.count} solutions", 7.0)
        above, below = drawing.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        colours = (style.BLUE, style.SKY, style.ORANGE)
        bounds = (f"from {LOCKED:.0%}", f"from {MIXED:.0%}", "below")
        for place, zone in enumerate(numbers.zone):
            above.axvspan(place - 0.5, place + 0.5, color=colours[zone], alpha=0.3, lw=0)
        positions = np.arange(blocks)
        above.plot(positions, 100 * numbers.share, "o-", color=style.BLACK, ms=4)
        line = above.axhline(100 * MIXED, color=style.VERMILION, ls="--", label=f"{MIXED:.0%}")
        above.set_ylim(0, 104)
        above.set_ylabel("solutions that agree on\nthe most frequent pair (%)")
        patches = [
            Patch(color=colour, alpha=0.3, lw=0, label=f"{name} ({when}): {number} positions")
            for colour, name, when, number in zip(colours, ZONES, bounds, counts, strict=True)
        ]
        above.legend(handles=[*patches, line], loc="lower left", ncols=4, bbox_to_anchor=(0, 1))
        below.step(positions, numbers.inputs, where="mid", color=style.BLUE, label="input layers")
        below.step(
            positions,
            numbers.outputs,
            where="mid",
            color=style.ORANGE,
            ls="--",
            label="output layers",
        )
        below.set_ylim(bottom=0.9)
        below.set_ylabel("different layers\n(effective number)")
        below.set_xlabel("position")
        below.legend(loc="lower right", ncols=2, bbox_to_anchor=(1, 1))
        style.grid(below)
        below.set_xlim(-0.5, blocks - 0.5)
        style.positions(below, blocks)
        return drawing


FIGURE = PoolAgreementFigure()
