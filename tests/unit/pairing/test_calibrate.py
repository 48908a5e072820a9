import sys

import numpy as np

from permq.core.dropping.recipe import Recipe
from permq.pairing import calibrate, recipes
from permq.pairing.calibration import Calibration

TINY = {"width": 10, "hidden": 20, "rows": 300, "epochs": 60}


def test_every_recipe_has_its_own_seed_and_none_repeats():
    known = recipes.recipes()
    assert len(known) > 40
    assert len({recipe.seed for recipe in known.values()}) == len(known)
    assert len({recipe.hash for recipe in known.values()}) == len(known)


def test_a_third_is_held_out():
    names = list(recipes.recipes())
    apart = recipes.held_out(names)
    assert set(apart) < set(names)
    assert len(apart) == len(names) // 3


def test_calibrating_prints_what_it_is_worth_and_writes_it(tmp_path, monkeypatch, capsys):
    # the whole way, on six tiny networks
    few = {f"tiny-{k}": Recipe(**TINY, blocks=5 + k, seed=90 + k) for k in range(6)}
    written = tmp_path / "calibration.json"
    monkeypatch.setattr(calibrate, "recipes", lambda: few)
    monkeypatch.setattr(calibrate, "FILE", written)
    monkeypatch.setattr(sys, "argv", ["calibrate", str(tmp_path / "networks")])
    calibrate.main()
    said = capsys.readouterr().out
    assert "tiny-2" in said
    assert "of   7" in said
    assert "weights alone: error" in said
    first = Calibration.parse(written.read_text())
    assert all(np.isfinite(list(first.second.values())))
    # the networks are there now, and the same networks give the same numbers
    calibrate.main()
    assert "training" not in capsys.readouterr().out
    assert Calibration.parse(written.read_text()) == first
