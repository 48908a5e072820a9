"""A path through the blocks on which each next step keeps the composed map well conditioned."""

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.ordering.measures.jacobian import mean_jacobians
from permq.ordering.paired import Paired

_ROUNDS = 20


def condition_costs(blocks: Paired) -> Array:
    """(L, L) log condition number of (I + J_b)(I + J_a), the cost of running b right after a."""
    steps = np.eye(blocks.network.width) + mean_jacobians(blocks)
    costs = np.empty((blocks.blocks, blocks.blocks))
    for a in range(blocks.blocks):
        values = np.linalg.svd(steps @ steps[a], compute_uv=False)
        costs[a] = np.log(values[:, 0] / np.maximum(values[:, -1], np.finfo(np.float32).tiny))
    return costs


def condition_chain(blocks: Paired) -> Indices:
    """Asymmetric travelling salesman path on `condition_costs`, by insertion and or-opt.

    Returns
    -------
    (L,) intp
        Input layers in running order.
    """
    return shortest_path(condition_costs(blocks))


def shortest_path(costs: Array) -> Indices:
    """Short open path through all nodes of an asymmetric cost matrix (L, L), from a to b.

    The cheapest of all nearest-neighbour paths, improved by moving single nodes to their best
    place until none moves.
    """
    count = len(costs)
    path = min(
        (_nearest_path(costs, first) for first in range(count)), key=lambda p: _length(costs, p)
    )
    for _ in range(_ROUNDS):
        before = list(path)
        for node in before:
            path.remove(node)
            ahead = np.array([np.inf, *costs[path, node]]) if path else np.array([np.inf])
            after = np.array([*costs[node, path], np.inf]) if path else np.array([np.inf])
            between = np.array([0.0, *costs[path[:-1], path[1:]], 0.0]) if path else np.zeros(1)
            added = np.where(np.isinf(ahead), 0, ahead) + np.where(np.isinf(after), 0, after)
            path.insert(int(np.argmin(added - between)), node)
        if path == before:
            break
    return np.array(path, np.intp)


def _nearest_path(costs: Array, first: int) -> list[int]:
    path, left = [first], np.ones(len(costs), np.bool_)
    left[first] = False
    while left.any():
        following = int(np.argmin(np.where(left, costs[path[-1]], np.inf)))
        path.append(following)
        left[following] = False
    return path


def _length(costs: Array, path: list[int]) -> float:
    return float(costs[path[:-1], path[1:]].sum())
