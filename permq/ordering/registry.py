"""Every seed of the order, one line each."""

from permq.ordering.depth import depth_by_regression, order_by_homotopy
from permq.ordering.greedy_by_state import greedy_by_state
from permq.ordering.measures.last_alignment import last_alignment
from permq.ordering.measures.weights import input_norm, output_norm, output_sum
from permq.ordering.seed import Seed, by_measure

SEEDS: dict[str, Seed] = {
    seed.name: seed
    for seed in (
        Seed("greedy-by-state", greedy_by_state, "smallest change at the state"),
        by_measure("output-sum", output_sum, "sum of absolute output weights"),
        by_measure("output-norm", output_norm, "Frobenius norm of the output weights"),
        by_measure("input-norm", input_norm, "Frobenius norm of the input weights"),
        by_measure("depth-regression", depth_by_regression, "depth regressed from the answers"),
        Seed("depth-homotopy", order_by_homotopy, "the same, repeated while the blocks contract"),
        by_measure("last-alignment", last_alignment, "share of output the last layer reads"),
    )
}
