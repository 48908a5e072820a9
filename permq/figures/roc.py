"""`roc`: how well each pairing score tells right from wrong pairs, at every threshold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.figures.figure import Figure, Sources
from permq.history.training import right_against_wrong

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

NAMED = (
    "trace",
    "ratio",
    "gram",
    "hidden-cosine",
    "norm-correlation",
    "excess",
    "contraction",
    "gradient-mse",
)
"""Scores that are drawn, beside the ensemble of all."""
ENSEMBLE = "ensemble"


@dataclass(frozen=True, eq=False)
class Curve:
    """One score.

    Parameters
    ----------
    name
        Of the score.
    wrong, right
        (P,) shares of the wrong and of the right pairs that are accepted, ascending from 0 to 1.
    area
        Under the curve: the probability that a right pair is better than a wrong one.
    """

    name: str
    wrong: Array
    right: Array
    area: float


@dataclass(frozen=True, eq=False)
class Roc:
    """Curves, the best one first, and what the right pairs are called."""

    curves: tuple[Curve, ...]
    known: str


def curve(name: str, cost: Array, pair: Indices) -> Curve:
    """Curve of (L, L) costs, lower is better, by the (L,) right column of each row.

    Equal costs are accepted together, so that ties are a straight line.
    """
    turned = cost[:, pair]  # right pairs on the diagonal
    right = np.eye(len(pair), dtype=np.bool_).ravel()
    order = np.argsort(turned.ravel(), kind="stable")
    values, hits = turned.ravel()[order], right[order]
    last = np.append(np.flatnonzero(np.diff(values)), len(values) - 1)
    accepted = np.cumsum(hits)[last]
    refused = last + 1 - accepted
    wrong = np.concatenate([[0], refused / max((~right).sum(), 1)])
    return Curve(
        name,
        wrong,
        np.concatenate([[0], accepted / right.sum()]),
        right_against_wrong(turned),
    )


class RocFigure(Figure[Roc]):
    """Curves of the pairing scores."""

    name = "roc"
    summary = "receiver operating characteristic of the pairing scores, with their areas"

    def compute(self, sources: Sources) -> Roc:
        """Score all pairs by each of `NAMED`, by the chosen method, and by the ensemble."""
        from permq.pairing.ensemble import probabilities
        from permq.pairing.registry import SCORES

        inp, out = sources.order()
        if len(inp) < 2:
            raise sources.missing("with one block there is no wrong pair")
        pair = np.empty_like(inp)
        pair[inp] = out
        method = str(sources.options["method"])
        names = dict.fromkeys([*NAMED, *([method] if method in SCORES else [])])
        costs = {name: SCORES[name].cost(sources.puzzle) for name in names}
        costs[ENSEMBLE] = -probabilities(sources.puzzle)
        curves = [curve(name, cost, pair) for name, cost in costs.items()]
        return Roc(tuple(sorted(curves, key=lambda one: -one.area)), sources.known)

    def draw(self, numbers: Roc) -> "Drawing":
        """Few wrong pairs are what counts, so their share is logarithmic on the left."""
        from permq.figures import style

        drawing = style.canvas(f"How pairing scores tell {numbers.known} pairs from others", 6.5)
        left, right = drawing.subplots(1, 2, sharey=True)
        shares = np.concatenate([one.wrong for one in numbers.curves])
        edge = float(shares[shares > 0].min()) / 2  # stands for none at all
        for place, one in enumerate(numbers.curves):
            look: dict[str, Any] = {
                "color": style.colour(place),
                "ls": ("-", "--", "-.", ":")[place % 4],
                "lw": 2.4 if one.name == ENSEMBLE else 1.6,
            }
            label = f"{one.area:.4f}  {one.name}"
            left.plot(np.maximum(one.wrong, edge), one.right, label=label, **look)
            right.plot(one.wrong, one.right, **look)
        left.set_xscale("log")
        left.set_xlim(edge, 1)
        right.plot([0, 1], [0, 1], color=style.GREY, ls="--", lw=1)
        right.annotate("chance", (0.6, 0.56), rotation=38, color="#555555")
        for axes, scale in ((left, "logarithmic"), (right, "linear")):
            axes.set_xlabel(f"share of the other pairs accepted ({scale})")
            axes.set_ylim(-0.02, 1.02)
            style.grid(axes)
        left.set_ylabel(f"share of the {numbers.known} pairs accepted")
        drawing.legend(loc="outside right upper", title="area under the curve")
        return drawing


FIGURE = RocFigure()
