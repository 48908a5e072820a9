"""Suites are read strictly: what cannot be meant is refused, with where it stands."""

import pytest

from permq.errors import OptionError
from permq.suites.suite import parse, read, shipped

SMALL = """
name = "small"
seeds = [3, 4]

[[solvers]]
name = "anneal"
time_limit = 5
steps = [{ kind = "anneal", count = 2, params = { steps = 10 } }, { kind = "refine", join = true }]

[recipe]
blocks = 4
lr = 1

[[regimes]]
id = "one"

[[regimes]]
id = "two"
activation = "gelu"
"""


def test_a_suite_says_solvers_regimes_and_seeds():
    suite = parse(SMALL, "here")
    assert suite.runs == 4
    assert [step.kind for step in suite.solvers[0].all_steps()] == ["anneal", "refine"]
    assert [step.join for step in suite.solvers[0].all_steps()] == [False, True]
    one, two = suite.regimes
    assert (one.recipe.blocks, one.recipe.lr, one.recipe.activation) == (4, 1.0, "relu")
    assert two.recipe.activation == "gelu"


def test_settings_are_flat_and_complete():
    settings = parse(SMALL, "here").solvers[0].settings
    assert settings["anneal.steps"] == 10
    assert settings["anneal.count"] == 2
    assert settings["anneal.joint"] is False
    assert settings["time_limit"] == 5


def test_a_pipeline_stands_for_its_steps():
    text = SMALL.replace('kind = "anneal", count = 2', 'kind = "pipeline"').replace(
        "steps = 10", "chains = 3"
    )
    kinds = [step.kind for step in parse(text, "here").solvers[0].all_steps()]
    assert kinds[:3] == ["pair", "order", "anneal"]


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_suite_can_be_read(name):
    suite = read(name)
    assert suite.name == name
    assert suite.runs > 0


def test_the_board_covers_every_kind_of_hard_example():
    recipes = [regime.recipe for regime in read("board").regimes]
    assert {recipe.activation for recipe in recipes} == {"relu", "gelu", "silu", "tanh"}
    assert {recipe.optimizer for recipe in recipes} == {"adamw", "adam", "sgd"}
    assert any(recipe.half for recipe in recipes)
    assert any(recipe.pred_noise for recipe in recipes)
    assert any(recipe.outputs > 1 for recipe in recipes)
    assert any(recipe.width == recipe.hidden for recipe in recipes)
    assert max(recipe.blocks for recipe in recipes) > 50
    assert len({recipe.width for recipe in recipes}) > 2


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "small"', 'nam = "small"', "unknown key 'nam'"),
        ("time_limit = 5", "limit = 5", "solver 'anneal': unknown key 'limit'"),
        ("count = 2", "number = 2", "unknown key 'number'"),
        ("steps = 10", "stepz = 10", "did you mean steps"),
        ('kind = "refine"', 'kind = "refin"', "did you mean refine"),
        ('activation = "gelu"', "activatoin = 1", "regime 'two': unknown key 'activatoin'"),
        ('activation = "gelu"', 'activation = "gelo"', "regime 'two': activation 'gelo'"),
        ("blocks = 4", "blocks = 4.5", "blocks = 4.5 is no int"),
        ("blocks = 4", "blocks = true", "blocks = True is no int"),
        ("seeds = [3, 4]", "seeds = [3, 3]", "seed '3' stands twice"),
        ("seeds = [3, 4]", "seeds = [-1]", "seeds: -1"),
        ("seeds = [3, 4]", "seeds = 3", "seeds: must be a list"),
        ('id = "two"', 'id = "one"', "regime 'one' stands twice"),
        ('id = "two"', 'id = "Two!"', "is no name"),
        ("time_limit = 5", "time_limit = 0", "time_limit 0"),
        ("count = 2", "count = 0", "count 0"),
        ("join = true", "join = 1", "join is true or false"),
        ('name = "small"', "name = ", "is no TOML"),
        ("[[solvers]]", "[[solver]]", "solvers must be a list"),
    ],
)
def test_what_cannot_be_meant_is_refused(old, new, told):
    assert old in SMALL
    with pytest.raises(OptionError) as caught:
        parse(SMALL.replace(old, new, 1), "here.toml")
    assert str(caught.value).startswith("here.toml: ")
    assert told in str(caught.value)


def test_an_unknown_suite_is_told_with_the_known_ones():
    with pytest.raises(OptionError, match="known: board, quick"):
        read("bord")
