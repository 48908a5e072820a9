"""What a figure is, and what it may look at."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from permq.core.arrangement import Arrangement
from permq.core.puzzle import Indices, Puzzle
from permq.errors import MissingDataError
from permq.pool import solutions
from permq.pool.connection import Connection, Cursor, transaction
from permq.pool.puzzles import PuzzleRow
from permq.pool.solutions import SolutionRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Numbers = TypeVar("Numbers")

DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {"top": 100, "method": "gradient-mse", "target": None, "by": "method"}
)
"""Options and their usual values: how many of the best solutions are compared, the pairing method
that is shown, a cost to mark, and whether solutions are told apart by `method` or `node`."""


@dataclass(frozen=True, eq=False)
class Sources:
    """What a figure may look at; made by `permq.figures.gather`.

    Parameters
    ----------
    puzzle
        Layers and data; square layers have the roles of the answer.
    row
        The puzzle as the pool knows it.
    connection
        To the pool, outside a transaction.
    options
        Every option of `DEFAULTS`, and what else a figure understands.
    answer
        A solved solution, else the best of the pool; None in an empty one.
    solved
        Whether `answer` is the right one.
    """

    puzzle: Puzzle
    row: PuzzleRow
    connection: Connection
    options: Mapping[str, Any] = field(default_factory=lambda: DEFAULTS)
    answer: Arrangement | None = None
    solved: bool = False
    _top: dict[int, list[SolutionRow]] = field(default_factory=dict, repr=False)

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        """A short transaction; nothing is computed within, Postgres would not wait for it."""
        with transaction(self.connection) as cursor:
            yield cursor

    @property
    def known(self) -> str:
        """What `answer` is called: `right` or `best known`."""
        return "right" if self.solved else "best known"

    def order(self) -> tuple[Indices, Indices]:
        """Local indices (L,), (L,) of `answer` in running order.

        Raises
        ------
        MissingDataError
            When the pool is empty.
        """
        if self.answer is None:
            raise self.missing("the pool has no solution of it yet")
        return self.puzzle.indices(self.answer)

    def top(self, least: int = 1) -> list[SolutionRow]:
        """The `top` best solutions, in order.

        Parameters
        ----------
        least
            Fewer than this are not enough.

        Raises
        ------
        MissingDataError
            When the pool has fewer.
        """
        count = int(self.options["top"])
        if count not in self._top:
            with self.reading() as cursor:
                self._top[count] = solutions.top(cursor, self.row.id, count)
        rows = self._top[count]
        if not rows:
            raise self.missing("the pool has no solution of it yet")
        if len(rows) < least:
            raise self.missing(f"{least} solutions are needed, there are {len(rows)}")
        return rows

    def missing(self, what: str) -> MissingDataError:
        """Make the error for data that are not there."""
        return MissingDataError(f"{self.row.label}: {what}")


class Figure(ABC, Generic[Numbers]):
    """One figure.

    Attributes
    ----------
    name, summary
        What the user calls it, and what it shows in one line.
    """

    name: ClassVar[str]
    summary: ClassVar[str]

    @abstractmethod
    def compute(self, sources: Sources) -> Numbers:
        """Everything that is shown, as numbers.

        Raises
        ------
        MissingDataError
            When there is nothing to show.
        """

    @abstractmethod
    def draw(self, numbers: Numbers) -> "Drawing":
        """Draw it on a canvas of `permq.figures.style`."""
