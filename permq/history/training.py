"""The record of a training: what every checkpoint of a network shows, looked at afterwards."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from permq.core.files import UnreadableError
from permq.core.network import Array
from permq.core.npz import read_npz
from permq.core.puzzle import Indices
from permq.errors import PermqError

VERSION = 1

MAX_BYTES = 256 << 20
"""Of a record; that of 48 blocks and 12 checkpoints takes a few hundred kilobytes."""

VANISHING, EXPLODING = 1e-2, 1e2
"""A layer's gradient vanishes or explodes when it is so many times the median layer's."""

EMERGED = 0.9
"""Area under the curve from which a score tells right from wrong pairs."""


@dataclass(frozen=True, eq=False)
class TrainingRecord:
    """C checkpoints of a network of L blocks; K = 2 L + 1 layers: inputs, outputs, the last.

    Parameters
    ----------
    epochs, loss
        (C,) epochs done, and mean squared error over all rows trained on.
    drift
        (C, K) distance of the weights from their first values, relative to the size of those.
    norms, gradients
        (C, K) Frobenius norms of weights, and of their gradients on the probe rows.
    dead
        (C, L) share of the hidden units that answer the same to every probe row.
    influence
        (C - 1, P, K) cosine between what the rows of each stratum ask for (their negative
        gradient) and what the weights did until the next checkpoint.
    parts
        (P,) names of the strata.
    scores
        (S,) names of the pairing scores.
    right, auc
        (C, S) share of the right pairs in a score's pairing, and the probability that a right
        entry is better than a wrong one.
    depths
        (D,) numbers of blocks before the states that are compared.
    similarity
        (D, C, C) CKA of these states between checkpoints, on the probe rows.
    points, explained
        (C, n, 2) probe rows in the plane of the principal components of the final states, and
        (2,) the share of variance along each axis.
    rows, strata
        (n,) the probe rows, of those trained on, and the part of each, a place in `parts`.
    """

    epochs: NDArray[np.intp]
    loss: Array
    drift: Array
    norms: Array
    gradients: Array
    dead: Array
    influence: Array
    parts: tuple[str, ...]
    scores: tuple[str, ...]
    right: Array
    auc: Array
    depths: Indices
    similarity: Array
    points: Array
    explained: Array
    rows: Indices
    strata: Indices

    @property
    def blocks(self) -> int:
        """Number of blocks, L."""
        return int(self.dead.shape[1])

    @property
    def vanishing(self) -> NDArray[np.bool_]:
        """(C, K) layers whose gradient is far below the median layer's of that checkpoint."""
        return np.asarray(self.gradients < VANISHING * np.median(self.gradients, 1, keepdims=True))

    @property
    def exploding(self) -> NDArray[np.bool_]:
        """(C, K) layers whose gradient is far above the median layer's of that checkpoint."""
        return np.asarray(self.gradients > EXPLODING * np.median(self.gradients, 1, keepdims=True))

    def pack(self) -> bytes:
        """Write it as an `.npz` archive without pickles."""
        words = {name: list(getattr(self, name)) for name in _WORDS}
        about = json.dumps({"version": VERSION, **words}).encode()
        arrays = {one.name: getattr(self, one.name) for one in fields(self)}
        for name in _WORDS:
            del arrays[name]
        packed = io.BytesIO()
        np.savez_compressed(packed, about=np.frombuffer(about, np.uint8), **arrays)
        return packed.getvalue()

    @classmethod
    def unpack(cls, data: bytes) -> "TrainingRecord":
        """Read what `pack` wrote.

        Raises
        ------
        PermqError
            When it is no record, or of another version.
        """
        try:
            read = read_npz(data, MAX_BYTES)
            about = json.loads(read["about"].tobytes())
            if about.pop("version") != VERSION:
                raise PermqError("the record of the training is of another version of permq")
            given: dict[str, Any] = {name: tuple(map(str, about[name])) for name in _WORDS}
            names = [one.name for one in fields(cls) if one.name not in _WORDS]
            arrays: dict[str, Any] = {name: read[name] for name in names}
            return cls(**given, **arrays)
        except (UnreadableError, ValueError, KeyError, TypeError) as error:
            raise PermqError(f"this is no record of a training, or damaged: {error}") from None


_WORDS = ("parts", "scores")


def emerged(record: TrainingRecord) -> list[dict[str, Any]]:
    """Scores by when they first tell right from wrong, the first ones first, as JSON can hold it.

    Returns
    -------
    list
        `score`, `epoch` of the first checkpoint at which its area reaches `EMERGED` (None: never),
        and `auc`, its best area.
    """
    found: list[dict[str, Any]] = []
    for place, name in enumerate(record.scores):
        there = record.auc[:, place] >= EMERGED
        epoch = int(record.epochs[there.argmax()]) if there.any() else None
        found.append({"score": name, "epoch": epoch, "auc": float(record.auc[:, place].max())})
    return sorted(found, key=lambda one: (one["epoch"] is None, one["epoch"] or 0, -one["auc"]))


def checkpoint_epochs(epochs: int, count: int) -> list[int]:
    """Numbers of epochs to look at: 0, the last, and between them ever farther apart."""
    if epochs == 0:
        return [0]
    between = np.geomspace(1, epochs, max(count - 1, 1))
    return [0, *sorted({int(epoch) for epoch in np.round(between)} | {epochs})]


def relative_drift(weights: Sequence[Array]) -> Array:
    """(C,) ‖W_c − W_0‖ / ‖W_0‖ of one layer over its checkpoints; 0 / 0 counts as 0."""
    first = np.asarray(weights[0], np.float64)
    size = float(np.linalg.norm(first)) or 1.0
    return np.array([float(np.linalg.norm(one - first)) / size for one in weights])


def cosine(first: Array, second: Array) -> float:
    """Cosine of two arrays of one shape taken as vectors; 0 where one of them is zero."""
    scale = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(np.vdot(first, second)) / scale if scale > 0 else 0.0


def right_against_wrong(cost: Array) -> float:
    """Probability that a diagonal entry of (L, L) costs is below another, ties counting half.

    It is the area under the receiver operating characteristic, by ranks (Mann and Whitney).
    """
    diagonal = np.eye(len(cost), dtype=np.bool_)
    right, wrong = cost[diagonal], np.sort(cost[~diagonal])
    below = np.searchsorted(wrong, right, side="left")
    upto = np.searchsorted(wrong, right, side="right")
    better = len(wrong) - 0.5 * (below + upto)
    return float(better.mean() / len(wrong)) if len(wrong) else 0.5
