"""`layer_drift`: how far each layer moved in training, or how the pool changed its mind."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from permq.core.network import Array
from permq.errors import MissingDataError
from permq.figures.figure import Figure, Sources
from permq.figures.past import past
from permq.figures.trained import training_of, untrained
from permq.history.training import TrainingRecord
from permq.pool.history import SnapshotRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True, eq=False)
class TrainingDrift:
    """C checkpoints of a training, L blocks.

    Parameters
    ----------
    epochs
        (C,) epochs done.
    inputs, outputs
        (C, L) distance of the weights from their first values, relative to the size of those.
    norms
        (C, 2) mean Frobenius norm of input and of output layers.
    dead
        (C, L) share of dead hidden units.
    vanishing, exploding
        (C,) layers whose gradient is far below, and far above, the median layer's.
    influence
        (C - 1, P) mean over the layers of the cosine between what each part of the data asks for
        and what the weights did.
    parts
        (P,) names of the parts.
    title
        What is shown.
    """

    epochs: NDArray[np.intp]
    inputs: Array
    outputs: Array
    norms: Array
    dead: Array
    vanishing: Array
    exploding: Array
    influence: Array
    parts: tuple[str, ...]
    title: str


@dataclass(frozen=True, eq=False)
class PoolDrift:
    """S snapshots of L positions.

    Parameters
    ----------
    change
        (S - 1, L) share of the placement that went to other blocks since the snapshot before:
        total variation, from 0 to 1.
    geometry
        (S - 1,) change of the distances among the elites; NaN where there was one elite.
    diversity
        (S - 1,) mean distance of two of the best solutions.
    labels
        (S - 1,) times.
    """

    change: Array
    geometry: Array
    diversity: Array
    labels: tuple[str, ...]


def of_training(record: TrainingRecord, whose: str = "") -> TrainingDrift:
    """Arrange a record by input and output layers."""
    blocks = record.blocks
    norms = [record.norms[:, :blocks].mean(1), record.norms[:, blocks : 2 * blocks].mean(1)]
    return TrainingDrift(
        epochs=record.epochs,
        inputs=record.drift[:, :blocks],
        outputs=record.drift[:, blocks : 2 * blocks],
        norms=np.stack(norms, axis=1),
        dead=record.dead,
        vanishing=record.vanishing.sum(axis=1),
        exploding=record.exploding.sum(axis=1),
        influence=record.influence.mean(axis=2),
        parts=record.parts,
        title=f"Drift of the layers during training{whose}",
    )


def variation(before: SnapshotRow, after: SnapshotRow) -> list[float]:
    """(L,) total variation between the placements of two snapshots, by position."""
    found = []
    for one, other in zip(before.placement or (), after.placement or (), strict=True):
        earlier = {(a, o): share for a, o, share in one}
        later = {(a, o): share for a, o, share in other}
        blocks = earlier.keys() | later.keys()
        change = sum(abs(later.get(block, 0.0) - earlier.get(block, 0.0)) for block in blocks)
        found.append(min(change / 2, 1.0))
    return found


def of_pool(rows: Sequence[SnapshotRow]) -> PoolDrift:
    """Compare each snapshot with the one before."""
    drifts = [row.numbers["drift"] for row in rows[1:]]
    return PoolDrift(
        change=np.array([variation(*two) for two in pairwise(rows)]),
        geometry=np.array([np.nan if drift is None else drift for drift in drifts]),
        diversity=np.array([row.numbers["diversity"] for row in rows[1:]]),
        labels=tuple(f"{row.at:%m-%d %H:%M:%S}" for row in rows[1:]),
    )


class LayerDriftFigure(Figure[TrainingDrift | PoolDrift]):
    """Drift by layer, or by position."""

    name = "layer_drift"
    summary = "drift of each layer in training with norms, dead units and influence of the data"

    def compute(self, sources: Sources) -> TrainingDrift | PoolDrift:
        """Of the training where it was recorded, else of a twin's, else of the pool's placement."""
        seen = training_of(sources)
        if seen is not None:
            return of_training(*seen)
        try:
            return of_pool(past(sources, least=2))
        except MissingDataError as error:
            raise untrained(sources, error) from None

    def draw(self, numbers: TrainingDrift | PoolDrift) -> "Drawing":
        """Heat maps, and what goes with them."""
        return _training(numbers) if isinstance(numbers, TrainingDrift) else _pool(numbers)


def _training(numbers: TrainingDrift) -> "Drawing":
    from matplotlib.ticker import MaxNLocator

    from permq.figures import style

    drawing = style.canvas(numbers.title, 9.5)
    panels = drawing.subplots(3, 2)
    most = max(float(numbers.inputs.max()), float(numbers.outputs.max()), 1e-12)
    count, blocks = numbers.inputs.shape
    for axes, values, name in (
        (panels[0, 0], numbers.inputs, "input layers"),
        (panels[0, 1], numbers.outputs, "output layers"),
        (panels[1, 0], numbers.dead, "dead hidden units"),
    ):
        share = name.startswith("dead")
        image = axes.imshow(
            (100 * values if share else values).T,
            cmap=style.SEQUENTIAL,
            vmin=0,
            vmax=max(100 * float(values.max()), 1.0) if share else most,
            aspect="auto",
            interpolation="none",
            origin="lower",
        )
        axes.set_title(name if share else f"drift of the {name}")
        axes.set_ylabel("position")
        style.positions(axes, blocks, "y")
        label = "dead (%)" if share else "‖W − W₀‖ / ‖W₀‖"
        drawing.colorbar(image, ax=axes, label=label)
    places = np.arange(count)
    sizes = panels[1, 1]
    sizes.plot(places, numbers.norms[:, 0], "o-", ms=4, color=style.BLUE, label="input layers")
    sizes.plot(
        places, numbers.norms[:, 1], "s--", ms=4, color=style.VERMILION, label="output layers"
    )
    sizes.set_title("mean norm of the weights")
    sizes.set_ylabel("Frobenius norm")
    sizes.set_ylim(0, 1.3 * float(numbers.norms.max()))
    flow = panels[2, 0]
    flow.step(places, numbers.vanishing, where="mid", color=style.BLUE, label="vanishing")
    flow.step(
        places, numbers.exploding, where="mid", color=style.VERMILION, ls="--", label="exploding"
    )
    flow.set_title("layers whose gradient vanishes or explodes")
    flow.set_ylabel("layers")
    flow.yaxis.set_major_locator(MaxNLocator(integer=True))
    flow.set_ylim(
        -0.2, max(1.0, float(numbers.vanishing.max()), float(numbers.exploding.max())) + 1
    )
    pull = panels[2, 1]
    for place, part in enumerate(numbers.parts):
        pull.plot(
            places[:-1] + 0.5,
            numbers.influence[:, place],
            marker=style.MARKERS[place],
            ms=4,
            color=style.colour(place),
            label=part,
        )
    pull.axhline(0, color=style.GREY, lw=1)
    pull.set_title("influence of the data's parts on the weights")
    pull.set_ylabel("cosine of −gradient\nand step, mean of layers")
    low, high = pull.get_ylim()
    pull.set_ylim(low, high + 0.35 * (high - low))
    for axes in (sizes, flow, pull):
        axes.legend(ncols=2 if axes is not pull else 3, fontsize=9)
        style.grid(axes)
    for axes in panels.flat:
        _epochs(axes, numbers.epochs)
    return drawing


def _epochs(axes: "Axes", epochs: NDArray[np.intp]) -> None:
    """Label the checkpoints on the x axis by their epochs."""
    last = len(epochs) - 1
    places = sorted(set(np.linspace(0, last, min(last + 1, 9)).round().astype(int).tolist()))
    axes.set_xticks(places, [f"{epochs[place]}" for place in places])
    axes.set_xlim(-0.5, last + 0.5)
    axes.set_xlabel("epoch of the checkpoint")


def _pool(numbers: PoolDrift) -> "Drawing":
    from permq.figures import style

    count, blocks = numbers.change.shape
    drawing = style.canvas("Drift of the pool's placement by position and snapshot", 8.0)
    left, right = drawing.subplots(1, 2, sharey=True, width_ratios=[4, 1])
    image = left.imshow(
        100 * numbers.change,
        cmap=style.SEQUENTIAL,
        vmin=0,
        vmax=100,
        aspect="auto",
        interpolation="none",
    )
    drawing.colorbar(image, ax=right, label="placement that changed since the last snapshot (%)")
    left.set_xlabel("position")
    left.set_ylabel("time of the snapshot")
    style.positions(left, blocks)
    places = sorted(set(np.linspace(0, count - 1, min(count, 14)).round().astype(int).tolist()))
    left.set_yticks(places, [numbers.labels[place] for place in places])
    rows = np.arange(count)
    right.plot(
        numbers.geometry,
        rows,
        "o-",
        ms=4,
        color=style.VERMILION,
        label="drift of the elites' geometry",
    )
    right.plot(
        numbers.diversity, rows, "s--", ms=4, color=style.BLUE, label="diversity of the best"
    )
    right.set_xlabel("share of positions")
    right.set_xlim(-0.03, 1.03)
    right.tick_params(labelleft=False)
    style.grid(right, "x")
    drawing.legend(loc="outside lower left", ncols=2)
    return drawing


FIGURE = LayerDriftFigure()
