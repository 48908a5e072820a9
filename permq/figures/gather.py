"""What figures look at, gathered from the pool."""

from collections.abc import Mapping
from typing import Any

from permq.core.puzzle import Puzzle
from permq.figures.figure import DEFAULTS, Sources
from permq.pool import puzzles, solutions
from permq.pool.connection import Connection, transaction
from permq.pool.content import unpack
from permq.pool.puzzles import PuzzleRow


def gather(
    connection: Connection,
    row: PuzzleRow,
    options: Mapping[str, Any] | None = None,
    puzzle: Puzzle | None = None,
) -> Sources:
    """Gather the puzzle and its best known arrangement.

    Parameters
    ----------
    connection
        To the pool, outside a transaction.
    row
        Which puzzle.
    options
        Those that differ from `permq.figures.figure.DEFAULTS`.
    puzzle
        The puzzle itself where it is at hand; else it is read from the pool.

    Returns
    -------
    Sources
        Square layers have the roles of the best known arrangement, else the likeliest.
    """
    with transaction(connection) as cursor:
        best = solutions.best(cursor, row.id)
        content = puzzles.content(cursor, row.id) if puzzle is None else b""
    puzzle = unpack(content) if puzzle is None else puzzle
    answer = None if best is None else best.arrangement
    puzzle = _with_likely_roles(puzzle) if answer is None else puzzle.for_answer(answer)
    chosen = {**DEFAULTS, **(options or {})}
    return Sources(puzzle, row, connection, chosen, answer, best is not None and best.solved)


def _with_likely_roles(puzzle: Puzzle) -> Puzzle:
    if not puzzle.square:
        return puzzle
    from permq.pairing.roles import split_roles

    return puzzle.with_roles(split_roles(puzzle, 1)[0].inputs)
