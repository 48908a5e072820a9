"""What tests of the pool share: a connection, a puzzle, and the solutions of it."""

from collections.abc import Callable, Iterator
from itertools import permutations

import pytest

from permq.core.arrangement import Arrangement
from permq.core.puzzle import Puzzle
from permq.pool import puzzles
from permq.pool.connection import Connection, connect, transaction
from permq.pool.puzzles import PuzzleRow
from permq.pool.solutions import Checked, Found, check
from tests.toys import toy_puzzle


@pytest.fixture
def connection(postgres_url: str) -> Iterator[Connection]:
    one = connect(postgres_url)
    yield one
    one.close()


@pytest.fixture
def toy() -> tuple[Puzzle, Arrangement]:
    """A puzzle of five blocks and its answer, whose hash is known."""
    return toy_puzzle(0)


@pytest.fixture
def stored(connection: Connection, toy: tuple[Puzzle, Arrangement]) -> PuzzleRow:
    with transaction(connection) as cursor:
        return puzzles.add(cursor, toy[0])


@pytest.fixture
def wrong(toy: tuple[Puzzle, Arrangement]) -> Callable[[int], list[Checked]]:
    """Make so many different solutions that are not the answer, in no order of cost."""
    puzzle, answer = toy

    def make(number: int) -> list[Checked]:
        orders = list(permutations(range(answer.blocks)))[1 : number + 1]
        return [
            check(
                puzzle,
                Found(
                    Arrangement(
                        tuple(answer.inputs[i] for i in order),
                        tuple(answer.outputs[i] for i in order),
                        answer.last,
                    ),
                    "test",
                ),
            )
            for order in orders
        ]

    return make
