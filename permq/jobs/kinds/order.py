"""`order`: the seeds of the order and what they cost."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from permq.errors import CheckpointError, OptionError
from permq.jobs import search_kind as shared
from permq.jobs.beginning import (
    ENSEMBLE,
    RANDOM,
    check_order,
    pairing,
    whole,
    with_likely_roles,
)
from permq.jobs.kind import Kind
from permq.jobs.parameters import Parameter, Params
from permq.jobs.sealed import seal, unseal
from permq.jobs.search_kind import finite
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle

ALL, QUICK = "all", "quick"
KEPT = 3
"""Orders that are handed out: more than the best, so that the pool begins diverse."""


def check_method(text: str) -> str:
    """Check the name of one seed of the order, `quick` or `all`.

    Raises
    ------
    OptionError
        When it is none.
    """
    if text in (ALL, QUICK):
        return text
    if text == RANDOM or ":" in text:
        raise OptionError("seeds are tried in both directions; name one, quick or all")
    return check_order(text)


@dataclass(eq=False)
class Ordering:
    """Seeds under way.

    Parameters
    ----------
    puzzle
        In the likeliest roles of square layers.
    names
        Seeds to run.
    guesses
        Name, direction and cost of the orders of those that were run; None for infinity.
    kept
        Places among the guesses of the best orders so far, the best one first, and their input
        layers (local indices).
    """

    puzzle: "Puzzle"
    names: tuple[str, ...]
    guesses: list[tuple[str, str, float | None]] = field(default_factory=list)
    kept: list[tuple[int, list[int]]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Seeds that were run."""
        return len(self.guesses) // 2

    @property
    def mse(self) -> float:
        """Least cost so far."""
        return min((_cost(mse) for _, _, mse in self.guesses), default=float("inf"))


class Order(Kind[Ordering]):
    """Put the blocks in order by cheap guesses, each forwards and backwards."""

    name = "order"
    summary = "seeds of the order and what they cost"
    work_class = "light"
    parameters = (
        shared.PAIRS,
        shared.rows(1000),
        Parameter(
            "method",
            str,
            ALL,
            "One seed of the order, quick for those that take no time, or all.",
            check=check_method,
        ),
    )

    def total(self, params: Params, blocks: int) -> int | None:
        """Seeds."""
        return len(_names(str(params["method"])))

    def begin(self, task: Task) -> Ordering:
        """Nothing guessed."""
        return Ordering(with_likely_roles(whole(task)), _names(task.params["method"]))

    def advance(self, task: Task, state: Ordering) -> bool:
        """A unit is one seed in both directions."""
        from permq.ordering.paired import Paired
        from permq.ordering.table import seed_orders

        pair = pairing(state.puzzle, task.params["pairs"] or ENSEMBLE)
        blocks = Paired.of(state.puzzle, pair, task.params["rows"])
        before = list(state.kept)
        for name in state.names[state.done :]:
            found = seed_orders(blocks, [name])
            # of the two directions of a seed, the better one
            state.kept.append((len(state.guesses), [int(a) for a in found[0].inp]))
            state.guesses += [(g.name, g.direction, finite(g.mse)) for g in found]
            state.kept.sort(key=lambda one: _cost(state.guesses[one[0]][2]))
            del state.kept[KEPT:]
            task.report(state.done, found[0].mse, state.mse, name)
            if task.stop():
                break
        if state.kept != before:
            for place, inp in reversed(state.kept):
                name, direction, _ = state.guesses[place]
                way = name if direction == "forward" else f"{name}:{direction}"
                task.found(state.puzzle.arrangement(inp, pair[inp]), f"order:{way}")
        return state.done >= len(state.names)

    def dump(self, task: Task, state: Ordering) -> bytes:
        """Pack the guesses."""
        body = {"guesses": [list(guess) for guess in state.guesses], "kept": state.kept}
        return seal(self.name, state.puzzle.fingerprint, body)

    def load(self, task: Task, data: bytes) -> Ordering:
        """Unpack and check them."""
        from permq.search.checkpoint_fields import cost, count, permutation

        state = self.begin(task)
        body = unseal(self.name, state.puzzle.fingerprint, data)
        try:
            for name, direction, mse in body["guesses"]:
                cost(mse)
                state.guesses.append((str(name), str(direction), mse))
            for place, inp in body["kept"]:
                order = permutation(inp, state.puzzle.blocks).tolist()
                state.kept.append((range(len(state.guesses))[count(place)], order))
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"the checkpoint is damaged: {error}") from None
        if [name for name, _, _ in state.guesses[::2]] != list(state.names[: state.done]):
            raise CheckpointError("the checkpoint is damaged: its seeds are not those of the job")
        return state

    def result(self, task: Task, state: Ordering) -> dict[str, Any]:
        """The best order, and what every seed costs."""
        pair = pairing(state.puzzle, task.params["pairs"] or ENSEMBLE)
        guesses = sorted(state.guesses, key=lambda guess: _cost(guess[2]))
        best = state.kept[0][1]
        return {
            "answer": state.puzzle.arrangement(best, pair[best]).text,
            "mse": finite(state.mse),
            "rows": min(task.params["rows"], state.puzzle.rows),
            "seeds": [{"name": n, "direction": d, "mse": mse} for n, d, mse in guesses],
        }


def _cost(mse: float | None) -> float:
    return float("inf") if mse is None else mse


def _names(method: str) -> tuple[str, ...]:
    """Seeds to run."""
    if method not in (ALL, QUICK):
        return (method,)
    from permq.ordering.registry import SEEDS

    return tuple(name for name, seed in SEEDS.items() if method == ALL or seed.quick)
