"""Square layers: which pieces are inputs is searched beside everything else.

Where d == h no shape tells input from output layers. The most plausible choices of roles take
turns, each with the whole of `solve` inside a slice of time that doubles from turn to turn.
"""

from permq.core.puzzle import Puzzle
from permq.pairing.roles import split_roles
from permq.search.solve.long_way import long_way
from permq.search.solve.session import Session
from permq.search.solve.short_way import short_way

_CANDIDATES = 8
_FIRST = 20.0
"""Seconds of the first turn of every choice."""


def try_roles(session: Session, puzzle: Puzzle, threads: int) -> None:
    """Search with each plausible choice of roles until the answer is found or the budget ends."""
    with session.timed("pair"):
        splits = split_roles(puzzle, _CANDIDATES)
    variants = [puzzle.with_roles(split.inputs) for split in splits]
    session.stage(f"roles of square layers: {splits[0].sure:.2f} sure", None)
    sure = [None if session.stop() else short_way(session, variant) for variant in variants]
    seconds = _FIRST
    while not session.stop():
        for variant, pairs in zip(variants, sure, strict=True):
            if session.stop():
                break
            with session.within(seconds):
                long_way(session, variant, pairs, threads)
        seconds *= 2
