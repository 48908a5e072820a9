"""Every seed of the order, one line each."""

from permq.ordering.by_cost import beam_by_cost, greedy_by_cost
from permq.ordering.condition_chain import condition_chain
from permq.ordering.depth import depth_by_regression, order_by_homotopy
from permq.ordering.direction_chain import direction_chain
from permq.ordering.greedy_by_state import greedy_by_state, greedy_by_state_largest
from permq.ordering.measures.changes import change_norm, change_spread
from permq.ordering.measures.jacobian import jacobian_norm, spectral_radius, trace
from permq.ordering.measures.last_alignment import last_alignment
from permq.ordering.measures.weights import input_norm, output_norm, output_sum
from permq.ordering.precedence import precedence
from permq.ordering.seed import Seed, by_measure

SEEDS: dict[str, Seed] = {
    seed.name: seed
    for seed in (
        Seed("greedy-by-state", greedy_by_state, "smallest change of the state comes next"),
        Seed("greedy-by-state-largest", greedy_by_state_largest, "largest change comes next"),
        by_measure("depth-regression", depth_by_regression, "depth regressed from the answers"),
        Seed("depth-homotopy", order_by_homotopy, "the same while blocks contract", quick=False),
        by_measure("last-alignment", last_alignment, "share of output the last layer reads"),
        by_measure("output-sum", output_sum, "sum of absolute output weights"),
        by_measure("output-norm", output_norm, "Frobenius norm of the output weights"),
        by_measure("input-norm", input_norm, "Frobenius norm of the input weights"),
        by_measure("trace", trace, "trace of W_out W_in"),
        by_measure("change-norm", change_norm, "mean size of the change at the inputs"),
        by_measure("change-spread", change_spread, "spread of the change at the inputs"),
        by_measure("jacobian-norm", jacobian_norm, "size of the Jacobian at the inputs"),
        by_measure("spectral-radius", spectral_radius, "spectral radius of the mean Jacobian"),
        Seed("direction-chain", direction_chain, "nearest residual direction comes next"),
        Seed("condition-chain", condition_chain, "well-conditioned path", quick=False),
        Seed("greedy-by-cost", greedy_by_cost, "best answer so far comes next", quick=False),
        Seed("beam-by-cost", beam_by_cost, "the same, five at a time", quick=False),
        Seed("precedence", precedence, "votes of every two blocks", quick=False),
    )
}
