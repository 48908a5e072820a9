"""From checkpoints of a training to its record; needs torch for the gradients."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from permq.core.network import Array, Network
from permq.core.puzzle import Floats, Indices, Puzzle
from permq.history.embedding import depths_of
from permq.history.probe import STRATA, Probe, choose
from permq.history.representation import plane, similarity
from permq.history.training import (
    TrainingRecord,
    checkpoint_epochs,
    cosine,
    relative_drift,
    right_against_wrong,
)

if TYPE_CHECKING:
    from permq.core.dropping.recipe import Recipe
    from permq.core.dropping.training import Trained
    from permq.core.dropping.writing import Recording

CHECKPOINTS = 24
"""Checkpoints at most."""
DEPTHS = 4
"""Depths whose states are compared."""
DEAD = 1e-12
"""Hidden units whose answers spread less than this are dead."""


def recording(epochs: int, count: int = CHECKPOINTS) -> "Recording":
    """What `permq.core.dropping.writing.make` needs to record a training of so many epochs."""
    from permq.core.dropping.writing import Recording

    return Recording(checkpoint_epochs(epochs, count), lambda *given: record(*given).pack())


def record(
    recipe: "Recipe", checkpoints: "Sequence[tuple[int, Trained]]", x: Floats, true: Floats
) -> TrainingRecord:
    """Look at checkpoints of a training.

    Parameters
    ----------
    recipe
        Sizes and activation of the network.
    checkpoints
        Epochs done and the network then, the fresh one first.
    x, true
        (N, d) and (N, m) rows trained on. The probe rows are chosen of them by the error of the
        last checkpoint.
    """
    from permq.core.dropping.training import answers

    errors = ((answers(checkpoints[-1][1], x, recipe.activation) - true) ** 2).mean(axis=1)
    probe = choose(x.astype(np.float64), errors, np.random.default_rng(recipe.seed))
    recorder = Recorder(recipe, probe, x, true)
    for epoch, network in checkpoints:
        recorder.add(epoch, network)
    return recorder.record()


class Recorder:
    """Looks at checkpoints as they come.

    Parameters
    ----------
    recipe
        Sizes and activation of the network.
    probe
        Rows to look at, of those trained on.
    x, true
        (N, d) and (N, m) rows trained on.
    """

    def __init__(self, recipe: "Recipe", probe: Probe, x: Floats, true: Floats) -> None:
        self._recipe = recipe
        self._probe = probe
        self._rows, self._labels = x[probe.rows], true[probe.rows]
        self._parts = [part for part in range(len(STRATA)) if (probe.strata == part).any()]
        self._looks: list[Look] = []
        self._first: Trained | None = None
        self._last: Trained | None = None

    @property
    def count(self) -> int:
        """Checkpoints looked at."""
        return len(self._looks)

    def add(self, epoch: int, network: "Trained") -> None:
        """Look at the next checkpoint, after so many epochs."""
        weights = _layers(network)
        first = weights if self._first is None else _layers(self._first)
        drift = [float(relative_drift(two)[1]) for two in zip(first, weights, strict=True)]
        influence = [] if self._last is None else self._influence(self._last, weights)
        gradients = _norms(self._gradient(network, np.ones(len(self._rows), np.bool_)))
        self._looks.append(
            Look(
                epoch=epoch,
                loss=network.loss,
                drift=drift,
                norms=_norms(weights),
                gradients=gradients,
                influence=influence,
                **_look(self._recipe, network, self._rows),
            )
        )
        self._first = self._first or network
        self._last = network

    def record(self) -> TrainingRecord:
        """The record of all that were looked at."""
        looks = self._looks
        states = [look.states for look in looks]
        last = plane([one[-1] for one in states])
        layers, parts = len(looks[0].norms), len(self._parts)
        return TrainingRecord(
            epochs=np.array([look.epoch for look in looks], np.intp),
            loss=np.array([look.loss for look in looks]),
            drift=np.array([look.drift for look in looks]),
            norms=np.array([look.norms for look in looks]),
            gradients=np.array([look.gradients for look in looks]),
            dead=np.array([look.dead for look in looks]),
            influence=np.array([look.influence for look in looks[1:]]).reshape(-1, parts, layers),
            parts=tuple(STRATA[part] for part in self._parts),
            scores=tuple(looks[0].right),
            right=np.array([list(look.right.values()) for look in looks]),
            auc=np.array([list(look.auc.values()) for look in looks]),
            depths=_depths(self._recipe),
            similarity=np.stack(
                [
                    similarity([one[depth] for one in states])
                    for depth in range(len(_depths(self._recipe)))
                ]
            ),
            points=last.points.astype(np.float32),
            explained=last.explained,
            rows=self._probe.rows,
            strata=np.searchsorted(self._parts, self._probe.strata).astype(np.intp),
        )

    def save(self) -> dict[str, Array]:
        """What was seen so far, as arrays by name; `restore` takes it up."""
        told = [
            {name: value for name, value in vars(one).items() if name != "states"}
            for one in self._looks
        ]
        saved = {"looks": np.frombuffer(json.dumps(told).encode(), np.uint8)}
        if self._first is not None and self._last is not None:
            saved["states"] = np.stack([look.states for look in self._looks])
            for which, network in (("first", self._first), ("last", self._last)):
                saved |= {
                    f"{which}.{name}": np.asarray(value) for name, value in vars(network).items()
                }
        return saved

    def restore(self, saved: Mapping[str, Array]) -> None:
        """Go on where another recorder of the same recipe and rows stood.

        Raises
        ------
        KeyError, TypeError, ValueError
            When that is damaged.
        """
        told = json.loads(saved["looks"].tobytes())
        if not told:
            return
        states = saved["states"]
        self._looks = [Look(**one, states=at) for one, at in zip(told, states, strict=True)]
        self._first, self._last = (_restored(saved, which) for which in ("first", "last"))

    def _influence(self, before: "Trained", weights: list[Array]) -> list[list[float]]:
        """(P, K) cosines of what each part asked for and what the weights did."""
        steps = [now - then for now, then in zip(weights, _layers(before), strict=True)]
        asked = (self._gradient(before, self._probe.strata == part) for part in self._parts)
        return [[-cosine(g, step) for g, step in zip(one, steps, strict=True)] for one in asked]

    def _gradient(self, network: "Trained", mask: NDArray[np.bool_]) -> list[Array]:
        from permq.core.dropping.training import gradient

        return _layers(gradient(self._recipe, network, self._rows[mask], self._labels[mask]))


def _restored(saved: Mapping[str, Array], which: str) -> "Trained":
    from permq.core.dropping.training import Trained

    arrays = {
        one.name: saved[f"{which}.{one.name}"] for one in fields(Trained) if one.name != "loss"
    }
    return Trained(**arrays, loss=float(saved[f"{which}.loss"]))


@dataclass(frozen=True, eq=False)
class Look:
    """What one checkpoint shows; see `permq.history.training.TrainingRecord`.

    Parameters
    ----------
    epoch, loss, drift, norms, gradients, dead, right, auc
        Of this checkpoint.
    influence
        Of the parts of the data since the checkpoint before; empty for the first.
    states
        (D, n, d) of the probe rows.
    """

    epoch: int
    loss: float
    drift: list[float]
    norms: list[float]
    gradients: list[float]
    influence: list[list[float]]
    dead: list[float]
    right: dict[str, float]
    auc: dict[str, float]
    states: Array


def _look(recipe: "Recipe", trained: "Trained", x: Floats) -> dict[str, Any]:
    """Dead units, what the scores tell, and states."""
    from permq.pairing.assignment import assign
    from permq.pairing.registry import SCORES

    puzzle = _puzzle(recipe, trained, x)
    network, order = Network(puzzle), np.arange(recipe.blocks, dtype=np.intp)
    states = network.states(order, order, x)
    dead = [
        float(np.mean(network.hidden_units(int(t), states[t]).std(axis=0) <= DEAD)) for t in order
    ]
    costs = {name: score.cost(puzzle) for name, score in SCORES.items()}
    # a score that says nothing of a fresh network may have no numbers for it
    costs = {name: np.nan_to_num(cost, posinf=1e300, neginf=-1e300) for name, cost in costs.items()}
    return {
        "dead": dead,
        "right": {name: float(np.mean(assign(cost) == order)) for name, cost in costs.items()},
        "auc": {name: right_against_wrong(cost) for name, cost in costs.items()},
        # laid out as they come back from a checkpoint: sums depend on it in their last digits
        "states": np.ascontiguousarray(states[_depths(recipe)]),
    }


def _depths(recipe: "Recipe") -> Indices:
    """(D,) depths whose states are compared."""
    return depths_of(recipe.blocks, DEPTHS + 1)[1:]


def _puzzle(recipe: "Recipe", trained: "Trained", x: Floats) -> Puzzle:
    """The network as a puzzle whose right pairs are those of equal index."""
    from permq.core.dropping.training import answers

    blocks = recipe.blocks
    return Puzzle(
        name="checkpoint",
        activation=recipe.activation,
        inp_pieces=np.arange(blocks, dtype=np.intp),
        out_pieces=np.arange(blocks, 2 * blocks, dtype=np.intp),
        last_piece=2 * blocks,
        w_in=trained.w_in,
        b_in=trained.b_in,
        w_out=trained.w_out,
        b_out=trained.b_out,
        w_last=trained.w_last,
        b_last=trained.b_last,
        x=x,
        pred=answers(trained, x, recipe.activation),
    )


def _layers(trained: "Trained") -> list[Array]:
    """Weights of the K layers: inputs, outputs, the last."""
    return [*trained.w_in, *trained.w_out, trained.w_last]


def _norms(layers: Sequence[Array]) -> list[float]:
    return [float(np.linalg.norm(layer)) for layer in layers]
