"""`emergence`: when right pairs begin to stand out, in a training or in the pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.arrangement import Arrangement
from permq.core.network import Array
from permq.errors import MissingDataError
from permq.figures.figure import Figure, Sources
from permq.figures.past import ages, answer_of, past
from permq.figures.trained import training_of, untrained
from permq.history.training import EMERGED, TrainingRecord, right_against_wrong
from permq.pairing.assignment import assign
from permq.pool.history import SnapshotRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

SHOWN = 7
"""Scores that are drawn, those that tell best at any time."""


@dataclass(frozen=True, eq=False)
class Emergence:
    """S scores at C moments.

    Parameters
    ----------
    moments
        (C,) epochs of the training, or seconds since the first snapshot.
    unit
        Of the moments.
    names
        (S,) scores.
    auc, right
        (C, S) probability that a right pair is better than a wrong one, and share of the right
        pairs in the best assignment.
    loss
        (C,) loss of the training, or cost of the pool's best.
    title
        What is shown.
    """

    moments: Array
    unit: str
    names: tuple[str, ...]
    auc: Array
    right: Array
    loss: Array
    title: str

    @property
    def emerged(self) -> Array:
        """(S,) moment at which a score first reaches `EMERGED`; NaN where it never does."""
        there = self.auc >= EMERGED
        return np.where(there.any(axis=0), self.moments[there.argmax(axis=0)], np.nan)


def of_training(record: TrainingRecord, whose: str = "") -> Emergence:
    """The scores that tell best, those that emerge first in front."""
    best = np.argsort(-record.auc.max(axis=0), kind="stable")[:SHOWN].tolist()
    trace = record.scores.index("trace") if "trace" in record.scores else None
    if trace is not None and trace not in best:
        best = [*best[:-1], trace]
    return Emergence(
        moments=record.epochs.astype(np.float64),
        unit="epoch",
        names=tuple(record.scores[place] for place in best),
        auc=record.auc[:, best],
        right=record.right[:, best],
        loss=record.loss,
        title=f"Emergence of the pairing scores during training{whose}",
    )


def of_pool(rows: Sequence[SnapshotRow], answer: Arrangement, known: str) -> Emergence:
    """Shares that the pool gives to pairs, and to blocks at positions, snapshot by snapshot."""
    inputs = {piece: place for place, piece in enumerate(answer.inputs)}
    outputs = {piece: place for place, piece in enumerate(answer.outputs)}
    auc, right = [], []
    for row in rows:
        pairs = np.zeros((answer.blocks, answer.blocks))
        places = np.zeros_like(pairs)
        for position, at in enumerate(row.placement or ()):
            for a, o, share in at:
                if a in inputs and o in outputs:  # square layers may have had other roles
                    pairs[inputs[a], outputs[o]] += share
                    places[inputs[a], position] += share
        auc.append([right_against_wrong(-pairs), right_against_wrong(-places)])
        order = np.arange(answer.blocks)
        right.append([float(np.mean(assign(-one) == order)) for one in (pairs, places)])
    return Emergence(
        moments=ages(rows),
        unit="seconds since the first snapshot",
        names=("pairs in the pool", "positions in the pool"),
        auc=np.array(auc),
        right=np.array(right),
        loss=np.array([row.best_cost for row in rows]),
        title=f"Emergence of the {known} pairs and positions in the pool",
    )


class EmergenceFigure(Figure[Emergence]):
    """Right against wrong over time."""

    name = "emergence"
    summary = "when each score begins to tell right from wrong in training, or the pool does"

    def compute(self, sources: Sources) -> Emergence:
        """Of the training where it was recorded, else of a twin's, else of the pool."""
        seen = training_of(sources)
        if seen is not None:
            return of_training(*seen)
        try:
            return of_pool(past(sources, least=2), answer_of(sources), sources.known)
        except MissingDataError as error:
            raise untrained(sources, error) from None

    def draw(self, numbers: Emergence) -> "Drawing":
        """Areas, shares of right pairs, and the loss below them."""
        from permq.figures import style

        drawing = style.canvas(numbers.title, 9.0)
        above, middle, below = drawing.subplots(3, 1, sharex=True, height_ratios=[3, 2, 1])
        for place, (name, when) in enumerate(zip(numbers.names, numbers.emerged, strict=True)):
            look = {
                "color": style.colour(place),
                "marker": style.MARKERS[place % len(style.MARKERS)],
                "ms": 4,
            }
            told = "never" if np.isnan(when) else f"{when:.4g}"
            above.plot(numbers.moments, numbers.auc[:, place], label=f"{name}: {told}", **look)
            middle.plot(numbers.moments, 100 * numbers.right[:, place], **look)
        above.axhline(EMERGED, color=style.GREY, ls="--", lw=1)
        above.axhline(0.5, color=style.GREY, ls=":", lw=1)
        for text, height in ((f"told apart: {EMERGED}", EMERGED), ("chance", 0.5)):
            above.annotate(
                text,
                (1, height),
                xycoords=("axes fraction", "data"),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
            )
        above.set_ylabel("right against wrong\n(area under the curve)")
        above.set_ylim(min(0.4, float(numbers.auc.min()) - 0.02), 1.02)
        middle.set_ylabel("right in the best\nassignment (%)")
        middle.set_ylim(-4, 104)
        below.plot(numbers.moments, np.maximum(numbers.loss, 1e-16), color=style.BLACK)
        below.set_yscale("log")
        below.set_ylabel("loss" if numbers.unit == "epoch" else "best cost")
        training = numbers.unit == "epoch"
        below.set_xlabel(f"{numbers.unit} (logarithmic beyond 1)" if training else numbers.unit)
        if training:
            below.set_xscale("symlog", linthresh=1)
            shown = _spaced(numbers.moments)
            below.set_xticks(shown, [f"{epoch:g}" for epoch in shown])
            below.minorticks_off()
        below.set_xlim(left=0)
        for axes in (above, middle, below):
            style.grid(axes)
        drawing.legend(
            loc="outside lower left", ncols=4, title=f"first at {EMERGED} ({numbers.unit})"
        )
        return drawing


def _spaced(epochs: Array) -> list[float]:
    """Epochs of the checkpoints that can be written side by side on a logarithmic axis."""
    shown: list[float] = []
    for epoch in epochs.tolist():
        if not shown or epoch >= max(shown[-1] * 1.25, shown[-1] + 1):
            shown.append(epoch)
    return shown


FIGURE = EmergenceFigure()
