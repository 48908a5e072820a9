"""Synthetic regression tasks: correlated, skewed inputs and a noisy nonlinear teacher."""

import numpy as np
from numpy.typing import NDArray

TEACHER_UNITS = 32


def synthetic_task(
    rows: int, width: int, outputs: int, noise: float, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw inputs and noisy labels like those of a tabular regression task.

    The inputs share a few latent factors and are skewed, then standardised per column. The
    teacher is half linear, half a random hidden layer with tanh; its labels have mean 0 and a
    standard deviation of 1 before the noise.

    Parameters
    ----------
    rows, width, outputs : int
        Sizes N, d and m.
    noise : float
        Standard deviation of the Gaussian noise added to the labels.
    rng : numpy.random.Generator
        Source of all randomness.

    Returns
    -------
    x : (N, d) float32
    true : (N, m) float32
    """
    factors = rng.standard_normal((rows, max(1, width // 4)))
    mixing = rng.standard_normal((factors.shape[1], width)) / np.sqrt(factors.shape[1])
    raw = factors @ mixing + 0.7 * rng.standard_normal((rows, width))
    skew = rng.uniform(-0.5, 0.5, width)
    x = _standardised(np.exp(skew * raw) / skew)

    directions = rng.standard_normal((width, TEACHER_UNITS)) * 1.5 / np.sqrt(width)
    nonlinear = np.tanh(x @ directions + 0.5 * rng.standard_normal(TEACHER_UNITS))
    signal = _standardised(nonlinear @ rng.standard_normal((TEACHER_UNITS, outputs)))
    signal += _standardised(x @ rng.standard_normal((width, outputs)))
    true = _standardised(signal) + noise * rng.standard_normal((rows, outputs))
    return x.astype(np.float32), true.astype(np.float32)


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = np.maximum(values.std(axis=0), 1e-12)
    standardised: NDArray[np.float64] = (values - values.mean(axis=0)) / spread
    return standardised
