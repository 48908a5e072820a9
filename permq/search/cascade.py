"""The swap cascade: all swaps, the improving ones made without overlap, until nothing improves."""

from collections.abc import Callable, Set
from dataclasses import dataclass

from permq.core.puzzle import Indices
from permq.errors import OptionError
from permq.search.descent import descend
from permq.search.exchange import Layers, check_layers, swaps
from permq.search.problem import Problem, Report, Result, silent
from permq.search.stop import never
from permq.search.windows import free_positions


@dataclass(frozen=True)
class CascadeSettings:
    """Settings of the swap cascade.

    Parameters
    ----------
    rounds
        At most so many; it ends earlier when nothing improves.
    reach
        Largest distance of a swap, in positions that are not locked; None is any.
    layers
        What is swapped: blocks (`both`), or `input` or `output` layers, which re-pairs.

    Raises
    ------
    OptionError
        When a setting is unknown or out of range.
    """

    rounds: int = 100
    reach: int | None = None
    layers: Layers = "both"

    def __post_init__(self) -> None:
        check_layers(self.layers)
        if self.rounds < 0:
            raise OptionError(f"rounds must be 0 or more, not {self.rounds}")
        if self.reach is not None and self.reach < 1:
            raise OptionError(f"the reach of swaps must be at least 1, not {self.reach}")


def cascade(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: CascadeSettings,
    seed: int = 0,
    *,
    locked: Set[int] = frozenset(),
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> Result:
    """Swap until no swap improves.

    Parameters
    ----------
    problem
        The network and the rows to judge by.
    inp, out
        (L,) local indices in running order.
    settings
        See `CascadeSettings`.
    seed
        Decides in which order rows are looked at, not which arrangement is found (but for ties
        at rounding).
    locked
        Positions that stay as they are.
    report
        Called with the swaps evaluated in this round, of all.
    stop
        Asked often; the best swap found by then is made all the same.

    Returns
    -------
    Result
        A local optimum under these swaps, unless rounds ran out or it was stopped.
    """
    free = free_positions(len(inp), locked)
    neighbourhood = swaps(free, settings.reach, settings.layers)
    return descend(
        problem, inp, out, neighbourhood, settings.rounds, seed, report=report, stop=stop
    )
