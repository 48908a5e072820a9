"""Pairs and order from the network's answers alone, by contraction from a mean field.

Every input layer begins at every depth with every output layer (`permq.core.smeared`). A ridge
regression of what the smeared answer is short of, with one column per pair and one per depth, says
which pairs and depths the data prefer; the shares follow, the blocks contract, and the regression
is repeated around the new shares. No score of the weights and no seed of the order is needed; where
scores carry signal they enter as prior log-probabilities of the pairs.
"""

from dataclasses import dataclass, field

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.core.ridge import Fit, ridge
from permq.core.smeared import Shares, Smeared, even_shares, shares_around
from permq.ordering.depth import DepthSettings, evenly_ranked, places_for, regress
from permq.pairing.assignment import assign
from permq.pairing.normalise import sinkhorn
from permq.search.problem import Problem, Progress, Report, silent
from permq.search.stop import Stop, never

_PRIOR = 1 / 12  # variance of a depth that may be anything from 0 to 1
_FIRST_PLACES = 6
_BOUND = 60.0  # of log-odds
_ENTRIES = 40_000_000  # of the largest matrix of columns: 160 MB


@dataclass(frozen=True)
class HomotopySettings:
    """How pairs and depths contract.

    Parameters
    ----------
    rows
        Rows of every regression, drawn afresh from the problem's; fewer where the pairs are so
        many that their columns would not fit into 160 MB.
    trust
        Weight of a regression's log-odds of the pairs. The errors of a smeared network are no
        independent noise, so that 1 would believe too much too early.
    decided
        Mean largest share of a pair above which the pairs are held and only depths go on.
    depth
        Number of regressions, and how the blocks contract.
    """

    rows: int = 2000
    trust: float = 0.3
    decided: float = 0.995
    depth: DepthSettings = field(
        default_factory=lambda: DepthSettings(steps=12, widest=0.5, narrowest=1.0)
    )


@dataclass(frozen=True, eq=False)
class Contracted:
    """Where a homotopy ended.

    Parameters
    ----------
    likely
        (L, L) share of every pair; rows and columns sum to 1.
    depth
        (L,) depth of every input layer in [0, 1].
    inp, out
        (L,) the most likely arrangement, local indices in running order.
    mse
        Its cost on the problem's rows.
    regressions
        How many were run.
    """

    likely: Array
    depth: Array
    inp: Indices
    out: Indices
    mse: float
    regressions: int


def homotopy(
    problem: Problem,
    settings: HomotopySettings,
    rng: np.random.Generator,
    *,
    prior: Array | None = None,
    report: Report = silent,
    stop: Stop = never,
) -> Contracted:
    """Contract pairs and depths of all layers from everywhere to one place each.

    Parameters
    ----------
    problem
        The layers, and rows to draw from; some thousand serve best.
    settings
        How they contract.
    rng
        Draws the rows of every regression.
    prior
        (L, L) log-probabilities of the pairs, by local index; none by default.
    report, stop
        Told after every regression, asked every hundred rows or so.

    Returns
    -------
    Contracted
    """
    blocks, network = problem.blocks, problem.network
    logits = np.zeros((blocks, blocks)) if prior is None else prior - prior.max()
    likely, depth = sinkhorn(np.maximum(logits, -_BOUND)), np.full(blocks, 0.5)
    smeared, held = Smeared(network), False
    if likely.max(axis=1).mean() > settings.decided:
        likely, smeared, held = _held(likely), Smeared(network, assign(-likely)), True
    noise: float | None = None
    widths = [np.inf, *settings.depth.widths(blocks)]
    done = 0
    most = _ENTRIES // (blocks * blocks * network.outputs)
    count = min(settings.rows, len(problem.x), max(most, blocks))
    for width in widths:
        if stop():
            break
        first = not np.isfinite(width)
        shares = (
            even_shares(blocks, _FIRST_PLACES)
            if first
            else shares_around(depth, width, places_for(width, blocks))
        )
        rows = rng.choice(len(problem.x), count, replace=False)
        x, pred = problem.x[rows], problem.pred[rows]
        if held:
            fit = regress(smeared, shares, depth, x, pred, noise, stop)
        else:
            fit = _regress_pairs(smeared, shares, likely, depth, x, pred, noise, stop)
        if fit is None:
            break
        if not held:
            likely = sinkhorn(_log_odds(fit, blocks, settings.trust) + logits)
            if likely.max(axis=1).mean() > settings.decided:
                likely, smeared, held = _held(likely), Smeared(network, assign(-likely)), True
        moved = fit.estimate[-blocks:] - depth
        if not first:
            moved = np.clip(moved, -settings.depth.reach, settings.depth.reach)
        depth = evenly_ranked(depth + moved)
        noise = fit.noise
        done += 1
        sure = likely.max(axis=1).mean()
        report(Progress(done, len(widths), noise, noise, f"pairs {sure:.2f} sure"))
    inp = np.argsort(depth, kind="stable").astype(np.intp)
    out = assign(-np.log(np.maximum(likely, 1e-300)))[inp]
    return Contracted(likely, depth, inp, out, problem.cost(inp, out), done)


def _regress_pairs(
    smeared: Smeared,
    shares: Shares,
    likely: Array,
    depth: Array,
    x: Array,
    pred: Array,
    noise: float | None,
    stop: Stop,
) -> Fit | None:
    """Fit of the (L²) shares of the pairs and the (L) depths; None when stopped."""
    blocks = len(depth)
    columns = np.empty((pred.size, blocks * blocks + blocks), np.float32)
    short, row = np.empty(pred.size), 0
    for errors, by_depth, by_pair in smeared.derivatives(shares, likely, x, pred):
        if stop():
            return None
        part = columns[row : row + len(errors)]
        if by_pair is None:
            raise TypeError("a network smeared over pairs says how each pair matters")
        # shares sum to 1 by rows and columns: only what is left after those means can vary
        by_pair -= by_pair.mean(axis=1, keepdims=True)
        by_pair -= by_pair.mean(axis=2, keepdims=True)
        part[:, : blocks * blocks] = by_pair.reshape(len(errors), -1)
        part[:, blocks * blocks :] = by_depth
        short[row : row + len(errors)] = errors
        row += len(errors)
    return ridge(
        columns,
        short,
        np.concatenate([likely.ravel(), depth]),
        np.concatenate([np.full(blocks * blocks, 1 / blocks), np.full(blocks, 0.5)]),
        np.concatenate([np.full(blocks * blocks, 1 / blocks), np.full(blocks, _PRIOR)]),
        noise,
    )


def _log_odds(fit: Fit, blocks: int, trust: float) -> Array:
    """(L, L) log-odds of a share of 1 against 0, from shrunk estimates and their errors."""
    known = np.clip(fit.known[: blocks * blocks].reshape(blocks, blocks), 1e-3, 1 - 1e-6)
    share = (fit.estimate[: blocks * blocks].reshape(blocks, blocks) - 1 / blocks) / known
    variance = (1 - known) / known / blocks
    return np.asarray(np.clip(trust * (share - 0.5) / variance, -_BOUND, _BOUND))


def _held(likely: Array) -> Array:
    """The permutation matrix nearest to the shares."""
    held = np.zeros_like(likely)
    held[np.arange(len(likely)), assign(-likely)] = 1.0
    return held
