"""What a search must remember to go on after a kill: its elites, as plain JSON."""

import json
from math import inf, isfinite
from typing import Any

from permq.core.arrangement import Arrangement
from permq.core.puzzle import Puzzle
from permq.errors import AnswerError, CheckpointError
from permq.search.solve.session import Elite

FORMAT = "permq-solve"
VERSION = 1


def dumps(puzzle: Puzzle, elites: list[Elite], attempts: int) -> str:
    """Turn elites and the number of attempts made into JSON text."""
    return json.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "fingerprint": puzzle.fingerprint,
            "attempts": attempts,
            "elites": [
                {
                    "mse": elite.mse if isfinite(elite.mse) else None,
                    "answer": elite.arrangement.text,
                }
                for elite in elites
            ],
        }
    )


def loads(puzzle: Puzzle, text: str | bytes) -> tuple[list[Elite], int]:
    """Read elites and the number of attempts from JSON text.

    Raises
    ------
    CheckpointError
        When it is damaged, of another version or of another puzzle.
    """
    try:
        data: Any = json.loads(text)
    except ValueError as error:
        raise CheckpointError(f"the checkpoint is damaged: {error}") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise CheckpointError("this is no checkpoint of permq solve")
    if data.get("version") != VERSION:
        raise CheckpointError(f"the checkpoint has version {data.get('version')}, not {VERSION}")
    if data.get("fingerprint") != puzzle.fingerprint:
        raise CheckpointError("the checkpoint belongs to another puzzle")
    try:
        attempts = _count(data["attempts"])
        elites = [_elite(puzzle, entry) for entry in data["elites"]]
    except (KeyError, TypeError, ValueError, AnswerError) as error:
        raise CheckpointError(f"the checkpoint is damaged: {error}") from None
    return sorted(elites, key=lambda elite: elite.mse), attempts


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("attempts is no count")
    return value


def _elite(puzzle: Puzzle, entry: Any) -> Elite:
    mse, text = entry["mse"], entry["answer"]
    if mse is not None and (isinstance(mse, bool) or not isinstance(mse, (int, float))):
        raise TypeError("a cost is no number")
    if mse is not None and not mse >= 0:
        raise ValueError(f"a cost is {mse}")
    if not isinstance(text, str):
        raise TypeError("an answer is no text")
    arrangement = Arrangement.parse(text)
    puzzle.for_answer(arrangement).indices(arrangement)
    return Elite(inf if mse is None else float(mse), arrangement)
