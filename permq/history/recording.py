"""From checkpoints of a training to its record; needs torch for the gradients."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array, Network
from permq.core.puzzle import Floats, Puzzle
from permq.history.embedding import depths_of
from permq.history.probe import STRATA, choose
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
    from permq.core.dropping.training import answers, gradient

    networks = [network for _, network in checkpoints]
    errors = ((answers(networks[-1], x, recipe.activation) - true) ** 2).mean(axis=1)
    probe = choose(x.astype(np.float64), errors, np.random.default_rng(recipe.seed))
    rows, labels = x[probe.rows], true[probe.rows]
    parts = [place for place in range(len(STRATA)) if (probe.strata == place).any()]
    looks = [_look(recipe, network, rows) for network in networks]
    weights = [_layers(network) for network in networks]
    asked = [
        [
            _layers(gradient(recipe, network, rows[mask], labels[mask]))
            for mask in (probe.strata == part for part in parts)
        ]
        for network in networks[:-1]
    ]
    influence = [
        [
            [-cosine(g, after - before) for g, before, after in zip(part, now, then, strict=True)]
            for part in wanted
        ]
        for wanted, now, then in zip(asked, weights[:-1], weights[1:], strict=True)
    ]
    gradients = [_norms(_layers(gradient(recipe, one, rows, labels))) for one in networks]
    last = plane([look.states[-1] for look in looks])
    layers = len(weights[0])
    return TrainingRecord(
        epochs=np.array([epoch for epoch, _ in checkpoints], np.intp),
        loss=np.array([network.loss for network in networks]),
        drift=np.stack([relative_drift(layer) for layer in zip(*weights, strict=True)], axis=1),
        norms=np.array([_norms(one) for one in weights]),
        gradients=np.array(gradients),
        dead=np.stack([look.dead for look in looks]),
        influence=np.array(influence).reshape(len(networks) - 1, len(parts), layers),
        parts=tuple(STRATA[part] for part in parts),
        scores=tuple(looks[0].right),
        right=np.array([list(look.right.values()) for look in looks]),
        auc=np.array([list(look.auc.values()) for look in looks]),
        depths=looks[0].depths,
        similarity=np.stack(
            [
                similarity([look.states[depth] for look in looks])
                for depth in range(len(looks[0].depths))
            ]
        ),
        points=last.points.astype(np.float32),
        explained=last.explained,
        rows=probe.rows,
        strata=np.searchsorted(parts, probe.strata).astype(np.intp),
    )


@dataclass(frozen=True, eq=False)
class _Look:
    """What one checkpoint shows."""

    dead: Array
    right: dict[str, float]
    auc: dict[str, float]
    depths: Array
    states: Array


def _look(recipe: "Recipe", trained: "Trained", x: Floats) -> _Look:
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
    depths = depths_of(recipe.blocks, DEPTHS + 1)[1:]
    return _Look(
        dead=np.array(dead),
        right={name: float(np.mean(assign(cost) == order)) for name, cost in costs.items()},
        auc={name: right_against_wrong(cost) for name, cost in costs.items()},
        depths=depths,
        states=states[depths],
    )


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
