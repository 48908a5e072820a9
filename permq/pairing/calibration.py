"""The fitted numbers of the ensemble, and how they turn features into beliefs.

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
from permq.pairing.features import FIRST, SECOND, first_look, second_look
from permq.pairing.normalise import sinkhorn

ROUNDS = 3
"""Second looks, each with the belief that the one before gave."""

_FILE = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True)
class Calibration:
    """Weights of features and stages.

    Parameters
    ----------
    first, second
        Weight of each feature of `FIRST` and `SECOND`.
    general, adapted
        Shares of the logits by these weights and of those learned from the puzzle itself.
    sharpness
        Factor on the logits that makes the final probabilities match the observed frequencies.
    """

    first: dict[str, float]
    second: dict[str, float]
    general: float
    adapted: float
    sharpness: float

    def first_logits(self, features: Array) -> Costs:
        """(L, L) from (F, L, L) features of the first look."""
        return _weighted(self.first, FIRST, features)

    def second_logits(self, features: Array, belief: Costs | None = None) -> Costs:
        """(L, L) from (G, L, L) features of the second look.

        The weights of its own that a puzzle has come from `belief`, (L, L) probabilities, or
        else from what the general weights say.
        """
        general = _weighted(self.second, SECOND, features)
        if belief is None:
            belief = sinkhorn(general)
        return self.mixed(general, adapted(features, belief))

    def mixed(self, general: Costs, own: Costs) -> Costs:
        """(L, L) logits from the general ones and those learned from the puzzle."""
        return np.asarray(self.general * general + self.adapted * own)

    def text(self) -> str:
        """JSON of these numbers."""
        return json.dumps(asdict(self), indent=1) + "\n"


@cache
def shipped() -> Calibration:
    """The calibration that comes with the package."""
    return Calibration(**json.loads(_FILE.read_text("utf-8")))


def believe(puzzle: Puzzle, calibration: Calibration) -> Costs:
    """(L, L) final logits, higher is likelier: a first look, then second ones with its belief."""
    first = first_look(puzzle)
    logits = calibration.first_logits(first)
    for _ in range(ROUNDS):
        logits = calibration.second_logits(second_look(puzzle, first, sinkhorn(logits)))
    return logits


def _weighted(weights: dict[str, float], names: tuple[str, ...], features: Array) -> Costs:
    vector = np.array([weights[name] for name in names])
    return np.tensordot(vector, features, axes=1)
