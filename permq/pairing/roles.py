"""Which square layers are inputs and which are outputs.

When d == h the shapes do not say it. Every piece is then tried in both roles: the features of the
ensemble are taken on a puzzle in which each of the 2 L pieces stands once as input and once as
output layer, and a matching of pieces with orientation is weighed instead of a pairing. What single
layers show helps: output layers line up with the last layer, and training moves input layers and
their biases more, and more unevenly across hidden units.
"""

from dataclasses import dataclass, replace

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Puzzle
from permq.errors import OptionError
from permq.pairing.assignment import Costs
from permq.pairing.calibration import shipped
from permq.pairing.excess import excess
from permq.pairing.features import first_look, second_look

_FORBIDDEN = -60.0
_TRUST = 1.3  # factor on the pairs' logits beside the hints

# Log-odds of being an output layer per standard deviation of each hint over all 2 L layers,
# fitted on networks with square layers, ReLU and GELU, trained long and short.
_HINTS = {
    "read by the last layer": 0.4,
    "moved weights": -1.2,
    "unevenness over units": -1.1,
    "moved biases": -1.6,
    "mean bias": 0.25,
    "size of biases": 0.6,
    "largest singular value": 0.5,
}


@dataclass(frozen=True)
class RoleSplit:
    """One way to tell the roles of square layers.

    Parameters
    ----------
    inputs
        L piece indices to take as input layers, sorted; for `Puzzle.with_roles`.
    sure
        Probability of the least certain of all roles in it.
    """

    inputs: tuple[int, ...]
    sure: float


def split_roles(puzzle: Puzzle, candidates: int = 4) -> list[RoleSplit]:
    """Tell input from output layers.

    Parameters
    ----------
    puzzle
        With square layers, in any preliminary roles; otherwise its shapes have decided already
        and the one certain split is given.
    candidates
        How many splits to offer.

    Returns
    -------
    list of RoleSplit
        The most plausible first; the others exchange the layers whose roles are least certain.

    Raises
    ------
    OptionError
        When `candidates` is not positive.
    """
    if candidates < 1:
        raise OptionError(f"at least one candidate is needed, not {candidates}")
    if not puzzle.square:
        return [RoleSplit(tuple(int(piece) for piece in puzzle.inp_pieces), 1.0)]
    pieces = np.concatenate([puzzle.inp_pieces, puzzle.out_pieces])
    chance = role_probabilities(puzzle)
    ranked = np.argsort(-chance, kind="stable")
    inside, outside = ranked[: puzzle.blocks], ranked[puzzle.blocks :]
    log = np.log(np.clip(chance, 1e-9, 1 - 1e-9))
    odds = log - np.log1p(-np.clip(chance, 1e-9, 1 - 1e-9))
    swaps = sorted(
        (float(odds[a] - odds[b]), int(a), int(b))
        for a in inside[-candidates:]
        for b in outside[:candidates]
    )
    splits = []
    for _, a, b in [(0.0, -1, -1), *swaps][:candidates]:
        chosen = [int(k) for k in inside if k != a] + ([b] if b >= 0 else [])
        least = min(chance[chosen].min(), 1 - np.delete(chance, chosen).max())
        splits.append(RoleSplit(tuple(sorted(int(pieces[k]) for k in chosen)), float(least)))
    return splits


def role_probabilities(puzzle: Puzzle) -> Array:
    """(2 L,) probability that a piece is an input layer.

    Pieces are in the order of `inp_pieces`, then `out_pieces`.
    """
    calibration = shipped()
    both = _in_both_roles(puzzle)
    hints = _output_hints(both)
    first = first_look(both)
    belief = _oriented(_TRUST * calibration.first_logits(first), hints)
    second = calibration.general_logits(second_look(both, first, belief))
    return np.asarray(_oriented(_TRUST * second, hints).sum(axis=1))


def _in_both_roles(puzzle: Puzzle) -> Puzzle:
    """The puzzle with all 2 L pieces as input layers and the same pieces as output layers."""
    pieces = np.concatenate([puzzle.inp_pieces, puzzle.out_pieces])
    weights = np.concatenate([puzzle.w_in, puzzle.w_out])
    biases = np.concatenate([puzzle.b_in, puzzle.b_out])
    return replace(
        puzzle,
        inp_pieces=pieces,
        out_pieces=pieces,
        w_in=weights,
        b_in=biases,
        w_out=weights,
        b_out=biases,
    )


def _output_hints(both: Puzzle) -> Array:
    """(2 L,) log-odds that a layer is an output layer, from what the layer alone shows."""
    weights = both.w_in.astype(np.float64)
    moved = np.abs(excess(weights, 0.9))
    last = both.w_last / np.linalg.norm(both.w_last, axis=1, keepdims=True)
    values = np.linalg.svd(weights, compute_uv=False)  # (2 L, d)
    square = np.sum(values**2, axis=1)
    amount = moved.sum(axis=(1, 2))
    by_row, by_column = moved.sum(axis=2).std(axis=1), moved.sum(axis=1).std(axis=1)
    shown = {
        "read by the last layer": np.log(np.sum((last @ weights) ** 2, axis=(1, 2)) / square),
        "moved weights": np.log(amount + 1e-3 * amount.mean() + 1e-30),
        "unevenness over units": np.log((by_row + 1e-9) / (by_column + 1e-9)),
        "moved biases": np.abs(excess(both.b_in, 0.9)).sum(axis=1),
        "mean bias": both.b_in.mean(axis=1),
        "size of biases": np.linalg.norm(both.b_in, axis=1),
        "largest singular value": values[:, 0] / np.sqrt(square),
    }
    hints = np.zeros(len(weights))
    for name, weight in _HINTS.items():
        centred = shown[name] - shown[name].mean()
        spread = float(centred.std())
        hints += weight * centred / spread if spread > 0 else 0
    return hints


def _oriented(logits: Costs, hints: Array, rounds: int = 300) -> Costs:
    """(2 L, 2 L) probability that row = input and column = output are one block.

    Scaled so that every piece is in one block, on either side: Σ_j p_ij + p_ji = 1, the symmetric
    counterpart of Sinkhorn's iteration.
    """
    log = logits + hints[None, :] - hints[:, None]
    log = np.maximum(log - log.max(), _FORBIDDEN)
    np.fill_diagonal(log, -np.inf)
    weights = np.exp(log)
    either = weights + weights.T
    scale = 1 / np.sqrt(either.sum(axis=1))
    for _ in range(rounds):
        scale = np.sqrt(scale / (either @ scale))
    return np.asarray(scale[:, None] * weights * scale[None, :])
