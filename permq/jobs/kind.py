"""What a kind of job is.

A kind works in slices: `begin` makes a state, `advance` takes it further until it is finished or
the task says stop, `dump` and `load` carry it from one slice to the next, on whatever node that
runs. Cut at any points, a repeatable kind ends with the result of one go.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Generic, Literal, TypeVar

from permq.jobs.parameters import Parameter, Params, Value, complete, read_parameters
from permq.jobs.task import Task

WorkClass = Literal["heavy", "light", "render", "gpu"]
USUAL, IDLE = 5, 9
"""Priorities of what people wait for, and of what is done when nothing else is."""
State = TypeVar("State")


class Kind(ABC, Generic[State]):
    """One kind of job; see the module.

    Attributes
    ----------
    name, summary
        What the user calls it, and what it does in one line.
    work_class
        Which nodes it goes to.
    priority
        Of its jobs where nobody names one, 0 (first) to 9.
    parameters
        What it accepts.
    needs_puzzle
        Whether it works on a puzzle.
    needs_pool
        Whether it reads the pool; what it gives then depends on more than its parameters.
    needs_start
        Whether it improves a given arrangement rather than making one of its own.
    one_start
        Whether the jobs that one submission expands into must begin alike.
    brief
        Whether it takes milliseconds, so that several fit into one slot.
    prefers_gpu
        Whether it goes to nodes of class `gpu` where one lives when it is submitted.
    repeatable
        Whether the same seed gives the same result, whatever the slices.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    work_class: ClassVar[WorkClass] = "heavy"
    priority: ClassVar[int] = USUAL
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    needs_puzzle: ClassVar[bool] = True
    needs_pool: ClassVar[bool] = False
    needs_start: ClassVar[bool] = False
    one_start: ClassVar[bool] = False
    brief: ClassVar[bool] = False
    prefers_gpu: ClassVar[bool] = False
    repeatable: ClassVar[bool] = True

    def complete(self, given: Params, blocks: int | None = None) -> dict[str, Value]:
        """Every parameter's value: the given ones, checked, and defaults for the rest.

        Parameters
        ----------
        given
            Values by name.
        blocks
            Of the puzzle, where it is known: positions are then checked too.

        Raises
        ------
        OptionError
            When a name is unknown, a value is wrong, or values do not fit together.
        """
        params = complete(self.name, self.parameters, given)
        self.check(params, blocks)
        return params

    def read(self, texts: Iterable[str], blocks: int | None = None) -> dict[str, Value]:
        """Every parameter's value from `name=value` texts; see `complete`."""
        return self.complete(read_parameters(self.name, self.parameters, texts), blocks)

    def check(self, params: Params, blocks: int | None = None) -> None:
        """Complain about values that do not fit together, or the puzzle.

        Raises
        ------
        OptionError
            With what is wrong.
        """

    def total(self, params: Params, blocks: int) -> int | None:
        """Steps of the whole job, for progress; None where that is not known before."""
        return None

    def expand(self, params: Params) -> list[dict[str, Value]]:
        """Give the parameters of the jobs that one submission becomes."""
        return [dict(params)]

    @abstractmethod
    def begin(self, task: Task) -> State:
        """State before the first step."""

    @abstractmethod
    def advance(self, task: Task, state: State) -> bool:
        """Work until finished (True) or told to stop (False).

        One unit of work at least is done, unless the task is to be left at once.
        The state is changed in place. A unit that the stop cut short is left out of it, so that it
        is repeated in the next slice.
        """

    @abstractmethod
    def dump(self, task: Task, state: State) -> bytes:
        """Turn a state into JSON."""

    @abstractmethod
    def load(self, task: Task, data: bytes) -> State:
        """Turn JSON back into a state.

        Raises
        ------
        CheckpointError
            When it is damaged, of another version, or of another kind of job or puzzle.
        """

    @abstractmethod
    def result(self, task: Task, state: State) -> dict[str, Any]:
        """Facts of a finished job, as JSON can hold them."""
