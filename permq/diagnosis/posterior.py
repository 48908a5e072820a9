"""Posterior of placement: how much of a pool, weighted by cost, has each block at each position."""

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.errors import OptionError

_FLOOR = 1e-12


def boltzmann_weights(costs: Array, temperature: float | None = None) -> Array:
    """Weights exp(-cost / T) of solutions, normalised to sum 1.

    Parameters
    ----------
    costs
        (S,) mean squared errors; inf has no weight.
    temperature
        In units of the cost; by default the median excess over the best cost, so that half of
        the pool keeps more than a third of the best one's weight.

    Returns
    -------
    (S,) float64

    Raises
    ------
    OptionError
        When the temperature is not positive, or no cost is finite.
    """
    finite = np.isfinite(costs)
    if not finite.any():
        raise OptionError("a pool needs at least one solution of finite cost")
    excess = np.where(finite, costs, np.inf) - costs[finite].min()
    if temperature is None:
        temperature = float(np.median(excess[finite])) or 1.0
    if not temperature > 0:
        raise OptionError(f"a temperature is positive, not {temperature}")
    weights = np.exp(-excess / temperature)
    return np.asarray(weights / weights.sum())


def placement(orders: Indices, weights: Array) -> Array:
    """Posterior of placement.

    Parameters
    ----------
    orders
        (S, L) layers in running order, of S solutions.
    weights
        (S,) that sum to 1.

    Returns
    -------
    (L, L) float64
        Entry [a, t] is the weight of the solutions that run layer a at position t; rows and
        columns sum to 1.
    """
    solutions, blocks = orders.shape
    share = np.zeros((blocks, blocks))
    positions = np.broadcast_to(np.arange(blocks), (solutions, blocks))
    np.add.at(share, (orders, positions), np.broadcast_to(weights[:, None], orders.shape))
    return share


def entropy(share: Array) -> Array:
    """(L,) entropy of every position in nats, from 0 (sure) to log L."""
    safe = np.maximum(share, _FLOOR)
    return np.asarray(np.maximum(-(share * np.log(safe)).sum(axis=0), 0.0))
