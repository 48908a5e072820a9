"""All settings of a made puzzle in one frozen, hashable value."""

import hashlib
import json
from dataclasses import asdict, dataclass
from math import inf

from permq.errors import OptionError

ACTIVATIONS = ("relu", "gelu", "silu", "tanh")
OPTIMIZERS = ("adamw", "adam", "sgd")
SCHEDULES = ("constant", "cosine")


@dataclass(frozen=True)
class Recipe:
    """How a network is trained and dropped; the same recipe makes the same puzzle.

    Parameters
    ----------
    blocks, width, hidden, outputs : int
        Sizes L, d, h and m of the network; ``width == hidden`` makes square layers.
    activation : str
        ``relu``, ``gelu``, ``silu`` or ``tanh``.
    rows : int
        Rows of data written beside the pieces.
    train_rows : int
        Rows trained on, of which the written ones are the first; 0 means the written ones.
    epochs, batch_size : int
        Passes over the training rows and rows per step.
    optimizer : str
        ``adamw``, ``adam`` (decay as part of the gradient) or ``sgd`` (momentum 0.9).
    lr, weight_decay : float
        Learning rate and decay of the optimizer.
    schedule : str
        ``constant`` or ``cosine`` (down to zero at the last step).
    out_scale : float
        Factor on the initial output layers; 0.1 is the regime of small initial output layers.
    noise : float
        Standard deviation of the label noise; the signal has a standard deviation of one.
    pred_noise : float
        Standard deviation of Gaussian noise on ``pred``, relative to the spread of ``pred``.
    half : bool
        Round the weights to float16; ``pred`` then comes from the rounded network.
    seed : int
        Seed of the data, the initial weights, the batches, the shuffling and the noise.

    Raises
    ------
    OptionError
        A setting is out of its range.
    """

    blocks: int = 8
    width: int = 16
    hidden: int = 32
    activation: str = "relu"
    rows: int = 1000
    epochs: int = 50
    optimizer: str = "adamw"
    lr: float = 1e-3
    weight_decay: float = 0.01
    outputs: int = 1
    seed: int = 0
    train_rows: int = 0
    batch_size: int = 128
    schedule: str = "constant"
    out_scale: float = 1.0
    noise: float = 0.3
    pred_noise: float = 0.0
    half: bool = False

    def __post_init__(self) -> None:
        for field in ("blocks", "width", "hidden", "rows", "outputs", "batch_size"):
            if getattr(self, field) < 1:
                raise OptionError(f"{field} must be at least 1, not {getattr(self, field)}")
        for field in ("epochs", "seed", "weight_decay", "noise", "pred_noise", "train_rows"):
            if not 0 <= getattr(self, field) < inf:
                raise OptionError(
                    f"{field} must be 0 or more and finite, not {getattr(self, field)}"
                )
        for field in ("lr", "out_scale"):
            if not 0 < getattr(self, field) < inf:
                raise OptionError(f"{field} must be above 0 and finite, not {getattr(self, field)}")
        if 0 < self.train_rows < self.rows:
            raise OptionError(f"train_rows ({self.train_rows}) is less than rows ({self.rows})")
        if self.outputs == self.hidden:
            raise OptionError(
                f"with {self.outputs} outputs and {self.hidden} hidden units the last layer has "
                "the shape of an input layer; choose other sizes"
            )
        for field, known in (
            ("activation", ACTIVATIONS),
            ("optimizer", OPTIMIZERS),
            ("schedule", SCHEDULES),
        ):
            if getattr(self, field) not in known:
                raise OptionError(
                    f"{field} {getattr(self, field)!r} is not known; choose {', '.join(known)}"
                )

    @property
    def hash(self) -> str:
        """Short hexadecimal digest of all settings, the same in every process."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
