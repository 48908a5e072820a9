"""`permq verify`: does an answer solve a puzzle?"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.output import emit

if TYPE_CHECKING:
    from permq.core.objective import Verification

SOLVED, NOT_SOLVED, EQUIVALENT = 0, 1, 3


@click.command(name="verify")
@options.puzzle_argument
@options.answer_argument
@options.activation_option
@options.threads_option
@options.json_option
def command(folder: Path, answer: str, activation: str | None, threads: int, as_json: bool) -> int:
    """Say whether ANSWER solves the puzzle in DIR.

    ANSWER is an answer text (piece indices in running order, joined by commas: inp,out,...,last)
    or a file that holds one. The network is rebuilt in this order and run over all rows in
    float64.

    An exact answer whose hash is not the known one is the same function by other indices: then
    its equivalents are searched for the one that has the hash.

    Exit status: 0 when it is the answer (its hash matches, or the reconstruction is exact where no
    hash is known), 3 when it is exact but not the answer whose hash is known, 1 otherwise.

    \b
    Example:
      permq verify DIR answer.txt
    """
    from permq.core.arrangement import Arrangement
    from permq.core.loading import load_puzzle
    from permq.core.objective import verify

    arrangement = Arrangement.read(answer)
    puzzle = load_puzzle(folder, activation=activation)
    found = verify(puzzle, arrangement)
    match = arrangement if found.sha256_match else None
    if found.equivalent:
        from permq.search.solve.equivalents import matching_equivalent

        match = matching_equivalent(puzzle, arrangement)
    emit(
        {
            "solved": found.solved,
            "answer": arrangement.text,
            "sha256": found.sha256,
            "sha256_match": found.sha256_match,
            "mse": found.mse,
            "max_abs_error": found.max_abs_error,
            "exact": found.exact,
            "equivalent": found.equivalent,
            "match": match.text if match else None,
        },
        as_json=as_json,
        lines=[
            f"mse            {found.mse:.6g}",
            f"largest error  {found.max_abs_error:.6g}",
            f"sha256         {found.sha256}",
            verdict(found),
            *([f"the equivalent that has it: {match.text}"] if match and found.equivalent else []),
        ],
    )
    if found.solved:
        return SOLVED
    return EQUIVALENT if found.equivalent else NOT_SOLVED


def verdict(found: "Verification") -> str:
    """Say in one line what a verification means."""
    if found.sha256_match:
        return "sha256 match"
    if found.equivalent:
        return "equivalent: the same function, but not the answer whose sha256 is known"
    if found.sha256_match is None:
        return "exact, no sha256 is known" if found.exact else "no match: not exact"
    return "no match: another sha256, and not exact"
