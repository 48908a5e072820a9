"""Costs of many arrangements that resemble the current one: exact, and hopeless ones left early.

Rows come in chunks that begin small. Squared errors only add up, so an arrangement whose sum
over the rows seen exceeds what `limit` allows for all rows is decided, and later chunks go without
it. That is exact, and the sooner the better, so the rows on which disturbed arrangements err most
stand first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.search.decisive_rows import decisive_rows, row_chunks
from permq.search.problem import Problem, Result
from permq.search.standing import Standing
from permq.search.stop import never
from permq.search.trie import Costs, Trie

_SMALLEST = 4  # rows of the first chunk: enough for most of a neighbourhood of a good arrangement
_GAIN = 1e-5  # the least relative gain that counts: float32 sums err by less
_UNIT = 1 << 18  # arrangements times rows
_ROUNDING = 1e-12  # mean squared error of rounding alone, in units of the mean square of `pred`


def unit_size(problem: Problem) -> int:
    """Arrangements to evaluate between two looks at the clock.

    Most are left after a few rows; but from a bad arrangement most improve, and the more rows, the
    fewer can be evaluated in full within a few seconds.
    """
    return max(64, min(2048, _UNIT // len(problem.x)))


@dataclass(eq=False)
class _Chunk:
    """Some rows: columns of the inputs, targets, and the current arrangement's states there."""

    columns: Array  # (d + 1, n)
    targets: Array  # (m, n)
    states: Array | None = None  # (L + 1, d + 1, n), made when first needed
    valid: int = 0  # that many of the states, after the first, belong to the current arrangement


