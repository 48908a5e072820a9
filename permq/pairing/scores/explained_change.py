"""How much of the network's answer a pair explains at the inputs."""

from permq.core.puzzle import Indices, Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.explained import explained, missing_answer, row_budget
from permq.pairing.mean_field import averaged
from permq.pairing.rows import spaced_rows


def explained_change(puzzle: Puzzle, rows: Indices | None = None, smoothing: float = 10.0) -> Costs:
    """Fit of W_last W_out_j to the regression of pred − last(x) on hidden units i.

    Higher is better. See `permq.pairing.explained`.

    Parameters
    ----------
    puzzle
        The puzzle.
    rows
        Row numbers to look at; up to 1,000 evenly spaced ones by default.
    smoothing
        Ridge of the regression, in units of its matrix's mean eigenvalue.

    Returns
    -------
    (L, L) float64
    """
    chosen = spaced_rows(puzzle, row_budget(puzzle)) if rows is None else rows
    hidden = averaged(puzzle, [puzzle.x[chosen]])
    return explained(puzzle, hidden, missing_answer(puzzle, chosen), [smoothing])[0]
