"""Every pairing score, one line each."""

from permq.pairing.score import Score
from permq.pairing.scores.absolute_trace import absolute_trace
from permq.pairing.scores.gram import gram
from permq.pairing.scores.hidden_cosine import hidden_cosine
from permq.pairing.scores.hidden_cosine_square import hidden_cosine_square
from permq.pairing.scores.norm_correlation import norm_correlation
from permq.pairing.scores.ratio import ratio
from permq.pairing.scores.trace import trace

SCORES: dict[str, Score] = {
    score.name: score
    for score in (
        Score("trace", trace, "lower", "trace of W_out W_in"),
        Score("absolute-trace", absolute_trace, "higher", "size of that trace"),
        Score("ratio", ratio, "higher", "diagonal dominance ratio"),
        Score("gram", gram, "higher", "alignment of the Gram matrices"),
        Score("hidden-cosine", hidden_cosine, "lower", "mean cosine per hidden unit"),
        Score(
            "hidden-cosine-square", hidden_cosine_square, "higher", "mean squared cosine per unit"
        ),
        Score("norm-correlation", norm_correlation, "higher", "correlation of the units' norms"),
    )
}
