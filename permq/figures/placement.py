"""`placement`: which block the pool puts where, and how sure it is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.diagnosis import posterior
from permq.figures.figure import Figure, Sources
from permq.figures.orders import orders_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True, eq=False)
class Placement:
    """Posterior of placement.

    Parameters
    ----------
    share
        (L, L) weight of the solutions with block b at position t, at [t, b]; blocks are named by
        their position in the best known arrangement.
    entropy
        (L,) of every position in nats.
    count, known
        Solutions, and what the best known arrangement is.
    """

    share: Array
    entropy: Array
    count: int
    known: str

    @property
    def settled(self) -> int:
        """Positions at which the best known block has more than half of the weight."""
        return int((np.diag(self.share) > 0.5).sum())


def placed(orders: Indices, costs: Array, reference: Indices) -> tuple[Array, Array]:
    """Posterior by position and block, and its entropy.

    Parameters
    ----------
    orders, costs
        (S, L) input layers in running order, and (S,) their costs.
    reference
        (L,) input layers in the running order that names the blocks.

    Returns
    -------
    (L, L), (L,) float64
        Rows are positions and sum to 1.
    """
    share = posterior.placement(orders, posterior.boltzmann_weights(costs))
    return share[reference].T, posterior.entropy(share)


class PlacementFigure(Figure[Placement]):
    """Posterior of placement of the best solutions."""

    name = "placement"
    summary = "posterior of block by position from the pool, entropy per position"

    def compute(self, sources: Sources) -> Placement:
        """Weigh the best solutions by their costs."""
        orders = orders_of(sources.puzzle, sources.top())
        share, entropy = placed(orders.inp, orders.costs, sources.order()[0])
        return Placement(share, entropy, len(orders.rows), sources.known)

    def draw(self, numbers: Placement) -> "Drawing":
        """The posterior on the left, entropy beside it."""
        from permq.figures import style

        blocks = len(numbers.entropy)
        drawing = style.canvas(
            f"Posterior of placement — {numbers.count} solutions, {numbers.settled} of {blocks} "
            f"positions settled on the {numbers.known} block",
            8.0,
        )
        left, right = drawing.subplots(1, 2, sharey=True, width_ratios=[3, 1])
        image = left.imshow(
            numbers.share, cmap=style.SEQUENTIAL, vmin=0, vmax=1, aspect="auto", origin="upper"
        )
        drawing.colorbar(image, ax=left, label="posterior probability", location="left", pad=0.02)
        left.set_ylabel("position")
        left.set_xlabel(f"block (by its position in the {numbers.known} arrangement)")
        style.positions(left, blocks)
        style.positions(left, blocks, "y")
        places = np.arange(blocks)
        right.barh(places, numbers.entropy, 0.8, color=style.BLUE)
        most = np.log(blocks)
        right.axvline(most, color=style.VERMILION, ls="--", label=f"log {blocks}: no idea")
        right.set_xlim(0, max(float(most) * 1.05, 0.1))
        right.set_xlabel("entropy (nats)")
        right.legend(loc="lower left", bbox_to_anchor=(0, 1.01), borderaxespad=0)
        right.tick_params(labelleft=False)
        style.grid(right, "x")
        return drawing


FIGURE = PlacementFigure()
