"""Every figure by name; a module is imported when its figure is asked for."""

import importlib
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from permq.errors import OptionError
from permq.figures.figure import Figure

# Each is a module of this room whose `FIGURE` is the figure of that name.
FIGURES: tuple[str, ...] = (
    "cost_matrix_heatmap",
    "pool_agreement",
    "weight_norms",
    "activation_fingerprints",
    "convergence",
    "trace_matrix",
    "residual_cosine",
    "loo",
    "placement",
    "landscape",
    "cascade",
    "fleet",
    "probability_trajectory",
    "error_localization",
    "radar",
    "calibration",
    "roc",
    "emergence",
    "layer_drift",
    "representation",
)


def figure_named(name: str) -> Figure[Any]:
    """Find a figure; dashes may stand for underscores.

    Raises
    ------
    OptionError
        When there is none of this name.
    """
    plain = name.strip().replace("-", "_")
    if plain not in FIGURES:
        near = get_close_matches(plain, FIGURES, 1, 0.5)
        guess = f" did you mean {near[0]}?" if near else ""
        raise OptionError(f"unknown figure {name!r}:{guess} known: {', '.join(FIGURES)}")
    figure = importlib.import_module(f"permq.figures.{plain}").FIGURE
    if not isinstance(figure, Figure) or figure.name != plain:
        raise TypeError(f"permq.figures.{plain}.FIGURE is not the figure of that name")
    return figure


def figures_named(names: Iterable[str]) -> tuple[Figure[Any], ...]:
    """Find figures, each once, in the order of their first mention; all where none is named.

    Raises
    ------
    OptionError
        When there is none of a name.
    """
    found = {figure.name: figure for figure in map(figure_named, names)}
    return tuple(found.values()) or tuple(map(figure_named, FIGURES))
