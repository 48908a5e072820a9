"""The list of figures."""

import subprocess
import sys

import pytest

from permq.errors import OptionError
from permq.figures.registry import FIGURES, figure_named, figures_named


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_says_what_it_shows(name):
    figure = figure_named(name)
    assert figure.name == name
    assert figure.summary


def test_none_named_means_all_and_each_comes_once():
    assert tuple(figure.name for figure in figures_named([])) == FIGURES
    found = figures_named(["loo", "weight-norms", "loo"])
    assert [figure.name for figure in found] == ["loo", "weight_norms"]


def test_a_wrong_name_is_answered_with_the_nearest():
    with pytest.raises(OptionError, match="unknown figure 'placemnt': did you mean placement"):
        figure_named("placemnt")


def test_matplotlib_waits_until_something_is_drawn():
    code = (
        "import sys, permq.figures.registry as r; r.figures_named([]);"
        "print([m for m in ('matplotlib', 'scipy', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
