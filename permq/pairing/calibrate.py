"""Make the calibration of the ensemble: `python -m permq.pairing.calibrate FOLDER`.

Trains the networks of `permq.pairing.recipes` into FOLDER (those already there are kept; about a
quarter of an hour on one core), fits the ensemble on two thirds of them, prints how it does on the
others, and writes `calibration.json` beside this file unless `--dry` is given.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle
from permq.pairing.adapt import adapted
from permq.pairing.assignment import Costs, assign
from permq.pairing.calibration import _FILE, ROUNDS, Calibration, believe
from permq.pairing.features import FIRST, SECOND, first_look, second_look
from permq.pairing.logistic import Example, fit
from permq.pairing.normalise import sinkhorn
from permq.pairing.recipes import held_out, recipes
from permq.pairing.reliability import Judged, calibration_error, log_loss, reliability

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
    first = [first_look(network.puzzle) for network in networks]
    logits = _left_out(networks, first)
    for _ in range(ROUNDS):
        second = [
            second_look(network.puzzle, features, sinkhorn(belief))
            for network, features, belief in zip(networks, first, logits, strict=True)
        ]
        general = _left_out(networks, second)
        both = [
            np.stack([belief, adapted(features, sinkhorn(belief))])
            for belief, features in zip(general, second, strict=True)
        ]
        logits = _left_out(networks, both)
    shares = _fitted(networks, both)
    calibration = Calibration(
        first=_named(FIRST, _fitted(networks, first)),
        second=_named(SECOND, _fitted(networks, second)),
        general=round(float(shares[0]), 4),
        adapted=round(float(shares[1]), 4),
        sharpness=1.0,
    )
    choices = np.geomspace(0.5, 2, 29)
    losses = [
        log_loss([(sinkhorn(s * b), n.pair) for n, b in zip(networks, logits, strict=True)])
        for s in choices
    ]
    return replace(calibration, sharpness=round(float(choices[int(np.argmin(losses))]), 4))


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


def report(networks: Sequence[Known], calibration: Calibration) -> Judged:
    """Print pairs right for each network; gives the probabilities and the truth."""
    judged = []
    for network in networks:
        logits = believe(network.puzzle, calibration)
        shares = sinkhorn(calibration.sharpness * logits)
        right = int((assign(-logits) == network.pair).sum())
        sure = float(shares.max(axis=1).mean())
        click.echo(f"{network.name:20s} {right:3d} of {network.puzzle.blocks:3d}  sure {sure:.2f}")
        judged.append((shares, network.pair))
    return judged


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
    judged = report([network for network in networks if network.name in apart], calibration)
    bins = reliability(judged)
    for found in bins:
        click.echo(f"said {found.said:.3f}  seen {found.seen:.3f}  of {found.count}")
    click.echo(f"calibration error {calibration_error(bins):.4f}, log loss {log_loss(judged):.4f}")
    if not arguments.dry:
        _FILE.write_text(calibration.text(), "utf-8")


if __name__ == "__main__":
    main()
