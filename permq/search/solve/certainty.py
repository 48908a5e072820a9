"""How sure every block of the best arrangement is, from the elites of a search."""

import numpy as np

from permq.core.network import Array
from permq.search.solve.session import Elite
from permq.search.solve.solution import Placement


def placements(elites: list[Elite], solved: bool) -> tuple[Placement, ...]:
    """Certainty by position of the first elite's arrangement.

    Every elite votes for its pairs and places with Boltzmann weight exp(-(mse - best) / best): one
    of twice the best cost counts e times less. The right one may be none of them: one vote more,
    against as many as the weights are worth (1 / Σ share²), is spread evenly over the L choices.
    A solved puzzle is certain.

    Parameters
    ----------
    elites
        Best first, at least one.
    solved
        Whether the first is verified.

    Returns
    -------
    (L,) of Placement
    """
    best = elites[0].arrangement
    blocks = list(zip(best.inputs, best.outputs, strict=True))
    if solved:
        return tuple(Placement(a, o, 1.0, 1.0, 0.0) for a, o in blocks)
    weights = _weights(elites)
    votes = 1 / float(np.sum(weights**2))
    even = 1 / len(blocks)
    placed = []
    for position, (a, o) in enumerate(blocks):
        here: dict[tuple[int, int], float] = {}
        together = 0.0
        for weight, elite in zip(weights.tolist(), elites, strict=True):
            block = (elite.arrangement.inputs[position], elite.arrangement.outputs[position])
            here[block] = here.get(block, 0.0) + weight
            together += weight * (elite.arrangement.pairing.get(a) == o)
        # blocks that no elite has there share what the even vote gives to each
        share = np.zeros(max(len(here), len(blocks)))
        share[: len(here)] = list(here.values())
        share = (votes * share + 1 / len(share)) / (votes + 1)
        place = (votes * here[a, o] + 1 / len(share)) / (votes + 1)
        pair = (votes * together + even) / (votes + 1)
        entropy = float(-(share * np.log(share)).sum())
        placed.append(Placement(a, o, min(1.0, pair), min(1.0, place), max(0.0, entropy)))
    return tuple(placed)


def _weights(elites: list[Elite]) -> Array:
    """(e,) Boltzmann weights, in sum one."""
    costs = np.array([elite.mse for elite in elites])
    scale = max(float(costs[0]), np.finfo(float).tiny)
    # costs beyond all measure (inf) count nothing, unless there is no other
    with np.errstate(over="ignore", invalid="ignore"):
        excess = np.where(costs == costs[0], 0.0, (costs - costs[0]) / scale)
    weights = np.exp(-np.minimum(excess, 700.0))
    return np.asarray(weights / weights.sum())
