from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from permq.core.arrangement import Arrangement
from permq.core.dropping.recipe import Recipe
from permq.core.dropping.writing import make
from permq.core.loading import load_puzzle
from permq.core.objective import verify
from permq.errors import OptionError, PermqError

TINY = Recipe(blocks=3, width=4, hidden=6, rows=60, epochs=5, batch_size=16)


@pytest.mark.parametrize(
    "recipe",
    [
        TINY,
        replace(TINY, activation="gelu", outputs=3, seed=1),
        replace(TINY, activation="tanh", hidden=4, seed=2),
        replace(TINY, half=True, train_rows=100, seed=3),
    ],
    ids=["plain", "three outputs", "square", "half"],
)
def test_what_is_written_loads_and_is_solved_by_its_answer(recipe: Recipe, tmp_path: Path):
    made = make(recipe, tmp_path / "new")
    puzzle = load_puzzle(tmp_path / "new")
    assert puzzle.name == "new"
    assert puzzle.activation == recipe.activation
    shape = (puzzle.blocks, puzzle.width, puzzle.hidden, puzzle.outputs, puzzle.rows)
    assert shape == (recipe.blocks, recipe.width, recipe.hidden, recipe.outputs, recipe.rows)
    answer = Arrangement.read(tmp_path / "new" / "answer.txt")
    assert answer == made.answer
    found = verify(puzzle, answer)
    assert found.solved
    assert found.exact
    assert found.mse == pytest.approx(made.mse_pred)
    assert found.mse < 1e-11
    assert puzzle.true is not None
    assert made.mse_true == pytest.approx(float(np.mean((puzzle.pred - puzzle.true) ** 2)))


def test_the_same_recipe_writes_the_same_files(tmp_path: Path):
    for name in ("one", "two"):
        make(TINY, tmp_path / name, name="same")
    one, two = (
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    )
    assert len(one) == 2 * TINY.blocks + 1 + 3
    assert one == two


def test_pieces_are_state_dicts_of_nothing_but_their_own_numbers(tmp_path: Path):
    make(TINY, tmp_path / "new")
    for path in (tmp_path / "new" / "pieces").iterdir():
        piece = torch.load(path, weights_only=True)
        assert set(piece) == {"weight", "bias"}
        assert piece["weight"].untyped_storage().nbytes() == 4 * piece["weight"].numel()


def test_other_seeds_shuffle_otherwise(tmp_path: Path):
    answers = {make(replace(TINY, seed=s), tmp_path / str(s)).answer.text for s in range(4)}
    assert len(answers) == 4


def test_rounded_weights_fit_float16_and_pred_is_theirs(tmp_path: Path):
    make(replace(TINY, half=True), tmp_path / "half")
    make(TINY, tmp_path / "full")
    half, full = load_puzzle(tmp_path / "half"), load_puzzle(tmp_path / "full")
    for weights in (half.w_in, half.w_out, half.b_in, half.b_out, half.w_last, half.b_last):
        assert np.array_equal(weights, weights.astype(np.float16).astype(np.float32))
    assert np.array_equal(half.w_in, full.w_in.astype(np.float16).astype(np.float32))
    assert not np.array_equal(half.pred, full.pred)


def test_noise_on_pred_is_relative_to_the_spread_of_each_output(tmp_path: Path):
    recipe = replace(TINY, outputs=2, rows=2000, epochs=1)
    make(recipe, tmp_path / "clean")
    made = make(replace(recipe, pred_noise=0.1), tmp_path / "noisy")
    clean, noisy = load_puzzle(tmp_path / "clean"), load_puzzle(tmp_path / "noisy")
    share = (noisy.pred - clean.pred).std(axis=0) / clean.pred.std(axis=0)
    np.testing.assert_allclose(share, 0.1, rtol=0.1)
    found = verify(noisy, made.answer)
    assert found.solved
    assert not found.exact


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(OptionError, match="is there already"):
        make(TINY, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_taken(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    assert load_puzzle(make(TINY, tmp_path / "empty").path).blocks == 3


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match="file"):
        make(TINY, tmp_path / "file" / "new")


def test_training_that_diverges_leaves_nothing(tmp_path: Path):
    recipe = replace(TINY, optimizer="sgd", lr=1e6, epochs=20)
    with pytest.raises(PermqError, match="diverged"):
        make(recipe, tmp_path / "new")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "called"), [("n" * 120, "n" * 100), ("a\nb", "ab"), ("\n", "made")]
)
def test_a_folder_of_any_name_loads_again(tmp_path: Path, name: str, called: str):
    make(Recipe(blocks=2, width=4, rows=20, epochs=1), tmp_path / name)
    assert load_puzzle(tmp_path / name).name == called
