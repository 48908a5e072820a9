"""Make the calibration of the ensemble: `python -m permq.pairing.calibrate FOLDER`.

Trains the networks of `permq.pairing.recipes` into FOLDER (those already there are kept; about a
quarter of an hour on one core), fits the ensemble on two thirds of them, prints how it does on the
others, and writes `calibration.json` beside this file unless `--dry` is given.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import click
import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle
from permq.pairing.adapt import adapted
from permq.pairing.assignment import Costs, assign
from permq.pairing.calibration import (
    BARE_ROUNDS,
    FILE,
    ROUNDS,
    Calibration,
    Sharpness,
    bare_logits_of,
    logits_of,
)
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
from permq.pairing.logistic import Example, fit
from permq.pairing.normalise import sinkhorn
from permq.pairing.recipes import held_out, recipes
from permq.pairing.reliability import calibration_error, log_loss, reliability

PENALTY = 3.0
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Known:
    """A network whose pairs are known."""

    name: str
    puzzle: Puzzle
    pair: Indices


def known_networks(folder: Path) -> list[Known]:
    """Load every calibration network, training those that `folder` does not hold."""
    from permq.core.arrangement import Arrangement
    from permq.core.dropping.writing import make
    from permq.core.loading import load_puzzle

    found = []
    for name, recipe in recipes().items():
        path = folder / f"{name}-{recipe.hash}"
        if not path.is_dir():
            click.echo(f"training {name}")
            make(recipe, path, name=name)
        answer = Arrangement.read(path / "answer.txt")
        puzzle = load_puzzle(path).for_answer(answer)
        inp, out = puzzle.indices(answer)
        pair = np.empty_like(inp)
        pair[inp] = out
        found.append(Known(name, puzzle, pair))
    return found


def calibrate(networks: Sequence[Known]) -> Calibration:
    """Fit all stages; beliefs that a later stage is fitted with come from folds left out."""
    weights = [weight_look(network.puzzle) for network in networks]
    bare_logits = _left_out(networks, weights)
    for _ in range(BARE_ROUNDS):
        bare = [
            second_weight_look(network.puzzle, features, sinkhorn(belief))
            for network, features, belief in zip(networks, weights, bare_logits, strict=True)
        ]
        bare_logits = _adapted(bare, _left_out(networks, bare))
    first = [first_look(network.puzzle) for network in networks]
    logits = _left_out(networks, first)
    for _ in range(ROUNDS):
        second = [
            second_look(network.puzzle, features, sinkhorn(belief))
            for network, features, belief in zip(networks, first, logits, strict=True)
        ]
        logits = _adapted(second, _left_out(networks, second))
    return Calibration(
        weights=_named(WEIGHT_SCORES, _fitted(networks, weights)),
        bare=_named(BARE, _fitted(networks, bare)),
        first=_named(FIRST, _fitted(networks, first)),
        second=_named(SECOND, _fitted(networks, second)),
        bare_sharpness=_sharpness(networks, bare_logits),
        sharpness=_sharpness(networks, logits),
    )


def _adapted(features: Sequence[Array], logits: Sequence[Costs]) -> list[Costs]:
    return [adapted(f, sinkhorn(b)) for f, b in zip(features, logits, strict=True)]


def _sharpness(networks: Sequence[Known], logits: Sequence[Costs]) -> Sharpness:
    """The one whose probabilities lose least."""

    def loss(choice: Sharpness) -> float:
        shares = [choice.probabilities(logit) for logit in logits]
        return log_loss([(s, n.pair) for s, n in zip(shares, networks, strict=True)])

    levels, slopes = np.geomspace(0.5, 4.0, 19), np.linspace(0, 3, 7)
    choices = [Sharpness(round(float(a), 3), float(b)) for a, b in product(levels, slopes)]
    return min(choices, key=loss)


def _fitted(networks: Sequence[Known], features: Sequence[Array]) -> Array:
    examples = [Example(f, n.pair) for f, n in zip(features, networks, strict=True)]
    return fit(examples, PENALTY)


def _left_out(networks: Sequence[Known], features: Sequence[Array]) -> list[Costs]:
    """Logits of every network by weights fitted without it and the rest of its fold."""
    logits: list[Costs] = [np.empty(0)] * len(networks)
    for fold in range(FOLDS):
        others = [k for k in range(len(networks)) if k % FOLDS != fold]
        weights = _fitted([networks[k] for k in others], [features[k] for k in others])
        for k in range(fold, len(networks), FOLDS):
            logits[k] = np.tensordot(weights, features[k], axes=1)
    return logits


def _named(names: Sequence[str], weights: Array) -> dict[str, float]:
    return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}


def report(networks: Sequence[Known], calibration: Calibration) -> None:
    """Print pairs right for each network, and what the probabilities are worth."""
    with_data, without = [], []
    for network in networks:
        shares = calibration.sharpness.probabilities(logits_of(network.puzzle, calibration))
        bare = calibration.bare_sharpness.probabilities(bare_logits_of(network.puzzle, calibration))
        right, bare_right = (int((assign(-p) == network.pair).sum()) for p in (shares, bare))
        click.echo(
            f"{network.name:18s} {right:3d} of {network.puzzle.blocks:3d}, "
            f"sure {shares.max(axis=1).mean():.2f}; weights alone {bare_right:3d}"
        )
        with_data.append((shares, network.pair))
        without.append((bare, network.pair))
    for title, judged in (("with data", with_data), ("weights alone", without)):
        bins = reliability(judged)
        click.echo(f"{title}: error {calibration_error(bins):.4f}, loss {log_loss(judged):.4f}")
        for found in bins:
            click.echo(f"  said {found.said:.3f}  seen {found.seen:.3f}  of {found.count}")


def main() -> None:
    """Train, fit, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the networks lie or are to be made")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    networks = known_networks(arguments.folder)
    apart = set(held_out([network.name for network in networks]))
    calibration = calibrate([network for network in networks if network.name not in apart])
    click.echo(calibration.text())
    report([network for network in networks if network.name in apart], calibration)
    if not arguments.dry:
        FILE.write_text(calibration.text(), "utf-8")


if __name__ == "__main__":
    main()
