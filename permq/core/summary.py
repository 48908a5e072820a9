"""What a puzzle consists of, in numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from permq.core.puzzle import Floats, Puzzle


@dataclass(frozen=True)
class Spread:
    """Mean, standard deviation, least and largest of some values."""

    mean: float
    std: float
    min: float
    max: float

    @classmethod
    def of(cls, values: NDArray[np.floating]) -> "Spread":
        """Describe an array of any shape, in float64."""
        exact = values.astype(np.float64)
        return cls(float(exact.mean()), float(exact.std()), float(exact.min()), float(exact.max()))


@dataclass(frozen=True)
class LayerSummary:
    """Layers of one role.

    Parameters
    ----------
    role
        `input`, `output`, `last`; or `square` for input and output layers that shapes do not
        tell apart.
    count
        How many there are.
    shape
        (out, in) of each.
    weight_norm, bias_norm
        Frobenius norms of the weights, Euclidean norms of the biases, over the layers.
    """

    role: str
    count: int
    shape: tuple[int, int]
    weight_norm: Spread
    bias_norm: Spread


@dataclass(frozen=True)
class DataSummary:
    """Columns of one meaning: `inputs`, `pred` or `true`."""

    kind: str
    columns: int
    values: Spread


@dataclass(frozen=True)
class Summary:
    """Layers and data of a puzzle.

    Parameters
    ----------
    layers, data
        One entry per role and per kind.
    loss
        Mean squared error of `pred` against `true`, None without labels.
    variance
        Of `pred` over rows, averaged over outputs: what a constant answer would cost.
    """

    layers: tuple[LayerSummary, ...]
    data: tuple[DataSummary, ...]
    loss: float | None
    variance: float


def summarise(puzzle: Puzzle) -> Summary:
    """Describe the layers and the data of a puzzle."""
    if puzzle.square:
        layers = [
            _layers(
                "square",
                np.concatenate([puzzle.w_in, puzzle.w_out]),
                np.concatenate([puzzle.b_in, puzzle.b_out]),
            )
        ]
    else:
        layers = [
            _layers("input", puzzle.w_in, puzzle.b_in),
            _layers("output", puzzle.w_out, puzzle.b_out),
        ]
    layers.append(_layers("last", puzzle.w_last[None], puzzle.b_last[None]))
    data = [
        DataSummary(kind, values.shape[1], Spread.of(values))
        for kind, values in (("inputs", puzzle.x), ("pred", puzzle.pred), ("true", puzzle.true))
        if values is not None
    ]
    pred = puzzle.pred.astype(np.float64)
    loss = None if puzzle.true is None else float(np.mean((pred - puzzle.true) ** 2))
    return Summary(tuple(layers), tuple(data), loss, float(pred.var(axis=0).mean()))


def _layers(role: str, weights: Floats, biases: Floats) -> LayerSummary:
    """Summarise (n, out, in) weights and (n, out) biases."""
    count, rows, columns = weights.shape
    return LayerSummary(
        role,
        count,
        (rows, columns),
        Spread.of(np.linalg.norm(weights.astype(np.float64), axis=(1, 2))),
        Spread.of(np.linalg.norm(biases.astype(np.float64), axis=1)),
    )
