"""Where a search by neighbourhoods stands between two slices: plain data, nothing derived."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Self

import numpy as np

from permq.core.delta import Evaluator
from permq.core.puzzle import Indices
from permq.errors import CheckpointError
from permq.search.checkpoint_fields import cost, count, permutation
from permq.search.problem import Problem, Result


@dataclass(frozen=True, eq=False)
class Standing:
    """The current arrangement of a search and how it came there.

    Parameters
    ----------
    inp, out
        (L,) local indices of the current arrangement in running order.
    first_inp, first_out
        The arrangement that the search began with; it decides which rows are looked at first.
    mse, start_mse
        Costs of the two.
    seed
        Of everything random.
    evaluations, accepted
        Arrangements evaluated, and changes kept.
    """

    inp: Indices
    out: Indices
    first_inp: Indices
    first_out: Indices
    mse: float
    start_mse: float
    seed: int
    evaluations: int = 0
    accepted: int = 0

    @classmethod
    def of(cls, problem: Problem, inp: Indices, out: Indices, seed: int) -> Self:
        """Stand at the beginning."""
        inp, out = np.array(inp, np.intp), np.array(out, np.intp)
        mse = problem.cost(inp, out)
        return cls(inp, out, inp, out, mse, mse, seed)

    def moved(self, inp: Indices, out: Indices, mse: float) -> Self:
        """Stand at another arrangement, by one change more."""
        inp, out = np.array(inp, np.intp), np.array(out, np.intp)
        return replace(self, inp=inp, out=out, mse=mse, accepted=self.accepted + 1)

    def evaluator(self, problem: Problem) -> Evaluator:
        """Evaluator whose current arrangement is this one, and which goes on counting."""
        evaluator = problem.evaluator(self.inp, self.out)
        evaluator.evaluations = self.evaluations
        return evaluator

    def after(self, evaluator: Evaluator, accepted: int) -> Self:
        """Stand where an evaluator of this standing has come to, by so many changes more."""
        return replace(
            self,
            inp=evaluator.inp.copy(),
            out=evaluator.out.copy(),
            mse=evaluator.mse,
            evaluations=evaluator.evaluations,
            accepted=self.accepted + accepted,
        )

    def result(self, problem: Problem | None = None) -> Result:
        """The current arrangement; with a problem its cost is computed anew from the start."""
        return Result(
            inp=self.inp.copy(),
            out=self.out.copy(),
            mse=self.mse if problem is None else problem.cost(self.inp, self.out),
            start_mse=self.start_mse,
            evaluations=self.evaluations,
            accepted=self.accepted,
        )

    def save(self) -> dict[str, Any]:
        """Turn it into what JSON can hold."""
        data: dict[str, Any] = {name: getattr(self, name).tolist() for name in _SEQUENCES}
        data |= {name: getattr(self, name) for name in _COUNTS}
        for name in _COSTS:
            value = getattr(self, name)
            data[name] = value if isfinite(value) else None
        return data

    @classmethod
    def restore(cls, problem: Problem, data: object) -> Self:
        """Turn it back.

        Raises
        ------
        CheckpointError
            When a field is missing or out of range.
        """
        if not isinstance(data, Mapping):
            raise CheckpointError("the checkpoint is damaged: it has no standing")
        values: dict[str, Any] = {}
        try:
            values |= {name: permutation(data[name], problem.blocks) for name in _SEQUENCES}
            values |= {name: count(data[name]) for name in _COUNTS}
            values |= {name: cost(data[name]) for name in _COSTS}
        except KeyError as error:
            raise CheckpointError(f"the checkpoint is damaged: {error} is missing") from None
        except ValueError as error:
            raise CheckpointError(f"the checkpoint is damaged: {error}") from None
        return cls(**values)


_SEQUENCES = ("inp", "out", "first_inp", "first_out")
_COUNTS = ("seed", "evaluations", "accepted")
_COSTS = ("mse", "start_mse")
