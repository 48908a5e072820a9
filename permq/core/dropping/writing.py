"""Drop a trained network: number its layers at random and write the puzzle's folder."""

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from permq.core.arrangement import Arrangement
from permq.core.assembly import assemble
from permq.core.dropping.data import synthetic_task
from permq.core.dropping.recipe import Recipe
from permq.core.dropping.training import Trained, answers, train
from permq.core.objective import verify
from permq.core.puzzle import Layer, Puzzle
from permq.core.settings_file import MAX_NAME
from permq.errors import OptionError, PermqError

Floats = NDArray[np.float32]
HISTORY_NAME = "history.npz"
"""Record of the training beside the puzzle, where one was wanted."""
DIGITS = "%.9g"  # enough for every float32 to come back as it was


Checkpoint = tuple[int, Trained]
"""Epochs done, and the network after them."""


@dataclass(frozen=True)
class Recording:
    """What is recorded of a training.

    Parameters
    ----------
    checkpoints
        Numbers of epochs after which the network is looked at; 0 is the fresh one.
    record
        Turns recipe, checkpoints, and the (N, d) inputs and (N, m) labels trained on into the
        content of the file `HISTORY_NAME`.
    """

    checkpoints: Sequence[int]
    record: Callable[[Recipe, Sequence[Checkpoint], Floats, Floats], bytes]


@dataclass(frozen=True)
class Made:
    """What `make` wrote.

    Parameters
    ----------
    path
        The puzzle's folder.
    answer
        The arrangement that was trained.
    loss
        Mean squared error of the trained network against the labels it was trained on.
    mse_true
        The same of the written `pred` against the written `true`.
    mse_pred
        Of the right arrangement, in float64, against the written `pred`; above rounding errors
        only with noise on `pred`.
    """

    path: Path
    answer: Arrangement
    loss: float
    mse_true: float
    mse_pred: float


def make(
    recipe: Recipe,
    path: Path,
    *,
    name: str | None = None,
    threads: int = 1,
    progress: Callable[[int, float], None] | None = None,
    recording: Recording | None = None,
) -> Made:
    """Train a network by its recipe, drop it, and write it as a puzzle.

    Parameters
    ----------
    recipe
        All settings; on one thread of the same machine it gives the same files every time.
    path
        Folder to make; it may exist when it is empty.
    name
        Name of the puzzle; the folder's name by default.
    threads
        Threads of the training.
    progress
        Called after every epoch with its number from 1 and its mean loss.
    recording
        What to record of the training; it changes nothing else.

    Raises
    ------
    OptionError
        The folder is not empty or cannot be written.
    PermqError
        The training diverged, or left a network without a recoverable answer.
    """
    refuse_occupied(path)
    data_seed, training_seed, drop_seed, noise_seed = np.random.SeedSequence(recipe.seed).spawn(4)
    trained_rows = recipe.train_rows or recipe.rows
    x, true = synthetic_task(
        trained_rows, recipe.width, recipe.outputs, recipe.noise, np.random.default_rng(data_seed)
    )
    kept: list[Checkpoint] = []
    trained = train(
        recipe,
        x,
        true,
        np.random.default_rng(training_seed),
        threads,
        progress,
        keep=lambda epoch, network: kept.append((epoch, network)),
        checkpoints=recording.checkpoints if recording else (),
    )
    if not np.isfinite(trained.loss):
        raise PermqError(f"the training diverged (loss {trained.loss}); try a lower lr")
    history = recording.record(recipe, kept, x, true) if recording else None
    if recipe.half:
        trained = rounded(trained)
    x, true = x[: recipe.rows], true[: recipe.rows]
    layers, answer = dropped(trained, np.random.default_rng(drop_seed))
    puzzle = assemble(
        layers,
        x,
        answers(trained, x, recipe.activation),
        true,
        name=usable_name(name or path.resolve().name),
        activation=recipe.activation,
        path=path,
        solution_sha256=answer.sha256,
    )
    if not verify(puzzle, answer).exact:
        raise PermqError("the trained network's answers hardly vary; train it longer or otherwise")
    spread = puzzle.pred.std(axis=0)
    noise = np.random.default_rng(noise_seed).standard_normal(puzzle.pred.shape)
    pred = (puzzle.pred + recipe.pred_noise * spread * noise).astype(np.float32)
    puzzle = replace(puzzle, pred=pred)
    made = Made(
        path,
        answer,
        loss=trained.loss,
        mse_true=float(np.mean((pred.astype(np.float64) - true) ** 2)),
        mse_pred=verify(puzzle, answer).mse,
    )
    _write(puzzle, true, layers, recipe, made, history)
    return made


