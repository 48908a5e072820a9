"""Uncertain positions: search those on which solutions disagree, with all others locked."""

from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from math import factorial

import numpy as np

from permq.core.puzzle import Indices
from permq.errors import OptionError
from permq.search import enumeration
from permq.search.annealing import anneal
from permq.search.annealing_settings import AnnealSettings
from permq.search.problem import Problem, Progress, Report, Result, silent
from permq.search.stop import never
from permq.search.windows import free_positions, orders

NOTE = "orders"
"""What reports of an enumeration say."""


@dataclass(frozen=True)
class ZoneSettings:
    """Settings of the search over uncertain positions.

    Parameters
    ----------
    positions
        The zone: positions that are searched; all others are locked.
    trials
        Orders of the zone up to which all of them are tried; beyond that they are annealed.
    steps
        Steps of that annealing.

    Raises
    ------
    OptionError
        When a setting is out of range.
    """

    positions: tuple[int, ...]
    trials: int = 50_000
    steps: int = 20_000

    def __post_init__(self) -> None:
        if len(set(self.positions)) < len(self.positions):
            raise OptionError("a position stands twice in the zone")
        if self.trials < 0 or self.steps < 0:
            raise OptionError("trials and steps must be 0 or more")

    def plan(self, blocks: int, locked: Set[int] = frozenset()) -> "ZonePlan":
        """How the zone of an arrangement of so many blocks is searched.

        Raises
        ------
        OptionError
            When the zone has positions that the arrangement does not have.
        """
        if not all(0 <= position < blocks for position in self.positions):
            raise OptionError(f"positions are 0 to {blocks - 1}")
        outside = frozenset(range(blocks)) - (frozenset(self.positions) - locked)
        free = free_positions(blocks, outside)
        few = len(free) <= 20 and factorial(len(free)) <= self.trials
        moves = {"swap": 1.0, "insertion": 1.0, "rotation": 0.5}
        annealing = AnnealSettings(steps=self.steps, moves=moves)
        return ZonePlan(outside, Orders(free) if few else None, annealing)


@dataclass(frozen=True, eq=False)
class Orders:
    """All orders of the blocks at some positions but the present one.

    Parameters
    ----------
    free
        (k,) the positions.
    """

    free: Indices

    @property
    def numbers(self) -> range:
        """Numbers of the orders, lexicographic; 0 would move nothing."""
        return range(1, factorial(len(self.free)))

    def made(self, inp: Indices, out: Indices, numbers: Indices) -> tuple[Indices, Indices]:
        """(M, L) twice: the arrangements of these numbers (M,), made of one of (L,) twice."""
        moved = orders(numbers, len(self.free))
        inps, outs = np.tile(inp, (len(moved), 1)), np.tile(out, (len(moved), 1))
        inps[:, self.free], outs[:, self.free] = inp[self.free][moved], out[self.free][moved]
        return inps, outs


@dataclass(frozen=True, eq=False)
class ZonePlan:
    """How a zone is searched.

    Parameters
    ----------
    outside
        Positions that stay.
    orders
        All orders of the zone where they are few enough to be tried; None where it is annealed.
    annealing
        Settings of that.
    """

    outside: frozenset[int]
    orders: Orders | None
    annealing: AnnealSettings


def zone(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: ZoneSettings,
    seed: int = 0,
    *,
    locked: Set[int] = frozenset(),
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> Result:
    """Find the best order of the blocks in a zone; pairs stay together.

    Parameters
    ----------
    problem
        The network and the rows to judge by.
    inp, out
        (L,) local indices in running order.
    settings
        See `ZoneSettings`.
    seed
        Of the annealing.
    locked
        Positions to leave out of the zone.
    report
        Called with orders tried, or steps annealed.
    stop
        Asked now and then.

    Returns
    -------
    Result
        The optimum where the zone's orders could be enumerated.

    Raises
    ------
    OptionError
        When the zone has positions that the arrangement does not have.
    """
    plan = settings.plan(len(inp), locked)
    if plan.orders is None:
        return anneal(
            problem,
            inp,
            out,
            plan.annealing,
            seed,
            locked=plan.outside,
            report=report,
            stop=stop,
        )

    def with_the_present(told: Progress) -> None:
        report(replace(told, step=told.step + 1, steps=told.steps + 1))

    state = enumeration.start(problem, inp, out, seed)
    state = enumeration.advance(
        problem, state, plan.orders, note=NOTE, report=with_the_present, stop=stop
    )
    return enumeration.best_of(state, plan.orders).result(problem)
