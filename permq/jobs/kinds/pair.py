"""`pair`: which output layer belongs to which input layer, by one method or all."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from permq.errors import CheckpointError
from permq.jobs.beginning import ENSEMBLE, check_pairs, whole, with_likely_roles
from permq.jobs.kind import Kind
from permq.jobs.parameters import Parameter, Params
from permq.jobs.sealed import seal, unseal
from permq.jobs.search_kind import finite
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from permq.pairing.assignment import Costs

ALL = "all"
LEAST = 0.005
"""Pairs of a smaller probability are not told; see `permq.pairing.reliability`."""
MOST = 20_000
"""Pairs that are told, the likeliest ones."""


def check_method(text: str) -> str:
    """Check the name of a pairing method, or `all`; an OptionError says what is wrong."""
    return text if text == ALL else check_pairs(text)


@dataclass(eq=False)
class Pairing:
    """Methods under way.

    Parameters
    ----------
    puzzle
        In the likeliest roles of square layers.
    names
        Methods to run, the ensemble first.
    judged
        What those that were run say, by name.
    probable
        Local indices and probability of the pairs that the ensemble takes for possible.
    """

    puzzle: "Puzzle"
    names: tuple[str, ...]
    judged: dict[str, dict[str, Any]] = field(default_factory=dict)
    probable: list[tuple[int, int, float]] = field(default_factory=list)


class Pair(Kind[Pairing]):
    """Pair the layers by every method; the ensemble's pairs are what others are compared with."""

    name = "pair"
    summary = "which output layer belongs to which input layer"
    work_class = "light"
    parameters = (
        Parameter("method", str, ALL, "A score's name, ensemble, or all.", check=check_method),
    )

    def total(self, params: Params, blocks: int) -> int | None:
        """Methods."""
        return len(_names(str(params["method"])))

    def begin(self, task: Task) -> Pairing:
        """Nothing judged."""
        return Pairing(with_likely_roles(whole(task)), _names(task.params["method"]))

    def advance(self, task: Task, state: Pairing) -> bool:
        """A unit is one method."""
        from permq.pairing.summary import judge

        for done, name in enumerate(state.names, 1):
            if name in state.judged:
                continue
            judgement = judge(name, state.puzzle)
            if name == ENSEMBLE:
                state.probable = _probable(judgement.cost)
            state.judged[name] = {
                "cost": finite(judgement.assignment_cost),
                "mean_margin": finite(judgement.mean_margin),
                "mutual_best": int(judgement.mutual),
                "pair": [int(out) for out in judgement.pair],
            }
            # a pairing alone has no cost of the arrangement
            task.report(done, float("inf"), float("inf"), name)
            if task.stop():
                break
        return len(state.judged) == len(state.names)

    def dump(self, task: Task, state: Pairing) -> bytes:
        """Pack what was judged."""
        return seal(self.name, state.puzzle.fingerprint, _body(state))

    def load(self, task: Task, data: bytes) -> Pairing:
        """Unpack and check it."""
        from permq.search.checkpoint_fields import cost, count, permutation

        state = self.begin(task)
        body = unseal(self.name, state.puzzle.fingerprint, data)
        judged = body.get("judged")
        if not isinstance(judged, dict) or tuple(judged) != state.names[: len(judged)]:
            raise CheckpointError("the checkpoint is damaged: its methods are not those of the job")
        try:
            for name, said in judged.items():
                state.judged[name] = {
                    "cost": _number(said["cost"]),
                    "mean_margin": _number(said["mean_margin"]),
                    "mutual_best": count(said["mutual_best"]),
                    "pair": [int(out) for out in permutation(said["pair"], state.puzzle.blocks)],
                }
            blocks = range(state.puzzle.blocks)
            for a, o, share in body["probable"]:
                state.probable.append((blocks[count(a)], blocks[count(o)], cost(share)))
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"the checkpoint is damaged: {error}") from None
        if state.probable and not state.judged:
            raise CheckpointError("the checkpoint is damaged: probabilities of no method")
        return state

    def result(self, task: Task, state: Pairing) -> dict[str, Any]:
        """The pairs, and what each method says of them."""
        puzzle = state.puzzle
        best = state.judged[ENSEMBLE]["pair"]
        methods = [
            {
                "method": name,
                **{key: value for key, value in judged.items() if key != "pair"},
                "agreement": sum(a == b for a, b in zip(judged["pair"], best, strict=True)),
            }
            for name, judged in state.judged.items()
        ]
        pieces = [(puzzle.inp_pieces[a], puzzle.out_pieces[o]) for a, o in enumerate(best)]
        return {
            "blocks": puzzle.blocks,
            "pairs": [[int(a), int(o)] for a, o in pieces],
            "probable": [
                [int(puzzle.inp_pieces[a]), int(puzzle.out_pieces[o]), share]
                for a, o, share in state.probable
            ],
            "mutual_best": state.judged[ENSEMBLE]["mutual_best"],
            "methods": methods,
        }


def _probable(surprise: "Costs") -> list[tuple[int, int, float]]:
    """Pairs by −log probability, the likeliest first."""
    import numpy as np

    shares = np.exp(-surprise)
    found = np.argwhere(shares > LEAST)
    order = np.argsort(-shares[tuple(found.T)], kind="stable")[:MOST]
    return [(int(a), int(o), float(f"{shares[a, o]:.6g}")) for a, o in found[order]]


def _body(state: Pairing) -> dict[str, Any]:
    return {"judged": state.judged, "probable": state.probable}


def _number(value: object) -> float | None:
    """Check that a value of a checkpoint is a number, or None for infinity."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise TypeError(f"{value!r} is no number")
    return value


def _names(method: str) -> tuple[str, ...]:
    """Methods to run: the ensemble always, and first."""
    if method != ALL:
        return tuple(dict.fromkeys((ENSEMBLE, method)))
    from permq.pairing.registry import SCORES

    return (ENSEMBLE, *SCORES)
