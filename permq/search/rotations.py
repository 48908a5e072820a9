"""Rotations: all three-way exchanges, made like the swaps of a cascade.

They finish what swaps cannot: a rotation of three neighbours is two swaps, the first of which may
make things worse.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass

from permq.core.puzzle import Indices
from permq.errors import OptionError
from permq.search import exchange
from permq.search.descent import descend
from permq.search.exchange import Layers, check_layers
from permq.search.problem import Problem, Report, Result, silent
from permq.search.stop import never
from permq.search.windows import free_positions


@dataclass(frozen=True)
class RotationSettings:
    """Settings of the search over rotations.

    Parameters
    ----------
    rounds
        At most so many; it ends earlier when nothing improves.
    span
        Largest distance of the first from the last of the three, in positions that are not
        locked; None is any.
    layers
        What is rotated: blocks (`both`), or `input` or `output` layers, which re-pairs.

    Raises
    ------
    OptionError
        When a setting is unknown or out of range.
    """

    rounds: int = 100
    span: int | None = None
    layers: Layers = "both"

    def __post_init__(self) -> None:
        check_layers(self.layers)
        if self.rounds < 0:
            raise OptionError(f"rounds must be 0 or more, not {self.rounds}")
        if self.span is not None and self.span < 2:
            raise OptionError(f"the span of rotations must be at least 2, not {self.span}")


def rotations(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: RotationSettings,
    seed: int = 0,
    *,
    locked: Set[int] = frozenset(),
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> Result:
    """Rotate until no rotation improves; the parameters are those of `permq.search.cascade`.

    Returns
    -------
    Result
        A local optimum under these rotations, unless rounds ran out or it was stopped.
    """
    free = free_positions(len(inp), locked)
    neighbourhood = exchange.rotations(free, settings.span, settings.layers)
    return descend(
        problem, inp, out, neighbourhood, settings.rounds, seed, report=report, stop=stop
    )