class TrieEvaluator:
    """The current arrangement of a search, and the costs of many others that resemble it.

    Parameters
    ----------
    problem
        Network and rows.
    inp, out
        (L,) local indices of the current arrangement in running order.
    seed
        Of the disturbances that tell which rows decide soonest; it changes the speed, not the
        costs (beyond rounding).
    stop
        Asked often; once it is true, arrangements not evaluated by then cost inf.

    Attributes
    ----------
    inp, out, mse
        The current arrangement and its cost.
    start_mse
        Cost of the first one.
    accepted
        Number of changes of the current arrangement.
    evaluations
        Arrangements evaluated so far, whole or in part.
    """

    def __init__(
        self,
        problem: Problem,
        inp: Indices,
        out: Indices,
        seed: int = 0,
        stop: Callable[[], bool] = never,
    ) -> None:
        self.problem = problem
        self.inp, self.out = np.array(inp, np.intp), np.array(out, np.intp)
        self._first, self._seed = (self.inp, self.out), seed
        self.mse = self.start_mse = problem.cost(self.inp, self.out)
        self.evaluations = self.accepted = 0
        self._trie = Trie(problem.network, stop)
        self._count = problem.pred.size
        self._rounding = _ROUNDING * float(np.square(problem.pred, dtype=np.float64).mean())
        self._chunks: list[_Chunk] = []
        rows, first = decisive_rows(problem, inp, out, np.random.default_rng(seed)), 0
        for size in row_chunks(len(rows), _SMALLEST):
            chosen = rows[first : first + size]
            targets = np.ascontiguousarray(problem.pred[chosen].T, problem.network.dtype)
            self._chunks.append(_Chunk(problem.network.columns(problem.x[chosen]), targets))
            first += size

    @classmethod
    def at(
        cls, problem: Problem, standing: Standing, stop: Callable[[], bool] = never
    ) -> "TrieEvaluator":
        """Go on from a standing, with the same floats as if it had never been left."""
        evaluator = cls(problem, standing.first_inp, standing.first_out, standing.seed, stop)
        evaluator.accept(standing.inp, standing.out, standing.mse)
        evaluator.start_mse = standing.start_mse
        evaluator.evaluations, evaluator.accepted = standing.evaluations, standing.accepted
        return evaluator

    def standing(self) -> Standing:
        """Where it stands, to go on from with `at`."""
        return Standing(
            self.inp,
            self.out,
            *self._first,
            mse=self.mse,
            start_mse=self.start_mse,
            seed=self._seed,
            evaluations=self.evaluations,
            accepted=self.accepted,
        )

    @property
    def bar(self) -> float:
        """What a cost must not exceed to be an improvement; rounding alone does not reach it."""
        return self.mse * (1 - _GAIN)

    @property
    def finished(self) -> bool:
        """Whether only rounding is left of the cost; what differs below says nothing."""
        return self.mse <= self._rounding

    @property
    def block_rows(self) -> int:
        """Work done so far, in blocks times rows."""
        return self._trie.block_rows

    def costs(self, inps: Indices, outs: Indices, limit: float = inf) -> Costs:
        """Mean squared errors of M arrangements on the problem's rows.

        Parameters
        ----------
        inps, outs
            (M, L) local indices in running order.
        limit
            Costs above it need not be known.

        Returns
        -------
        (M,) array
            inf where the cost exceeds `limit`, is not finite or is not known by the stop.
        """
        tokens = self._trie.tokens(inps, outs)
        alive, sums = _lexicographic(tokens), np.zeros(len(inps))
        self.evaluations += len(inps)
        for chunk in self._chunks:
            sums[alive] += self._squared_errors(chunk, tokens[alive])
            alive = alive[sums[alive] <= limit * self._count]
        costs = np.full(len(inps), inf)
        alive = alive[np.isfinite(sums[alive])]
        costs[alive] = sums[alive] / self._count
        return costs

    def cost(self, inp: Indices, out: Indices, limit: float = inf) -> float:
        """Cost of one arrangement, (L,) and (L,) local indices; inf when it exceeds `limit`."""
        return float(self.costs(inp[None], out[None], limit)[0])

    def best(self, inps: Indices, outs: Indices, limit: float) -> tuple[int, float]:
        """Find the cheapest of M arrangements.

        After every chunk of rows the arrangement that leads is evaluated in full, and its cost
        becomes the limit of the others.

        Parameters
        ----------
        inps, outs
            (M, L) local indices in running order.
        limit
            Only costs of at most this count.

        Returns
        -------
        int
            Which one; -1 when none is within the limit.
        float
            Its cost, or inf.
        """
        tokens, winner, lowest = self._trie.tokens(inps, outs), -1, inf
        alive, sums = _lexicographic(tokens), np.zeros(len(inps))
        allowed = min(limit * self._count, float(np.finfo(np.float64).max))
        self.evaluations += len(inps)
        for number, chunk in enumerate(self._chunks):
            sums[alive] += self._squared_errors(chunk, tokens[alive])
            alive = alive[sums[alive] <= allowed]
            if not alive.size:
                break
            lead = alive[np.argmin(sums[alive])]
            for later in self._chunks[number + 1 :]:
                if not sums[lead] <= allowed:
                    break
                sums[lead] += self._squared_errors(later, tokens[[lead]])[0]
            if sums[lead] <= allowed and sums[lead] / self._count < lowest:
                winner, lowest = int(lead), float(sums[lead] / self._count)
                allowed = sums[lead]
            alive = alive[alive != lead]
        return winner, lowest

    def accept(self, inp: Indices, out: Indices, mse: float) -> None:
        """Make an arrangement, (L,) and (L,) local indices, with this cost the current one."""
        differs = np.flatnonzero((self.inp != inp) | (self.out != out))
        for chunk in self._chunks:
            chunk.valid = min(chunk.valid, int(differs[0]) if differs.size else len(inp))
        self.inp, self.out = np.array(inp, np.intp), np.array(out, np.intp)
        self.mse = mse
        self.accepted += 1

    def result(self) -> Result:
        """The current arrangement, its cost computed anew from the start."""
        return self.standing().result(self.problem)

    def _squared_errors(self, chunk: _Chunk, tokens: Indices) -> Costs:
        """(M,) sums of squared errors over a chunk; inf or NaN for what overflows."""
        current = self._trie.tokens(self.inp, self.out)
        with np.errstate(over="ignore", invalid="ignore"):
            if chunk.states is None:
                shape = (len(current) + 1, *chunk.columns.shape)
                chunk.states = np.empty(shape, chunk.columns.dtype)
                chunk.states[0] = chunk.columns
            for t in range(chunk.valid, len(current)):
                self._trie.run(int(current[t]), chunk.states[t], chunk.states[t + 1])
            chunk.valid = len(current)
            return self._trie.squared_errors(chunk.states, chunk.targets, current, tokens)


def _lexicographic(tokens: Indices) -> Indices:
    """(M,) indices that put (M, L) tokens in lexicographic order."""
    varied = np.flatnonzero((tokens != tokens[:1]).any(0))
    if not varied.size:
        return np.arange(len(tokens))
    return np.lexsort(tokens[:, varied[::-1]].T)
