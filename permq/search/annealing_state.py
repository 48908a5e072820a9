"""Where an annealing run stands between two slices: plain data, nothing derived."""

from dataclasses import dataclass

from permq.core.puzzle import Indices
from permq.search.annealing_settings import AnnealSettings
from permq.search.problem import Result
from permq.search.row_plan import RowPlan
from permq.search.schedule import Clock


@dataclass(frozen=True, eq=False)
class AnnealState:
    """Everything the next slice depends on.

    The random numbers of a step depend on `seed` and the number of the step alone, so no
    generator state is needed.

    Parameters
    ----------
    settings, seed, locked, anchored
        What the run was started with; locked positions and anchored input layers (local indices).
    step
        Steps done.
    plan, early
        How the rows are looked at, and the proposals rejected on their first portion since the
        plan was made.
    inp, out
        (L,) local indices of the current arrangement in running order.
    best_inp, best_out
        The best one so far.
    current, best, start_mse
        Costs of the current, the best and the first arrangement.
    hot, temperature
        The first and the present temperature, in units of the cost.
    clock
        The cooling clock.
    improved
        Step of the last new best or reheating.
    reheated
        Number of reheatings.
    window_accepted
        Moves accepted since the last correction of the temperature.
    proposed, accepted
        Number of proposals and acceptances of every move.
    evaluations
        Arrangements evaluated.
    """

    settings: AnnealSettings
    seed: int
    locked: frozenset[int]
    anchored: frozenset[int]
    step: int
    plan: RowPlan
    early: int
    inp: Indices
    out: Indices
    best_inp: Indices
    best_out: Indices
    current: float
    best: float
    start_mse: float
    hot: float
    temperature: float
    clock: Clock
    improved: int
    reheated: int
    window_accepted: int
    proposed: dict[str, int]
    accepted: dict[str, int]
    evaluations: int

    @property
    def finished(self) -> bool:
        """Whether the budget of steps is spent or the target reached."""
        return self.step >= self.settings.steps or self.best <= self.settings.target

    def result(self) -> Result:
        """The best arrangement found so far."""
        return Result(
            inp=self.best_inp.copy(),
            out=self.best_out.copy(),
            mse=self.best,
            start_mse=self.start_mse,
            evaluations=self.evaluations,
            accepted=sum(self.accepted.values()),
        )
