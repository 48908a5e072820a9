"""What good solutions of the pool agree on."""

from typing import TYPE_CHECKING

from permq.errors import AnswerError
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle


def agreement_of(task: Task, puzzle: "Puzzle") -> list[float] | None:
    """Share of the drawn solutions that run the most frequent block, by position.

    Solutions that give square layers other roles than the puzzle cannot be compared and are left
    out; None where no two are left.
    """
    from permq.diagnosis.agreement import agreement

    solutions = []
    for other in task.others:
        try:
            solutions.append(puzzle.indices(other))
        except AnswerError:
            continue
    if len(solutions) < 2:
        return None
    return [float(share) for share in agreement(solutions).share]
