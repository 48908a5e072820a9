"""The fitted numbers of the ensemble, and how they turn features into probabilities.

`python -m permq.pairing.calibrate` makes the file that is loaded here.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Puzzle
from permq.pairing.adapt import adapted
from permq.pairing.assignment import Costs
from permq.pairing.features import (
    BARE,
    FIRST,
    SECOND,
    WEIGHT_SCORES,
    first_look,
    second_look,
    second_weight_look,
    weight_look,
)
from permq.pairing.normalise import sinkhorn

ROUNDS = 3
"""Second looks, each with the belief that the one before gave."""

BARE_ROUNDS = 2
"""The same without data."""

_MIDDLE, _TOP = 0.8, 0.95  # of the mean largest probability, where sharpness is taken

FILE = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True)
class Sharpness:
    """Factor on logits that makes probabilities match observed frequencies.

    Parameters
    ----------
    level
        The factor for a puzzle whose mean largest probability is 0.8.
    slope
        How its logarithm grows with that mean: doubtful puzzles deserve more doubt still.
    """

    level: float
    slope: float

    def probabilities(self, logits: Costs) -> Costs:
        """(L, L) doubly stochastic."""
        sure = float(sinkhorn(logits).max(axis=1).mean())
        factor = self.level * np.exp(self.slope * (min(sure, _TOP) - _MIDDLE))
        return sinkhorn(factor * logits)


@dataclass(frozen=True)
class Calibration:
    """Weights of features, and the sharpness of what comes of them.

    Parameters
    ----------
    weights, bare, first, second
        Weight of each feature of `WEIGHT_SCORES`, `BARE`, `FIRST` and `SECOND`.
    bare_sharpness, sharpness
        Of the probabilities without and with data.
    """

    weights: dict[str, float]
    bare: dict[str, float]
    first: dict[str, float]
    second: dict[str, float]
    bare_sharpness: Sharpness
    sharpness: Sharpness

    @classmethod
    def parse(cls, text: str) -> "Calibration":
        """Read what `text` wrote."""
        values = json.loads(text)
        for name in ("bare_sharpness", "sharpness"):
            values[name] = Sharpness(**values[name])
        return cls(**values)

    def text(self) -> str:
        """JSON of these numbers."""
        return json.dumps(asdict(self), indent=1) + "\n"

    def weight_logits(self, features: Array) -> Costs:
        """(L, L) from (F, L, L) contrasts of the weights' scores."""
        return _weighted(self.weights, WEIGHT_SCORES, features)

    def bare_logits(self, features: Array) -> Costs:
        """(L, L) from (F + 2, L, L) features `BARE`, with the puzzle's own weights."""
        return adapted(features, sinkhorn(_weighted(self.bare, BARE, features)))

    def first_logits(self, features: Array) -> Costs:
        """(L, L) from (F, L, L) features of the first look."""
        return _weighted(self.first, FIRST, features)

    def general_logits(self, features: Array) -> Costs:
        """(L, L) from (G, L, L) features of the second look, with the same weights for all."""
        return _weighted(self.second, SECOND, features)

    def second_logits(self, features: Array) -> Costs:
        """(L, L) from (G, L, L) features of the second look, with the puzzle's own weights."""
        return adapted(features, sinkhorn(self.general_logits(features)))


@cache
def shipped() -> Calibration:
    """The calibration that comes with the package."""
    return Calibration.parse(FILE.read_text("utf-8"))


def logits_of(puzzle: Puzzle, calibration: Calibration) -> Costs:
    """(L, L) final logits, higher is likelier: a first look, then second ones with its belief."""
    first = first_look(puzzle)
    logits = calibration.first_logits(first)
    for _ in range(ROUNDS):
        logits = calibration.second_logits(second_look(puzzle, first, sinkhorn(logits)))
    return logits


def bare_logits_of(puzzle: Puzzle, calibration: Calibration) -> Costs:
    """(L, L) logits from the weights alone, higher is likelier."""
    first = weight_look(puzzle)
    logits = calibration.weight_logits(first)
    for _ in range(BARE_ROUNDS):
        belief = sinkhorn(logits)
        logits = calibration.bare_logits(second_weight_look(puzzle, first, belief))
    return logits


def _weighted(weights: dict[str, float], names: tuple[str, ...], features: Array) -> Costs:
    vector = np.array([weights[name] for name in names])
    return np.tensordot(vector, features, axes=1)
