"""`probability_trajectory`: when the pool settles each position, and where it is wrongly sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.figures.figure import Figure, Sources
from permq.figures.past import answer_of, past, shares_of
from permq.history.snapshot import LEAST_SHARE
from permq.pool.history import SnapshotRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

    from permq.core.arrangement import Arrangement

SURE = float(np.log(2))
"""Entropy below which a position counts as sure: less than two blocks in effect."""
SETTLED = 0.5
"""Share from which a position is settled."""


@dataclass(frozen=True, eq=False)
class ProbabilityTrajectory:
    """S snapshots of L positions.

    Parameters
    ----------
    log_probability
        (S, L) natural logarithm of the share of the right or final block, not below that of
        `LEAST_SHARE`.
    overconfident, underconfident
        (S, L) positions that are sure of another block; and that have this one first, unsure.
    labels
        (S,) times.
    known
        What the blocks are called: `right` or `best known`.
    """

    log_probability: Array
    overconfident: NDArray[np.bool_]
    underconfident: NDArray[np.bool_]
    labels: tuple[str, ...]
    known: str

    @property
    def settled(self) -> Indices:
        """(L,) snapshot from which on a position stays settled; S where it never does."""
        below = np.vstack([np.ones_like(self.overconfident[:1]), self.unsettled])
        return np.asarray(len(below) - 1 - below[::-1].argmax(axis=0), np.intp)

    @property
    def unsettled(self) -> NDArray[np.bool_]:
        """(S, L) positions that have other blocks for the most part."""
        return np.asarray(self.log_probability < np.log(SETTLED))


def trajectory(
    rows: Sequence[SnapshotRow], answer: "Arrangement", known: str
) -> ProbabilityTrajectory:
    """How the answer's block does at each position, snapshot by snapshot."""
    shares = np.stack([shares_of(row, answer) for row in rows])  # (S, L)
    entropy = np.array([row.numbers["entropy"] for row in rows])
    blocks = list(zip(answer.inputs, answer.outputs, strict=True))
    leading = ([tuple(at[0][:2]) for at in row.placement or ()] for row in rows)
    first = np.array(
        [[one == block for one, block in zip(at, blocks, strict=True)] for at in leading]
    )
    return ProbabilityTrajectory(
        log_probability=np.log(np.maximum(shares, LEAST_SHARE)),
        overconfident=(entropy < SURE) & ~first,
        underconfident=(entropy >= SURE) & first,
        labels=tuple(f"{row.at:%m-%d %H:%M:%S}" for row in rows),
        known=known,
    )


class ProbabilityTrajectoryFigure(Figure[ProbabilityTrajectory]):
    """Positions over time."""

    name = "probability_trajectory"
    summary = "when each position was settled, and which are over- and underconfident"

    def compute(self, sources: Sources) -> ProbabilityTrajectory:
        """Look at up to 100 snapshots."""
        return trajectory(past(sources, least=2), answer_of(sources), sources.known)

    def draw(self, numbers: ProbabilityTrajectory) -> "Drawing":
        """The heat map, and counts of wrongly sure and unsure positions beside it."""
        from permq.figures import style

        snapshots, blocks = numbers.log_probability.shape
        done = int((numbers.settled < snapshots).sum())
        drawing = style.canvas(
            f"Probability of the {numbers.known} block by position and snapshot: "
            f"{done} of {blocks} settled",
            8.0,
        )
        left, right = drawing.subplots(1, 2, sharey=True, width_ratios=[4, 1])
        image = left.imshow(
            numbers.log_probability,
            cmap=style.SEQUENTIAL,
            vmin=np.log(LEAST_SHARE),
            vmax=0,
            aspect="auto",
            interpolation="none",
        )
        drawing.colorbar(image, ax=right, label="log probability (nats)")
        settled = np.where(numbers.settled < snapshots, numbers.settled - 0.5, np.nan)
        left.step(
            np.arange(-1, blocks + 1),
            np.concatenate([settled[:1], settled, settled[-1:]]),
            where="mid",
            color=style.VERMILION,
            lw=2,
            label=f"settled from here on (share ≥ {SETTLED:.0%})",
        )
        last = snapshots - 1
        for mask, marker, colour, name in (
            (numbers.overconfident, "^", style.VERMILION, "sure of another block at the end"),
            (numbers.underconfident, "v", style.BLUE, "unsure at the end, though it is first"),
        ):
            places = np.flatnonzero(mask[last])
            left.plot(
                places,
                np.full(len(places), last + 0.5 + 0.03 * snapshots),
                marker,
                color=colour,
                ms=6,
                ls="none",
                label=f"{name}: {len(places)}",
            )
        left.set_xlim(-0.5, blocks - 0.5)
        left.set_ylim(last + 0.5 + 0.06 * snapshots, -0.5)
        left.set_xlabel("position")
        left.set_ylabel("time of the snapshot")
        style.positions(left, blocks)
        ticks = sorted(set(np.linspace(0, last, 12).astype(int).tolist()))
        left.set_yticks(ticks, [numbers.labels[tick] for tick in ticks])
        rows = np.arange(snapshots)
        over, under = numbers.overconfident.sum(axis=1), numbers.underconfident.sum(axis=1)
        right.plot(over, rows, "^-", color=style.VERMILION, ms=4, label="overconfident")
        right.plot(under, rows, "v--", color=style.BLUE, ms=4, label="underconfident")
        right.set_xlabel("positions")
        right.xaxis.get_major_locator().set_params(integer=True)
        right.set_xlim(-0.5, max(blocks * 0.1, 1.0, over.max() + 1, under.max() + 1))
        right.tick_params(labelleft=False)
        right.set_title("by entropy")
        style.grid(right, "x")
        drawing.legend(loc="outside lower left", ncols=3)
        return drawing


FIGURE = ProbabilityTrajectoryFigure()
