"""Sweep: all 2^k combinations of k doubtful exchanges, in parts that can run anywhere.

An exchange names two positions that give each other their output layers (or input layers, or whole
blocks); no position stands in two of them. A combination makes some of the exchanges and leaves
the others; its number has one bit for each, the highest for the exchange that begins earliest. So
combinations that follow one another share the longest beginnings, longer than a Gray code would:
it changes one exchange at a time, but any of them.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass

import numpy as np

from permq.core.puzzle import Indices
from permq.errors import OptionError
from permq.search import enumeration
from permq.search.exchange import Layers, check_layers
from permq.search.problem import Problem, Report, Result, silent
from permq.search.stop import never

NOTE = "swept"
"""What reports say."""

_MOST = 40  # exchanges; 2^40 combinations are more than anything will evaluate


@dataclass(frozen=True)
class SweepSettings:
    """Settings of a sweep.

    Parameters
    ----------
    exchanges
        k pairs of positions.
    layers
        What they exchange.
    part, parts
        Which part of the combinations to try, from 1, of how many.
    steps
        Combinations of the part to try at most; None tries all.

    Raises
    ------
    OptionError
        When a position stands twice, there are too many exchanges, or no such part.
    """

    exchanges: tuple[tuple[int, int], ...]
    layers: Layers = "output"
    part: int = 1
    parts: int = 1
    steps: int | None = None

    def __post_init__(self) -> None:
        check_layers(self.layers)
        ordered = tuple(sorted((min(pair), max(pair)) for pair in self.exchanges))
        object.__setattr__(self, "exchanges", ordered)
        positions = [position for pair in ordered for position in pair]
        if len(set(positions)) < len(positions):
            raise OptionError("a position stands twice in the exchanges")
        if len(ordered) > _MOST:
            raise OptionError(f"at most {_MOST} exchanges can be combined, not {len(ordered)}")
        if self.steps is not None and self.steps < 0:
            raise OptionError(f"steps must be 0 or more, not {self.steps}")
        if not 1 <= self.part <= self.parts:
            raise OptionError(f"there is no part {self.part} of {self.parts}")

    @property
    def numbers(self) -> range:
        """Numbers of this part's combinations; whole parts together cover every one once."""
        count = 1 << len(self.exchanges)
        first, last = (count * part // self.parts for part in (self.part - 1, self.part))
        return range(first, last)[: self.steps]

    def check(self, blocks: int, locked: Set[int] = frozenset()) -> None:
        """Complain about exchanges that an arrangement of so many blocks cannot make.

        Raises
        ------
        OptionError
            When one touches a locked position or one that is not there.
        """
        for pair in self.exchanges:
            if not all(0 <= position < blocks for position in pair):
                raise OptionError(f"positions are 0 to {blocks - 1}, not {pair[0]} and {pair[1]}")
            if not locked.isdisjoint(pair):
                raise OptionError(
                    f"the exchange of {pair[0]} and {pair[1]} touches a locked position"
                )

    def made(self, inp: Indices, out: Indices, numbers: Indices) -> tuple[Indices, Indices]:
        """Make combinations on an arrangement, (L,) twice, by number (M,): (M, L) twice."""
        inps, outs = np.tile(inp, (len(numbers), 1)), np.tile(out, (len(numbers), 1))
        for bit, (i, j) in enumerate(reversed(self.exchanges)):
            made = np.flatnonzero(numbers >> bit & 1)
            if self.layers != "output":
                inps[made, i], inps[made, j] = inp[j], inp[i]
            if self.layers != "input":
                outs[made, i], outs[made, j] = out[j], out[i]
        return inps, outs


def sweep(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: SweepSettings,
    seed: int = 0,
    *,
    locked: Set[int] = frozenset(),
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> Result:
    """Find the best combination of doubtful exchanges in one part of them all.

    Parameters
    ----------
    problem
        The network and the rows to judge by.
    inp, out
        (L,) local indices in running order: the combination that makes no exchange.
    settings
        See `SweepSettings`.
    seed
        Decides in which order rows are looked at, nothing else.
    locked
        Positions that stay as they are; no exchange may touch them.
    report
        Called with the combinations tried.
    stop
        Asked often.

    Returns
    -------
    Result
        The best of this part, or the start where that is better.

    Raises
    ------
    OptionError
        When an exchange touches a locked position or one that is not there.
    """
    settings.check(len(inp), locked)
    state = enumeration.start(problem, inp, out, seed)
    state = enumeration.advance(problem, state, settings, note=NOTE, report=report, stop=stop)
    return enumeration.best_of(state, settings).result(problem)
