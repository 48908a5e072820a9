"""What a search must remember to go on after a kill: its elites, as plain JSON."""

import json
from math import isfinite
from typing import Any

from permq.core.arrangement import Arrangement
from permq.core.puzzle import Puzzle
from permq.errors import AnswerError, CheckpointError
from permq.search.checkpoint_fields import cost, count, parsed
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
    data: Any = parsed(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise CheckpointError("this is no checkpoint of permq solve")
    if data.get("version") != VERSION:
        raise CheckpointError(f"the checkpoint has version {data.get('version')}, not {VERSION}")
    if data.get("fingerprint") != puzzle.fingerprint:
        raise CheckpointError("the checkpoint belongs to another puzzle")
    try:
        attempts = count(data["attempts"])
        elites = [_elite(puzzle, entry) for entry in data["elites"]]
    except (KeyError, TypeError, ValueError, AnswerError) as error:
        raise CheckpointError(f"the checkpoint is damaged: {error}") from None
    return sorted(elites, key=lambda elite: elite.mse), attempts


def _elite(puzzle: Puzzle, entry: Any) -> Elite:
    mse, text = entry["mse"], entry["answer"]
    if not isinstance(text, str):
        raise TypeError("an answer is no text")
    arrangement = Arrangement.parse(text)
    puzzle.for_answer(arrangement).indices(arrangement)
    return Elite(cost(mse), arrangement)
