"""How well probabilities tell right from wrong, and whether they mean what they say."""

from dataclasses import dataclass

import numpy as np

from permq.core.network import Array

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Predictions of about the same probability: mean said, share right, and how many."""

    said: float
    seen: float
    count: int


@dataclass(frozen=True, eq=False)
class Quality:
    """How good some probabilities are.

    Parameters
    ----------
    count, right
        Predictions, and those that came true.
    brier
        Mean squared difference of probability and outcome (Brier, 1950).
    ece
        Expected calibration error: mean of |said - seen| over bins, weighted by count.
    auc
        Chance that something right has a larger probability than something wrong; None where
        there is only one of the two.
    bins
        Of equal width, those that are not empty.
    histogram
        (BINS,) predictions per bin.
    false_positive, true_positive
        The ROC curve; empty where there is only one class.
    """

    count: int
    right: int
    brier: float
    ece: float
    auc: float | None
    bins: tuple[Bin, ...]
    histogram: tuple[int, ...]
    false_positive: tuple[float, ...]
    true_positive: tuple[float, ...]


def quality(said: Array, right: Array, bins: int = BINS) -> Quality:
    """Judge probabilities by what came true.

    Parameters
    ----------
    said
        (n,) probabilities.
    right
        (n,) outcomes, true or false.

    Raises
    ------
    ValueError
        When there are none, or one is no probability.
    """
    said, truth = np.asarray(said, np.float64), np.asarray(right, np.bool_)
    if said.shape != truth.shape or said.ndim != 1 or not said.size:
        raise ValueError(f"{said.shape} probabilities for {truth.shape} outcomes")
    if not ((said >= 0) & (said <= 1)).all():
        raise ValueError("probabilities lie between 0 and 1")
    place = np.minimum((said * bins).astype(int), bins - 1)
    histogram = np.bincount(place, minlength=bins)
    found = tuple(
        Bin(float(said[place == b].mean()), float(truth[place == b].mean()), int(histogram[b]))
        for b in range(bins)
        if histogram[b]
    )
    false, true = roc(said, truth)
    return Quality(
        count=int(said.size),
        right=int(truth.sum()),
        brier=float(np.mean((said - truth) ** 2)),
        ece=sum(one.count * abs(one.said - one.seen) for one in found) / said.size,
        auc=area(false, true) if len(false) else None,
        bins=found,
        histogram=tuple(int(count) for count in histogram),
        false_positive=tuple(false.tolist()),
        true_positive=tuple(true.tolist()),
    )


def roc(scores: Array, right: Array) -> tuple[Array, Array]:
    """False and true positive rates for every threshold, from none to all taken for right.

    Returns
    -------
    false_positive, true_positive
        (k,) each, ties as one step; empty where there is only one class.
    """
    truth = np.asarray(right, np.bool_)
    positives = int(truth.sum())
    negatives = truth.size - positives
    if not positives or not negatives:
        return np.empty(0), np.empty(0)
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], truth[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), truth.size - 1)  # of equal scores
    true = np.cumsum(hits)[last]
    false = 1 + last - true
    return (
        np.concatenate([[0.0], false / negatives]),
        np.concatenate([[0.0], true / positives]),
    )


def area(false_positive: Array, true_positive: Array) -> float:
    """Area under a ROC curve by trapezes: ties count half, as in the rank statistic."""
    return float(np.trapezoid(true_positive, false_positive))


def thinned(
    first: tuple[float, ...], second: tuple[float, ...], most: int = 400
) -> list[list[float]]:
    """Points of a curve, few enough to be drawn; the ends stay."""
    count = len(first)
    if count <= most:
        return [list(point) for point in zip(first, second, strict=True)]
    places = np.unique(np.linspace(0, count - 1, most).round().astype(int))
    return [[first[place], second[place]] for place in places]
