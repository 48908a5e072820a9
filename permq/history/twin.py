"""A twin: a network of a puzzle's own shape, trained on the puzzle's own data and recorded.

How the puzzle's network was trained, nobody knows; a twin shows when the scores would begin to
tell right from wrong in such a network on such data.
"""

import base64
import io
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from permq.core.files import UnreadableError
from permq.core.network import Array
from permq.core.npz import read_npz
from permq.core.puzzle import Floats, Puzzle
from permq.errors import CheckpointError, OptionError
from permq.history.probe import Probe, choose
from permq.history.recording import Recorder
from permq.history.training import TrainingRecord, checkpoint_epochs

if TYPE_CHECKING:
    from permq.core.dropping.recipe import Recipe
    from permq.core.dropping.training import Training

MAX_BYTES = 2 << 30
"""Of what is saved of a training."""

BATCH = 64
USUAL_BLOCKS = 64
"""Up to so many blocks all checkpoints are looked at; the scores take the square of them."""
CHECKPOINTS, FEWEST = 8, 4
_ROWS, _WEIGHTS, _ORDER = 0, 1, 2
"""What a twin's seed is told apart by."""


@dataclass(frozen=True)
class TwinSettings:
    """How a twin is trained.

    Parameters
    ----------
    epochs
        Passes over the rows.
    rows
        Of the puzzle's data, drawn by the seed; all where there are fewer.
    lr
        Learning rate of AdamW.
    seed
        Of the rows, the first weights and the batches.
    """

    epochs: int = 12
    rows: int = 1000
    lr: float = 2e-3
    seed: int = 0


def checkpoints_of(epochs: int, blocks: int) -> list[int]:
    """Epochs after which a twin of so many blocks is looked at, the fewer the more it has."""
    share = min((USUAL_BLOCKS / blocks) ** 2, 1.0)
    return checkpoint_epochs(epochs, max(FEWEST, round(CHECKPOINTS * share)))


class Twin:
    """A twin under way, by units: an epoch, or a look at a checkpoint.

    Cut between any two, and packed and unpacked there, it ends with the same record.

    Parameters
    ----------
    puzzle
        Whose twin. The labels are `true` where it has them, else what its network answers.
    settings
        See `TwinSettings`.

    Raises
    ------
    OptionError
        When no such network can be trained.
    """

    def __init__(self, puzzle: Puzzle, settings: TwinSettings) -> None:
        self.puzzle = puzzle
        self.settings = settings
        rng = np.random.default_rng((settings.seed, _ROWS))
        count = min(settings.rows, puzzle.rows)
        rows = np.sort(rng.choice(puzzle.rows, count, replace=False))
        self._x = np.ascontiguousarray(puzzle.x[rows])
        self._labels = np.ascontiguousarray(self._targets[rows])
        self._recorder = Recorder(self.recipe, self._probe(rng), self._x, self._labels)

    @cached_property
    def recipe(self) -> "Recipe":
        """Sizes and settings, as `permq puzzle make` knows them."""
        from permq.core.dropping.recipe import Recipe

        puzzle, settings = self.puzzle, self.settings
        return Recipe(
            blocks=puzzle.blocks,
            width=puzzle.width,
            hidden=puzzle.hidden,
            outputs=puzzle.outputs,
            activation=puzzle.activation,
            rows=min(settings.rows, puzzle.rows),
            epochs=settings.epochs,
            lr=settings.lr,
            batch_size=BATCH,
            seed=settings.seed,
        )

    @property
    def labels(self) -> str:
        """What it is trained on: `true` or `pred`."""
        return "pred" if self.puzzle.true is None else "true"

    @cached_property
    def checkpoints(self) -> list[int]:
        """Epochs after which it is looked at."""
        return checkpoints_of(self.settings.epochs, self.puzzle.blocks)

    @property
    def units(self) -> int:
        """Units of the whole: epochs, and looks."""
        return self.settings.epochs + len(self.checkpoints)

    @property
    def done(self) -> int:
        """Units done."""
        return self._training.epochs + self._recorder.count

    @property
    def finished(self) -> bool:
        """Whether all of them are."""
        return self.done == self.units

    def advance(self, stop: Callable[[], bool], told: Callable[[int, str], None]) -> None:
        """Do one unit at least, and go on until finished or told to stop.

        Parameters
        ----------
        stop
            Asked after every unit.
        told
            Given the number of units done, and what was done last.

        Raises
        ------
        OptionError
            When the training diverges.
        """
        training = self._training
        while not self.finished:
            looked = self._recorder.count
            if looked < len(self.checkpoints) and self.checkpoints[looked] == training.epochs:
                network = training.network()
                if not np.isfinite(network.loss):
                    raise OptionError(
                        f"the twin's training diverged after {training.epochs} epochs: "
                        f"take a learning rate below {self.settings.lr:g}"
                    )
                self._recorder.add(training.epochs, network)
                word = f"epoch {training.epochs}: loss {network.loss:.4g}"
            else:
                rng = np.random.default_rng((self.settings.seed, _ORDER, training.epochs))
                word = f"epoch {training.epochs + 1}: loss {training.epoch(rng):.4g}"
            told(self.done, word)
            if stop():
                break

    def record(self) -> TrainingRecord:
        """What its checkpoints show."""
        return self._recorder.record()

    def facts(self) -> dict[str, Any]:
        """How it is trained, as JSON can hold it."""
        return {**asdict(self.recipe), "labels": self.labels}

    def save(self) -> dict[str, Any]:
        """The state, as JSON can hold it."""
        arrays: dict[str, Array] = {f"record.{k}": v for k, v in self._recorder.save().items()}
        arrays |= {f"training.{k}": v for k, v in self._training.save().items()}
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, **arrays)
        return {
            "epochs": self._training.epochs,
            "arrays": base64.b64encode(packed.getvalue()).decode("ascii"),
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on where it was saved.

        Raises
        ------
        CheckpointError
            When that is damaged, or of another twin.
        """
        try:
            packed = base64.b64decode(saved["arrays"], validate=True)
            arrays = read_npz(packed, MAX_BYTES)
            self._training.restore(_below("training.", arrays), _count(saved["epochs"]))
            self._recorder.restore(_below("record.", arrays))
        except (UnreadableError, KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"the checkpoint is damaged: {error}") from None
        passed = sum(epoch < self._training.epochs for epoch in self.checkpoints)
        at_one = self._training.epochs in self.checkpoints
        if self._recorder.count not in {passed, passed + at_one}:
            raise CheckpointError("the checkpoint is damaged: it was not looked at when it should")

    @property
    def _targets(self) -> Floats:
        return self.puzzle.pred if self.puzzle.true is None else self.puzzle.true

    @cached_property
    def _training(self) -> "Training":
        from permq.core.dropping.training import Training

        rng = np.random.default_rng((self.settings.seed, _WEIGHTS))
        return Training(self.recipe, self._x, self._labels, rng)

    def _probe(self, rng: np.random.Generator) -> Probe:
        """Rows to look at: easy ones are those that a linear fit gets right already."""
        inputs = np.column_stack([self._x, np.ones(len(self._x))]).astype(np.float64)
        fit = np.linalg.lstsq(inputs, self._labels.astype(np.float64), rcond=None)[0]
        errors = ((inputs @ fit - self._labels) ** 2).mean(axis=1)
        return choose(self._x.astype(np.float64), errors, rng)


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no number of epochs")
    return value


def _below(prefix: str, arrays: dict[str, Array]) -> dict[str, Any]:
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
