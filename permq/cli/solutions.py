"""`--solution`: answers whose agreement says which positions are sure."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from permq.core.puzzle import Indices, Puzzle

Body = TypeVar("Body", bound=Callable[..., Any])


def solutions_option(body: Body) -> Body:
    """Add `--solution`, handed over as `solutions: tuple[str, ...]`."""
    return click.option(
        "--solution",
        "solutions",
        multiple=True,
        metavar="ANSWER|FILE",
        help="A good answer, or a file with one on every line (repeat for several).",
    )(body)


def read_solutions(puzzle: "Puzzle", texts: Iterable[str]) -> "list[tuple[Indices, Indices]]":
    """Arrangements, (L,) local indices twice, of answer texts and of files of answers.

    Raises
    ------
    AnswerError
        When one cannot be read or is none of this puzzle.
    """
    from permq.core.arrangement import Arrangement

    answers = []
    for text in texts:
        if "," not in text and Path(text).is_file():
            lines = Path(text).read_text(encoding="utf-8", errors="replace").splitlines()
            answers += [line for line in lines if line.strip()] or [text]
        else:
            answers.append(text)
    return [puzzle.indices(Arrangement.read(answer)) for answer in answers]
