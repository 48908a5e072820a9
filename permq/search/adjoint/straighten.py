"""Straightening: Gauss–Newton on the swaps of neighbours.

Near the answer the order is wrong by a few inversions of neighbours whose effects on the prediction
add up. Every swap of neighbours is computed exactly where it happens and carried to the output by
the adjoint; one least-squares fit of the error by all L - 1 effects then says which of them to
make: those with coefficients near one. A round costs about four forward passes.

The screening by the adjoint is that of cezarc1/droppedaneuralnet-puzzle; fitting all swaps together
replaces ten rounds of the best single ones by two or three.
"""

import numpy as np

from permq.core.delta import Evaluator
from permq.core.network import Array, Network
from permq.core.puzzle import Indices
from permq.search.adjoint.effects import exchange
from permq.search.problem import Problem
from permq.search.stop import Stop, never

_LEAST = 0.15
"""Coefficient from which a swap is tried; wrong swaps stay below it near the answer."""

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
    blocks = len(inp)
    states = network.column_states(inp, out, columns)
    error = network.readout @ states[-1] - pred.T
    effect = np.empty((blocks - 1, *error.shape), network.dtype)
    hidden = np.empty((network.hidden + 1, columns.shape[1]), network.dtype)
    adjoint = np.repeat(network.readout[:, :-1, None], columns.shape[1], axis=2)
    for t in range(blocks - 2, -1, -1):
        change = exchange(network, inp[t : t + 2][::-1], out[t : t + 2][::-1], states, t, hidden)
        np.einsum("mdn,dn->mn", adjoint, change, out=effect[t])
        if t:
            adjoint = network.pull_back(inp[t + 1], out[t + 1], states[t + 1], adjoint)
    return error.reshape(-1), effect.reshape(blocks - 1, error.size)


def _fit(error: Array, effect: Array) -> Array:
    """(L - 1,) share of every effect in minus the error, by damped least squares."""
    gram = effect @ effect.T
    diagonal = np.arange(len(gram))
    gram[diagonal, diagonal] *= 1.001
    gram[diagonal, diagonal] += 1e-5 * np.trace(gram) / len(gram) + np.finfo(gram.dtype).tiny
    return np.asarray(np.linalg.solve(gram, -(effect @ error)))


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
        inp, out = current.inp.copy(), current.out.copy()
        made: set[int] = set()
        before = kept
        for t in np.argsort(-share).tolist():
            if share[t] < _LEAST or len(made) == _MOST:
                break
            if t - 1 in made or t + 1 in made:
                continue
            made.add(t)
            for layers in (inp, out):
                layers[t], layers[t + 1] = layers[t + 1], layers[t]
            # a set that does not help is kept in mind: with the next swap it may
            limit = current.mse
            if current.propose(inp, out, min(made), limit) < limit:
                current.accept()
                kept += 1
        if kept == before:
            break
    return kept
