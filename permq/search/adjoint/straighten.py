"""Straightening: Gauss–Newton on the swaps of neighbours.

Near the answer the order is wrong by a few inversions of neighbours whose effects on the prediction
add up. Every swap of neighbours is computed exactly where it happens and carried to the output by
the adjoint; one least-squares fit of the error by all L - 1 effects then says which of them to
make: those with coefficients near one. A round costs about five forward passes.

The screening by the adjoint is that of cezarc1/droppedaneuralnet-puzzle; fitting all swaps together
replaces ten rounds of the best single ones by two or three.
"""

import numpy as np

from permq.core.delta import Evaluator
from permq.core.network import Array, Network
from permq.core.puzzle import Indices
from permq.search.problem import Problem
from permq.search.stop import Stop, never

_LEAST = 0.15
"""Coefficient from which a swap is tried; wrong swaps stay below it near the answer."""

_SURE = 0.5
"""Coefficient from which swaps are tried all at once, in one evaluation."""

_MOST = 8
"""Swaps made together at the most."""


def neighbour_effects(
    network: Network, inp: Indices, out: Indices, columns: Array, pred: Array
) -> tuple[Array, Array]:
    """Error of an arrangement and the effect of every swap of neighbours.

    Parameters
    ----------
    inp, out
        (L,) local indices in running order.
    columns
        (d + 1, n) inputs, see `Network.columns`.
    pred
        (n, m) answers.

    Returns
    -------
    (m * n,) array
        Answer minus `pred`, output by output.
    (L - 1, m * n) array
        Change of the answer when positions t and t + 1 exchange their blocks; the change of the
        stream is exact, its way to the output of first order.
    """
    blocks, width, hidden = len(inp), network.width, network.hidden
    inward = [network.inward[a, :hidden] for a in inp.tolist()]
    outward = [network.outward[o, :width] for o in out.tolist()]
    activation, relu = network.activation, network.activation.name == "relu"
    states = np.ones((blocks + 1, *columns.shape), network.dtype)
    states[0] = columns
    streams = states[:, :width]  # without the rows of ones
    units = np.ones((hidden + 1, columns.shape[1]), network.dtype)
    live = units[:hidden]
    zeros, below = np.zeros_like(live), np.empty_like(live)
    slopes = np.empty((blocks, *live.shape), network.dtype)
    for t in range(blocks):
        np.dot(inward[t], states[t], out=live)
        if relu:
            np.greater(live, zeros, out=slopes[t])
            np.maximum(live, zeros, out=live)
        else:
            slopes[t] = activation.apply_with_slope(live)
        np.dot(outward[t], units, out=streams[t + 1])
        streams[t + 1] += streams[t]
    error = network.readout @ states[-1] - pred.T

    effect = np.empty((blocks - 1, *error.shape), network.dtype)
    between = np.ones_like(states[0])
    stream, change = between[:width], np.empty_like(streams[0])
    adjoint = np.repeat(network.readout[:, :-1, None], columns.shape[1], axis=2)
    for t in range(blocks - 2, -1, -1):
        for block, before in ((t + 1, states[t]), (t, between)):
            np.dot(inward[block], before, out=live)
            if relu:
                np.maximum(live, zeros, out=live)
            else:
                activation.apply(live)
            np.dot(outward[block], units, out=change)
            np.add(before[:width], change, out=stream)
        np.subtract(stream, streams[t + 2], out=change)
        np.einsum("mdn,dn->mn", adjoint, change, out=effect[t])
        if t:
            for each in adjoint:  # back through the block at t + 1
                np.dot(outward[t + 1][:, :hidden].T, each, out=below)
                np.multiply(below, slopes[t + 1], out=below)
                np.dot(inward[t + 1][:, :width].T, below, out=change)
                np.add(each, change, out=each)
    return error.reshape(-1), effect.reshape(blocks - 1, error.size)


def _fit(error: Array, effect: Array) -> Array:
    """(L - 1,) share of every effect in minus the error, by damped least squares."""
    gram = effect @ effect.T
    diagonal = np.arange(len(gram))
    gram[diagonal, diagonal] *= 1.001
    gram[diagonal, diagonal] += 1e-5 * np.trace(gram) / len(gram) + np.finfo(gram.dtype).tiny
    return np.asarray(np.linalg.solve(gram, -(effect @ error)))


def _disjoint(share: Array) -> list[int]:
    """Places of swaps that share no block, by their share from the largest."""
    swaps: list[int] = []
    for t in np.argsort(-share).tolist():
        if share[t] < _LEAST or len(swaps) == _MOST:
            break
        if t - 1 not in swaps and t + 1 not in swaps:
            swaps.append(t)
    return swaps


def _make(current: Evaluator, swaps: list[int], together: int) -> int:
    """Add swap to swap, evaluate from `together` swaps on, and keep every set that improves."""
    inp, out = current.inp.copy(), current.out.copy()
    first, kept = len(inp), 0
    for number, t in enumerate(swaps, 1):
        for layers in (inp, out):
            layers[t], layers[t + 1] = layers[t + 1], layers[t]
        first = min(first, t)
        if number < together:
            continue
        # a set that does not help is kept in mind: with the next swap it may
        limit = current.mse
        if current.propose(inp, out, first, limit) < limit:
            current.accept()
            first = len(inp)
            kept += 1
    return kept


def straighten(
    problem: Problem,
    current: Evaluator,
    *,
    rounds: int = 12,
    target: float = 0.0,
    stop: Stop = never,
) -> int:
    """Remove inversions of neighbours from the evaluator's current arrangement, in place.

    Parameters
    ----------
    rounds
        At most so many; it ends with the first that finds no improvement.
    target
        A cost at which nothing is left to do.

    Returns
    -------
    int
        Number of improvements kept.
    """
    columns, kept = problem.network.columns(problem.x), 0
    for _ in range(rounds if problem.blocks > 1 else 0):
        if current.mse <= target or stop():
            break
        share = _fit(
            *neighbour_effects(problem.network, current.inp, current.out, columns, problem.pred)
        )
        swaps = _disjoint(share)
        sure = sum(share[t] >= _SURE for t in swaps)
        made = _make(current, swaps, sure)
        if not made and sure > 1:
            made = _make(current, swaps, 1)
        if not made:
            break
        kept += made
    return kept
