"""Sure pairs by their margins, doubtful ones by the vote of given solutions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from permq.core.arrangement import Arrangement
from permq.core.puzzle import Indices, Puzzle
from permq.errors import AnswerError
from permq.pairing.assignment import Costs, assign, margins

SURE = 3.0
"""Margin of a sure pair in nats: without it the best pairing is twenty times less likely."""

_MAX_SIZE = 64 << 20  # bytes of a file of answers


_NEVER = 50.0  # nats: the cost of separating a sure pair


@dataclass(frozen=True, eq=False)
class Hybrid:
    """A pairing from margins and votes.

    Parameters
    ----------
    cost
        (L, L) in nats: −log probability of sure pairs, −log share of the votes among the others.
    pair
        (L,) its assignment.
    sure
        (L,) whether the margin of an input layer's pair decided.
    share
        (L,) share of the given solutions that agree with each pair.
    """

    cost: Costs
    pair: Indices
    sure: NDArray[np.bool_]
    share: NDArray[np.float64]


def hybrid(surprise: Costs, pool: Sequence[Indices], sure: float = SURE) -> Hybrid:
    """Keep the pairs of large margin and let the pool choose among the layers that are left.

    Parameters
    ----------
    surprise
        (L, L) −log probability of each pair.
    pool
        Pairings (L,) of known solutions, at least one.
    sure
        Least margin, in nats, of a pair that is not put to the vote.

    Returns
    -------
    Hybrid
    """
    rows = np.arange(len(surprise))
    pair = assign(surprise)
    firm = margins(surprise, pair) >= sure
    votes = np.zeros(surprise.shape)
    for voted in pool:
        votes[rows, voted] += 1
    cost = np.full(surprise.shape, _NEVER)
    cost[rows[firm], pair[firm]] = surprise[rows[firm], pair[firm]]
    # the probabilities are one more vote
    doubtful = np.ix_(rows[~firm], pair[~firm])
    cost[doubtful] = -np.log((votes + np.exp(-surprise))[doubtful] / (len(pool) + 1))
    pair = assign(cost)
    return Hybrid(cost, pair, firm, votes[rows, pair] / len(pool))


def read_answers(path: Path) -> list[Arrangement]:
    """Answers in a file: one answer text per line, or a JSON list of texts or lists of pieces.

    Raises
    ------
    AnswerError
        When the file cannot be read or an entry is no answer; it names the file and the entry.
    """
    try:
        if path.stat().st_size > _MAX_SIZE:
            raise AnswerError(f"{path}: too large for a file of answers")
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise AnswerError(f"{path}: {getattr(error, 'strerror', None) or 'no text'}") from None
    entries = _entries(path, text)
    if not entries:
        raise AnswerError(f"{path}: holds no answer")
    answers = []
    for number, entry in entries:
        try:
            answers.append(Arrangement.parse(entry))
        except AnswerError as error:
            raise AnswerError(f"{path}, {number}: {error}") from None
    return answers


def pairings(puzzle: Puzzle, answers: Sequence[Arrangement]) -> list[Indices]:
    """Pairing (L,) of each answer, by local index of the input layer.

    Raises
    ------
    AnswerError
        When one is none of this puzzle.
    """
    found = []
    for answer in answers:
        inp, out = puzzle.indices(answer)
        pair = np.empty(len(inp), np.intp)
        pair[inp] = out
        found.append(pair)
    return found


def _entries(path: Path, text: str) -> list[tuple[str, str]]:
    """Name in the file and text of every entry."""
    if text.lstrip().startswith("["):
        try:
            loaded = json.loads(text)
        except (ValueError, RecursionError) as error:
            # one answer in brackets per line is no JSON list of answers
            if "\n" in text.strip():
                return _lines(text)
            raise AnswerError(f"{path}: no JSON list of answers") from error
        if isinstance(loaded, list) and loaded and all(isinstance(piece, int) for piece in loaded):
            loaded = [loaded]
        entries = loaded if isinstance(loaded, list) else []
        return [
            (f"entry {number}", entry if isinstance(entry, str) else json.dumps(entry))
            for number, entry in enumerate(entries, 1)
        ]
    return _lines(text)


def _lines(text: str) -> list[tuple[str, str]]:
    lines = enumerate(text.splitlines(), 1)
    return [(f"line {number}", line) for number, line in lines if line.strip()]
