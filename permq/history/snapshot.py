"""A snapshot: rows of the pool turned into numbers, by a pure function."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.diagnosis.agreement import agreement
from permq.diagnosis.diversity import distances, diversity
from permq.diagnosis.posterior import boltzmann_weights
from permq.history.geometry import drift, spread

COMPARED = 100
"""Best solutions that agreement, placement and diversity are taken of."""
LEAST_SHARE = 1e-4
"""Blocks of a smaller share are left out of the placement."""

Placement = list[list[tuple[int, int, float]]]


@dataclass(frozen=True)
class Snapshot:
    """What the pool looks like at a moment; lists as JSON holds them.

    Parameters
    ----------
    compared
        Solutions that were compared, the best ones.
    agreement
        (L,) share of them that run the most frequent block at each position.
    entropy
        (L,) entropy of the Boltzmann-weighted blocks at each position, in nats.
    locked
        Share of the positions that are locked, see `permq.diagnosis.agreement`.
    diversity
        Mean share of positions at which two of them differ.
    methods, nodes
        Share of all solutions by what found them, and by node (`""`: none was named).
    acceptance
        Share of accepted proposals by move.
    speed
        Steps/s of all nodes together.
    spread
        Distances of all pairs of elites, ascending.
    drift
        Change of these since the last snapshot, see `permq.history.geometry.drift`.
    probe
        Mean squared error of the best solution on the probe rows, by stratum.
    """

    compared: int
    agreement: list[float]
    entropy: list[float]
    locked: float
    diversity: float
    methods: Mapping[str, float]
    nodes: Mapping[str, float]
    acceptance: Mapping[str, float]
    speed: float
    spread: list[float]
    drift: float | None
    probe: Mapping[str, float]

    def numbers(self) -> dict[str, Any]:
        """Everything as JSON holds it."""
        return asdict(self)


def snapshot(
    permutations: Sequence[Sequence[int]],
    costs: Sequence[float],
    elites: Sequence[Sequence[int]],
    *,
    methods: Mapping[str, int],
    nodes: Mapping[str, int],
    acceptance: Mapping[str, float],
    speed: float,
    probe: Mapping[str, float],
    before: Mapping[str, Any] | None,
) -> tuple[Snapshot, Placement]:
    """Turn rows of the pool into numbers; the same rows give the same.

    Parameters
    ----------
    permutations, costs
        Answers (inp, out, …, last) and costs of the best solutions, at least one.
    elites
        Answers of the elites.
    methods, nodes
        Number of solutions by what found them, and by node.
    acceptance, speed, probe
        See `Snapshot`.
    before
        `Snapshot.numbers` of the last snapshot; None for the first.

    Returns
    -------
    Snapshot
    list
        By position, `(inp, out, share)` of the blocks there, the largest share first.
    """
    inputs, outputs = layers(permutations)
    weights = boltzmann_weights(np.asarray(costs, np.float64))
    shares = placed(inputs, outputs, weights)
    agreed = agreement(list(zip(inputs, outputs, strict=True)))
    # rounded as it is kept, so that the same elites have not moved
    apart = np.array(_rounded(spread(distances(*layers(elites))))) if len(elites) else np.empty(0)
    earlier = None if before is None else drift(np.asarray(before["spread"], np.float64), apart)
    taken = Snapshot(
        compared=len(permutations),
        agreement=_rounded(agreed.share),
        entropy=_rounded(np.array([entropy_of(at) for at in shares])),
        locked=agreed.locked,
        diversity=float(round(diversity(inputs, outputs), 6)),
        methods=_shares(methods),
        nodes=_shares(nodes),
        acceptance=dict(acceptance),
        speed=float(speed),
        spread=apart.tolist(),
        drift=earlier,
        probe=dict(probe),
    )
    kept = [[block for block in at if block[2] >= LEAST_SHARE] for at in shares]
    return taken, [[(a, o, float(f"{share:.5g}")) for a, o, share in at] for at in kept]


def layers(permutations: Sequence[Sequence[int]]) -> tuple[Indices, Indices]:
    """(S, L), (S, L) pieces of the input and output layers in running order."""
    pieces = np.array([list(one) for one in permutations], np.intp)
    return pieces[:, 0:-1:2], pieces[:, 1:-1:2]


def placed(inputs: Indices, outputs: Indices, weights: Array) -> Placement:
    """Blocks at every position.

    Parameters
    ----------
    inputs, outputs
        (S, L) pieces in running order.
    weights
        (S,) that sum to 1.

    Returns
    -------
    list
        By position, `(inp, out, share)`, the largest share first; shares sum to 1.
    """
    base = int(outputs.max()) + 1
    found: Placement = []
    for codes in (inputs * base + outputs).T:
        blocks, inverse = np.unique(codes, return_inverse=True)
        shares = np.bincount(inverse, weights)
        order = np.argsort(-shares, kind="stable")
        found.append(
            [(int(blocks[k]) // base, int(blocks[k]) % base, float(shares[k])) for k in order]
        )
    return found


def entropy_of(at: Sequence[tuple[int, int, float]]) -> float:
    """Entropy, in nats, of the blocks at one position."""
    shares = np.array([share for *_, share in at])
    shares = shares[shares > 0]
    return float(max(-(shares * np.log(shares)).sum(), 0.0))


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {name: count / total for name, count in sorted(counts.items())}


def _rounded(values: Array) -> list[float]:
    return [float(f"{value:.6g}") for value in values]
