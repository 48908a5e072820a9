"""`calibration`: whether probabilities of pairs and of places mean what they say."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.diagnosis import posterior
from permq.figures.figure import Figure, Sources
from permq.figures.orders import orders_of
from permq.pairing.reliability import Bin, calibration_error, reliability

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

BINS = 10


@dataclass(frozen=True, eq=False)
class Judged:
    """Probabilities, and how often what they speak of is so.

    Parameters
    ----------
    name
        What they are probabilities of.
    bins
        See `permq.pairing.reliability`.
    error
        Expected calibration error.
    brier
        Mean squared difference of probability and truth.
    counts
        (`BINS`,) probabilities by size.
    """

    name: str
    bins: tuple[Bin, ...]
    error: float
    brier: float
    counts: Array


@dataclass(frozen=True, eq=False)
class Calibration:
    """What was judged, and what the truth is called."""

    judged: tuple[Judged, ...]
    known: str


def judge(name: str, shares: Array, truth: Indices) -> Judged:
    """Judge (L, L) probabilities by the (L,) column that is true in each row."""
    bins = reliability([(shares, truth)], BINS)
    right = np.zeros_like(shares)
    right[np.arange(len(truth)), truth] = 1
    counts = np.histogram(np.clip(shares, 0, 1), BINS, (0, 1))[0]
    return Judged(
        name,
        tuple(bins),
        calibration_error(bins),
        float(np.mean((shares - right) ** 2)),
        counts.astype(np.float64),
    )


class CalibrationFigure(Figure[Calibration]):
    """Reliability of two kinds of probabilities."""

    name = "calibration"
    summary = "reliability of the pairing probabilities and of the placement posterior"

    def compute(self, sources: Sources) -> Calibration:
        """Judge the ensemble's pairs and the pool's places by the answer."""
        from permq.pairing.ensemble import probabilities

        inp, out = sources.order()
        pair, place = np.empty_like(inp), np.empty_like(inp)
        pair[inp], place[inp] = out, np.arange(len(inp))
        orders = orders_of(sources.puzzle, sources.top())
        shares = posterior.placement(orders.inp, posterior.boltzmann_weights(orders.costs))
        judged = (
            judge("pairs, by the ensemble of scores", probabilities(sources.puzzle), pair),
            judge(f"places, by the best {len(orders.rows)} solutions", shares, place),
        )
        return Calibration(judged, sources.known)

    def draw(self, numbers: Calibration) -> "Drawing":
        """Reliability above, how many probabilities there are below."""
        from permq.figures import style

        drawing = style.canvas(f"Calibration against the {numbers.known} arrangement", 7.5)
        panels = drawing.subplots(2, len(numbers.judged), height_ratios=[3, 1], sharex=True)
        for place, judged in enumerate(numbers.judged):
            above, below = panels[0, place], panels[1, place]
            above.plot([0, 1], [0, 1], color=style.GREY, ls="--", label="perfectly calibrated")
            said = [one.said for one in judged.bins]
            seen = [one.seen for one in judged.bins]
            above.plot(
                said, seen, "o-", color=style.BLUE, label="bins, with their number of entries"
            )
            for one in judged.bins:
                above.annotate(
                    f"{one.count}",
                    (one.said, one.seen),
                    xytext=(0, -14) if one.seen > 0.5 else (0, 8),
                    textcoords="offset points",
                    ha="center",
                    fontsize=9,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
                )
            above.set_title(
                f"{judged.name}\nexpected calibration error {judged.error:.3f}, "
                f"Brier score {judged.brier:.4f}"
            )
            above.set_xlim(-0.03, 1.08)
            above.set_ylim(-0.05, 1.08)
            above.set_ylabel("share that is so")
            above.legend(loc="lower right")
            style.grid(above)
            edges = (np.arange(BINS) + 0.5) / BINS
            below.bar(edges, judged.counts, 0.09, color=style.SKY)
            below.set_yscale("log")
            below.set_ylim(bottom=0.5)
            below.set_ylabel("entries")
            below.set_xlabel("probability")
            style.grid(below, "y")
        return drawing


FIGURE = CalibrationFigure()
