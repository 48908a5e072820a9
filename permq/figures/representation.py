"""`representation`: how the probe rows' states change in training, or with the pool's best."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.figures.figure import Figure, Sources
from permq.figures.trained import training_of, untrained
from permq.history.embedding import States
from permq.history.probe import STRATA
from permq.history.representation import plane, similarity
from permq.history.training import TrainingRecord
from permq.pool import history

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True, eq=False)
class Representation:
    """C representations of the same n rows.

    Parameters
    ----------
    similarity
        (C, C) CKA of the final states.
    points
        (C, n, 2) rows in the plane of the principal components of all of them.
    explained
        (2,) share of variance along each axis.
    strata, names
        (n,) part of each row, a place in the (P,) names.
    labels
        (C,) what the representations are of.
    title, axis
        What is shown, and what the labels are.
    shown
        The representation whose rows are drawn in full.
    """

    similarity: Array
    points: Array
    explained: Array
    strata: Indices
    names: tuple[str, ...]
    labels: tuple[str, ...]
    title: str
    axis: str
    shown: int = -1


def of_training(record: TrainingRecord, whose: str = "") -> Representation:
    """Arrange a record."""
    return Representation(
        similarity=record.similarity[-1],
        points=record.points,
        explained=record.explained,
        strata=record.strata,
        names=record.parts,
        labels=tuple(str(epoch) for epoch in record.epochs),
        title=f"Representation of the probe rows during training{whose}",
        axis="epoch",
    )


def of_pool(states: Sequence[States], labels: Sequence[str]) -> Representation:
    """Compare the final states under successive solutions."""
    finals = [one.states[-1].astype(np.float64) for one in states]
    shown = plane(finals)
    return Representation(
        similarity=similarity(finals),
        points=shown.points,
        explained=shown.explained,
        strata=states[-1].strata,
        names=STRATA,
        labels=tuple(labels),
        title="Representation of the probe rows under the pool's best of different times",
        axis="cost of the solution",
    )


class RepresentationFigure(Figure[Representation]):
    """Similarity of representations, and a map of the rows."""

    name = "representation"
    summary = "similarity (CKA) of the probe rows' states over time, and a map of them"

    def compute(self, sources: Sources) -> Representation:
        """Of the training where it was recorded, else of a twin's, else of embedded solutions."""
        seen = training_of(sources)
        if seen is not None:
            return of_training(*seen)
        with sources.reading() as cursor:
            rows = history.embeddings(cursor, sources.row.id)
        read = [(States.unpack(row.content), f"{row.cost:.2g}") for row in rows]
        # what overflowed cannot be compared
        read = [(states, label) for states, label in read if np.isfinite(states.states).all()]
        if not read:
            missing = sources.missing("no solution is embedded yet (permq submit embed)")
            raise untrained(sources, missing)
        return of_pool([states for states, _ in read], [label for _, label in read])

    def frames(self, sources: Sources, most: int) -> list[Representation]:
        """The rows under each representation."""
        whole = self.compute(sources)
        places = np.linspace(0, len(whole.points) - 1, min(most, len(whole.points)))
        return [replace(whole, shown=int(place)) for place in np.unique(places.round())]

    def draw(self, numbers: Representation) -> "Drawing":
        """Similarities on the left, the rows on the right."""
        from permq.figures import style

        count = len(numbers.points)
        shown = numbers.shown % count
        drawing = style.canvas(numbers.title, 7.0)
        left, right = drawing.subplots(1, 2)
        image = left.imshow(numbers.similarity, cmap=style.SEQUENTIAL, vmin=0, vmax=1)
        drawing.colorbar(image, ax=left, label="similarity of the final states (CKA)", shrink=0.8)
        ticks = sorted(set(np.linspace(0, count - 1, min(count, 9)).round().astype(int).tolist()))
        words = [numbers.labels[tick] for tick in ticks]
        left.set_xticks(ticks, words, rotation=60)
        left.set_yticks(ticks, words)
        left.set_xlabel(numbers.axis)
        left.set_ylabel(numbers.axis)
        left.plot([shown], [shown], "s", ms=9, mfc="none", mec=style.VERMILION, mew=2)
        tail = numbers.points[max(shown - 1, 0) : shown + 1]
        for place, name in enumerate(numbers.names):
            mine = numbers.strata == place
            if not mine.any():
                continue
            right.plot(
                tail[:, mine, 0], tail[:, mine, 1], color=style.colour(place), alpha=0.12, lw=0.8
            )
            right.scatter(
                *numbers.points[shown, mine].T,
                s=14,
                color=style.colour(place),
                marker=style.MARKERS[place],
                label=f"{name} ({int(mine.sum())})",
                lw=0,
                alpha=0.8,
            )
        # the last one has the say, for all frames alike: bad solutions throw rows far away
        low, high = numbers.points[-1].min(axis=0), numbers.points[-1].max(axis=0)
        margin = 0.2 * np.maximum(high - low, 1e-9)
        right.set_xlim(low[0] - margin[0], high[0] + margin[0])
        right.set_ylim(low[1] - margin[1], high[1] + margin[1])
        right.set_title(f"{numbers.axis} {numbers.labels[shown]}")
        right.set_xlabel(f"first principal component ({numbers.explained[0]:.0%} of the variance)")
        right.set_ylabel(f"second ({numbers.explained[1]:.0%})")
        style.grid(right)
        drawing.legend(
            loc="outside lower right", ncols=5, title="probe rows; lines come from the one before"
        )
        return drawing


FIGURE = RepresentationFigure()
