"""The depth of every block, regressed from the network's answers.

Smear the blocks over the depth (`permq.core.smeared`); to first order the answer is linear in where
each block runs, so a regression of what the smeared answer is short of, on one column per block,
says for each whether it belongs earlier or later. From even shares this needs no order at all, and
it needs no weight to grow or shrink with depth. Repeating it while the blocks contract around
their depths (a homotopy) ends in an order of which few neighbours are still exchanged.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Floats, Indices
from permq.core.ridge import Fit, ridge
from permq.core.smeared import Shares, Smeared, even_shares, shares_around
from permq.ordering.paired import Paired

_PRIOR = 1 / 12  # variance of a depth that may be anything from 0 to 1
_FIRST_PLACES = 6
_MOST_ROWS = 500  # of a seed; more sharpen the depths only a little


@dataclass(frozen=True)
class DepthSettings:
    """How the blocks contract.

    Parameters
    ----------
    steps
        Regressions after the first.
    widest, narrowest
        Standard deviation of a block around its depth at the second and the last regression;
        the narrowest in blocks.
    reach
        How far a block may move in one regression.
    """

    steps: int = 8
    widest: float = 0.3
    narrowest: float = 1.5
    reach: float = 0.15

    def widths(self, blocks: int) -> list[float]:
        """Standard deviations, geometrically from wide to narrow."""
        last = min(self.narrowest / blocks, self.widest / 4)
        return [float(w) for w in np.geomspace(self.widest, last, self.steps)]


def places_for(width: float, blocks: int) -> int:
    """Places that resolve blocks smeared by `width`."""
    return int(min(blocks, max(4, np.ceil(1.5 / width))))


def evenly_ranked(depth: Array) -> Array:
    """(L,) depths of the same order, evenly spaced in [0, 1]."""
    ranked = np.empty(len(depth))
    ranked[np.argsort(depth, kind="stable")] = (np.arange(len(depth)) + 0.5) / len(depth)
    return ranked


def regress(
    smeared: Smeared,
    shares: Shares,
    depth: Array,
    x: Floats,
    pred: Floats,
    noise: float | None,
    stop: Callable[[], bool] = lambda: False,
) -> Fit | None:
    """Fit the depths around the current ones.

    Parameters
    ----------
    smeared
        The blocks, with known pairs.
    shares, depth
        Where they run: their shares, and the (L,) depths these stand for.
    x, pred
        (n, d) inputs and (n, m) answers.
    noise
        Variance of the errors to begin with.
    stop
        Asked every hundred rows or so.

    Returns
    -------
    Fit or None
        None when stopped.
    """
    columns, short = [], []
    for errors, by_depth, _ in smeared.derivatives(shares, None, x, pred):
        if stop():
            return None
        columns.append(by_depth)
        short.append(errors)
    return ridge(
        np.concatenate(columns),
        np.concatenate(short),
        depth,
        np.full(len(depth), 0.5),
        np.full(len(depth), _PRIOR),
        noise,
    )


def depth_by_regression(blocks: Paired) -> Array:
    """(L,) depth of every block, small for early ones, from one regression."""
    smeared = Smeared(blocks.network, blocks.pair)
    shares = even_shares(blocks.blocks, _FIRST_PLACES)
    middle = np.full(blocks.blocks, 0.5)
    fit = regress(smeared, shares, middle, *_rows(blocks), None)
    return middle if fit is None else fit.estimate


def order_by_homotopy(
    blocks: Paired,
    settings: DepthSettings | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Indices:
    """Order the blocks by depths that contract from anywhere to one place each.

    Parameters
    ----------
    blocks
        The blocks, and at least some hundred rows.
    settings
        How they contract.
    stop
        Asked every hundred rows or so; the order is then the one reached.

    Returns
    -------
    (L,) intp
        Input layers in running order.
    """
    settings = DepthSettings() if settings is None else settings
    smeared = Smeared(blocks.network, blocks.pair)
    depth = evenly_ranked(depth_by_regression(blocks))
    noise = None
    for number, width in enumerate(settings.widths(blocks.blocks), start=1):
        x, pred = _rows(blocks, number)
        shares = shares_around(depth, width, places_for(width, blocks.blocks))
        fit = regress(smeared, shares, depth, x, pred, noise, stop)
        if fit is None:
            break
        noise = fit.noise
        moved = np.clip(fit.estimate - depth, -settings.reach, settings.reach)
        depth = evenly_ranked(depth + moved)
    return np.argsort(depth).astype(np.intp)


def _rows(blocks: Paired, number: int = 0) -> tuple[Floats, Floats]:
    """Inputs and answers of at most `_MOST_ROWS` rows, evenly spaced; others for another number."""
    step = -(-len(blocks.x) // _MOST_ROWS)
    return blocks.x[number % step :: step], blocks.pred[number % step :: step]