def rounded(trained: Trained) -> Trained:
    """Round every weight and bias to float16 and back to float32."""

    def round_off(values: Floats) -> Floats:
        return values.astype(np.float16).astype(np.float32)

    return Trained(
        w_in=round_off(trained.w_in),
        b_in=round_off(trained.b_in),
        w_out=round_off(trained.w_out),
        b_out=round_off(trained.b_out),
        w_last=round_off(trained.w_last),
        b_last=round_off(trained.b_last),
        loss=trained.loss,
    )


def dropped(trained: Trained, rng: np.random.Generator) -> tuple[dict[int, Layer], Arrangement]:
    """Number the layers of a network at random.

    Parameters
    ----------
    trained
        The network in running order.
    rng
        Draws the numbers.

    Returns
    -------
    layers
        By piece index from 0 to 2 L.
    answer
        The arrangement that puts them back.
    """
    blocks = len(trained.w_in)
    numbers = [int(number) for number in rng.permutation(2 * blocks + 1)]
    answer = Arrangement.of(numbers)
    layers = {answer.last: Layer(trained.w_last, trained.b_last)}
    for t, (a, o) in enumerate(zip(answer.inputs, answer.outputs, strict=True)):
        layers[a] = Layer(trained.w_in[t], trained.b_in[t])
        layers[o] = Layer(trained.w_out[t], trained.b_out[t])
    return layers, answer


def usable_name(name: str) -> str:
    """A name that `puzzle.toml` may hold: what a folder's name has of it, or `made`."""
    return "".join(c for c in name if c.isprintable())[:MAX_NAME] or "made"


def refuse_occupied(path: Path) -> None:
    """Raise OptionError where a new puzzle cannot go because something is there."""
    if path.is_dir() and not any(path.iterdir()):
        return
    if path.exists() or path.is_symlink():
        raise OptionError(f"{path}: is there already; a puzzle is made in a new or empty folder")


def _write(
    puzzle: Puzzle,
    true: Floats,
    layers: dict[int, Layer],
    recipe: Recipe,
    made: Made,
    history: bytes | None,
) -> None:
    """Write the folder aside and rename it, so that it is there whole or not at all."""
    path = made.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as aside:
            folder = Path(aside) / "whole"
            (folder / "pieces").mkdir(parents=True)
            for number, layer in sorted(layers.items()):
                # a copy, since a view would be saved with everything it is a view of
                piece = {
                    "weight": torch.tensor(layer.weight),
                    "bias": torch.tensor(layer.bias),
                }
                torch.save(piece, folder / "pieces" / f"piece_{number}.pth")
            _write_data(puzzle, true, folder / "historical_data.csv")
            (folder / "puzzle.toml").write_text(_description(puzzle, recipe, made), "utf-8")
            (folder / "answer.txt").write_text(made.answer.text + "\n", "ascii")
            if history is not None:
                (folder / HISTORY_NAME).write_bytes(history)
            refuse_occupied(path)
            os.replace(folder, path)  # noqa: PTH105 - Path.replace is the same, less known for folders
    except OSError as error:
        raise OptionError(f"{path}: cannot be written: {error.strerror or error}") from error


def _write_data(puzzle: Puzzle, true: Floats, path: Path) -> None:
    outputs = [""] if puzzle.outputs == 1 else [f"_{k}" for k in range(puzzle.outputs)]
    names = [f"measurement_{i}" for i in range(puzzle.width)]
    names += [f"{column}{k}" for column in ("pred", "true") for k in outputs]
    table = np.concatenate([puzzle.x, puzzle.pred, true], axis=1)
    np.savetxt(path, table, fmt=DIGITS, delimiter=",", header=",".join(names), comments="")


def _description(puzzle: Puzzle, recipe: Recipe, made: Made) -> str:
    """Text of puzzle.toml; every value is one that JSON and TOML write alike."""
    facts = {**asdict(recipe), "loss": made.loss, "mse_true": made.mse_true}
    lines = [
        f"name = {json.dumps(puzzle.name)}",
        f"activation = {json.dumps(puzzle.activation)}",
        f"solution_sha256 = {json.dumps(puzzle.solution_sha256)}",
        "",
        "[made]",
        *(f"{key} = {json.dumps(value)}" for key, value in facts.items()),
    ]
    return "\n".join(lines) + "\n"
