"""Answers: permutations as text."""

from collections.abc import Callable
from pathlib import Path

from permq.errors import AnswerError
from tests.fuzz.guard import Scratch
from tests.fuzz.target import Target, law


def _prepare(folder: Path) -> Callable[[bytes], object]:
    from permq.core.arrangement import Arrangement

    scratch = Scratch(folder, "answer.txt")

    def run(data: bytes) -> None:
        given: str | Path = scratch.hold(data[1:]) if data[:1] == b"@" else data.decode("latin-1")
        read = Arrangement.read(given)
        law(Arrangement.parse(read.text) == read, "its own text reads otherwise")
        law(len(set(read.pieces)) == len(read.pieces) == 2 * read.blocks + 1, "no permutation")

    return run


TARGETS = (
    Target(
        "answers",
        "answers, as text or in a file",
        _prepare,
        lambda: [b"3,1,4,0,2", b"[ 3, 1, 4, 0, 2 ]", b"@3,1,4,0,2\n", b"@[43,2,7]", b"0,1,2"],
        refusals=(AnswerError,),
        words=(b",", b"[", b"]", b"999999999", b"@", b"\xb2", b"1_0"),
        longest=512,
    ),
)
