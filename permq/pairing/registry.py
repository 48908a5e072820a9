"""Every pairing score, one line each."""

from functools import partial

from permq.pairing.score import Score
from permq.pairing.scores.absolute_trace import absolute_trace
from permq.pairing.scores.activation_norm import activation_norm
from permq.pairing.scores.asymmetry import asymmetry
from permq.pairing.scores.bias_correlation import bias_correlation
from permq.pairing.scores.bias_norm import bias_norm
from permq.pairing.scores.contraction import contraction
from permq.pairing.scores.diagonal_mass import diagonal_mass
from permq.pairing.scores.direction_alignment import direction_alignment
from permq.pairing.scores.excess_correlation import excess_correlation
from permq.pairing.scores.excess_level import excess_level
from permq.pairing.scores.excess_readout import excess_readout
from permq.pairing.scores.excess_trace import excess_trace
from permq.pairing.scores.explained_change import explained_change
from permq.pairing.scores.flattened_cosine import flattened_cosine
from permq.pairing.scores.gradient_mse import gradient_mse
from permq.pairing.scores.gram import gram
from permq.pairing.scores.hidden_cosine import hidden_cosine
from permq.pairing.scores.hidden_cosine_square import hidden_cosine_square
from permq.pairing.scores.jacobian_norm import jacobian_norm
from permq.pairing.scores.norm_correlation import norm_correlation
from permq.pairing.scores.norm_rank_correlation import norm_rank_correlation
from permq.pairing.scores.product_norm import product_norm
from permq.pairing.scores.ratio import ratio
from permq.pairing.scores.residual_norm import residual_norm
from permq.pairing.scores.spectrum import spectrum
from permq.pairing.scores.subspace_overlap import subspace_overlap
from permq.pairing.scores.trace import trace

SCORES: dict[str, Score] = {
    score.name: score
    for score in (
        Score("trace", trace, "lower", "trace of W_out W_in"),
        Score("absolute-trace", absolute_trace, "higher", "size of that trace"),
        Score("ratio", ratio, "higher", "diagonal dominance ratio"),
        Score("diagonal-mass", diagonal_mass, "higher", "sum of the absolute diagonal"),
        Score("gram", gram, "higher", "alignment of the Gram matrices"),
        Score("hidden-cosine", hidden_cosine, "lower", "mean cosine per unit"),
        Score(
            "hidden-cosine-square", hidden_cosine_square, "higher", "mean squared cosine per unit"
        ),
        Score("asymmetry", asymmetry, "lower", "distance of W_out W_in from its transpose"),
        Score("product-norm", product_norm, "higher", "size of W_out W_in"),
        Score("subspace-overlap", subspace_overlap, "higher", "overlap of directions"),
        Score("norm-correlation", norm_correlation, "higher", "correlation of the units' norms"),
        Score("norm-rank-correlation", norm_rank_correlation, "higher", "the same of their ranks"),
        Score("flattened-cosine", flattened_cosine, "higher", "cosine of flattened weights"),
        Score("spectrum", spectrum, "higher", "correlation of singular values"),
        Score("bias-norm", bias_norm, "lower", "difference of the biases' sizes"),
        Score("bias-correlation", bias_correlation, "lower", "biases against outgoing norms"),
        Score("excess", excess_correlation, "higher", "units' weights beyond the initial bulk"),
        Score(
            "excess-90", partial(excess_correlation, share=0.9), "higher", "beyond 0.9 of the bulk"
        ),
        Score(
            "excess-80",
            partial(excess_correlation, share=0.8, plain=True),
            "higher",
            "beyond 0.8 of the bulk, amounts",
        ),
        Score("excess-readout", excess_readout, "higher", "excess against strength of readout"),
        Score("excess-trace", excess_trace, "higher", "size of the trace of the excess"),
        Score("excess-level", excess_level, "lower", "difference of the layers' excess ranks"),
        Score("activation-norm", activation_norm, "lower", "size of the output on the data"),
        Score("residual-norm", residual_norm, "lower", "mean length of the change"),
        Score("gradient-mse", gradient_mse, "lower", "error of the one-block network"),
        Score("direction-alignment", direction_alignment, "higher", "change against descent"),
        Score("contraction", contraction, "higher", "change against the state"),
        Score("jacobian-norm", jacobian_norm, "higher", "size of the derivative on the data"),
        Score("explained", explained_change, "higher", "fit to the regression of the answer"),
    )
}
