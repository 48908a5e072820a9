import subprocess
import sys
from dataclasses import replace

import pytest

from permq.core.dropping.recipe import Recipe
from permq.errors import OptionError


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("blocks", 0),
        ("rows", 0),
        ("batch_size", 0),
        ("outputs", 0),
        ("epochs", -1),
        ("seed", -1),
        ("weight_decay", -0.1),
        ("noise", float("nan")),
        ("pred_noise", -1.0),
        ("lr", 0.0),
        ("out_scale", 0.0),
        ("activation", "sine"),
        ("optimizer", "lion"),
        ("schedule", "linear"),
        ("train_rows", 10),
    ],
)
def test_a_setting_out_of_range_is_named(setting: str, value: object):
    with pytest.raises(OptionError, match=setting):
        Recipe(**{setting: value})


def test_sizes_that_hide_the_last_layer_are_refused():
    with pytest.raises(OptionError, match="shape of an input layer"):
        Recipe(width=6, hidden=4, outputs=4)


def test_every_setting_changes_the_hash():
    plain = Recipe()
    others = {
        "hidden": 40,
        "activation": "gelu",
        "optimizer": "sgd",
        "schedule": "cosine",
        "half": True,
        "train_rows": 5000,
    }
    changed = [
        replace(plain, **{name: others[name] if name in others else 2 * value or 1})
        for name, value in vars(plain).items()
    ]
    assert len({recipe.hash for recipe in [plain, *changed]}) == len(changed) + 1


def test_the_hash_is_the_same_in_another_process():
    code = "from permq.core.dropping.recipe import Recipe; print(Recipe(seed=3).hash)"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert other.stdout.strip() == Recipe(seed=3).hash
