"""The recovered network as a file that others can run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from permq.core.arrangement import Arrangement
from permq.core.network import Array
from permq.core.objective import residuals
from permq.core.puzzle import Floats, Puzzle
from permq.errors import OptionError

FORMATS = ("safetensors", "torch")
_BY_SUFFIX = {".safetensors": "safetensors", ".pt": "torch", ".pth": "torch"}


@dataclass(frozen=True)
class Fit:
    """How well an arrangement answers, in float64 over all rows and outputs.

    Parameters
    ----------
    mse_pred
        Mean squared error against what the whole network answered.
    mse_true
        Mean squared error against the labels; None where the puzzle has none.
    """

    mse_pred: float
    mse_true: float | None


def recovered_state(puzzle: Puzzle, arrangement: Arrangement) -> dict[str, Floats]:
    """State dict of the network that an arrangement makes.

    Parameters
    ----------
    puzzle
        Whose layers to take.
    arrangement
        Their order.

    Returns
    -------
    dict of str to float32 array
        `layers.0.weight`, `layers.0.bias`, … in running order, as in
        `permq.core.torch_module.ResidualNetwork`; `layers.{2 L}` is the last layer.

    Raises
    ------
    AnswerError
        When the arrangement is none of this puzzle.
    """
    puzzle = puzzle.for_answer(arrangement)
    layers: list[tuple[Floats, Floats]] = []
    for a, o in zip(*puzzle.indices(arrangement), strict=True):
        layers.append((puzzle.w_in[a], puzzle.b_in[a]))
        layers.append((puzzle.w_out[o], puzzle.b_out[o]))
    layers.append((puzzle.w_last, puzzle.b_last))
    state = {}
    for number, (weight, bias) in enumerate(layers):
        state[f"layers.{number}.weight"] = np.array(weight, np.float32, order="C")
        state[f"layers.{number}.bias"] = np.array(bias, np.float32, order="C")
    return state


def fit(puzzle: Puzzle, arrangement: Arrangement) -> Fit:
    """Evaluate an arrangement against `pred` and, where there is one, `true`.

    Raises
    ------
    AnswerError
        When the arrangement is none of this puzzle.
    """
    puzzle = puzzle.for_answer(arrangement)
    error: Array = residuals(puzzle, *puzzle.indices(arrangement))
    with np.errstate(over="ignore", invalid="ignore"):
        against_true = None
        if puzzle.true is not None:
            answers = error + puzzle.pred
            against_true = float(np.mean((answers - puzzle.true) ** 2))
        return Fit(float(np.mean(error**2)), against_true)


def choose_format(path: Path, wanted: str | None = None) -> str:
    """Take the format that is wanted, or that a file's suffix says, or safetensors.

    Raises
    ------
    OptionError
        When the wanted format is unknown, or the suffix says another.
    """
    by_suffix = _BY_SUFFIX.get(path.suffix)
    if wanted is None:
        return by_suffix or "safetensors"
    if wanted not in FORMATS:
        raise OptionError(f"format {wanted!r} is not known; {', '.join(FORMATS)} are")
    if by_suffix not in (None, wanted):
        raise OptionError(f"{path}: the suffix {path.suffix} does not go with the format {wanted}")
    return wanted


def write_state(path: Path, state: Mapping[str, Floats], activation: str, form: str) -> None:
    """Write a state dict.

    Parameters
    ----------
    path
        The file to write.
    state
        From `recovered_state`.
    activation
        Stands in the header of a safetensors file.
    form
        `safetensors`, or `torch` for what `torch.load(weights_only=True)` reads.
    """
    if form == "safetensors":
        from safetensors.numpy import save_file

        save_file(dict(state), path, metadata={"format": "pt", "activation": activation})
        return
    import torch

    torch.save({key: torch.from_numpy(values) for key, values in state.items()}, path)
