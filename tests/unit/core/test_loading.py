import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from permq.core.loading import load_puzzle
from permq.core.puzzle import Layer
from permq.errors import OptionError, PuzzleError
from tests.puzzle_files import (
    REAL,
    csv_text,
    data_columns,
    layers_of,
    needs_real_puzzle,
    write_piece,
    write_puzzle,
)
from tests.toys import toy_puzzle

ARRAYS = ("inp_pieces", "out_pieces", "w_in", "b_in", "w_out", "b_out", "w_last", "b_last")
HASH = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def toy():
    return toy_puzzle(blocks=2, width=3, hidden=5, rows=4)[0]


@pytest.fixture(scope="module")
def template(toy, tmp_path_factory):
    return write_puzzle(tmp_path_factory.mktemp("template") / "toy-puzzle", toy)


@pytest.fixture
def folder(template, tmp_path):
    return shutil.copytree(template, tmp_path / "toy-puzzle")


def assert_equal(loaded, made):
    for name in (*ARRAYS, "x", "pred", "true"):
        assert np.array_equal(getattr(loaded, name), getattr(made, name)), name
        assert getattr(loaded, name).dtype == getattr(made, name).dtype, name
    assert loaded.last_piece == made.last_piece


def refused(path, *, names=None):
    with pytest.raises(PuzzleError) as caught:
        load_puzzle(path)
    assert str(caught.value).startswith(f"{names or path}: "[:900])  # long texts are cut behind it
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2
    return caught.value.problem


def state_of(puzzle, pattern="layers.{}"):
    return {
        f"{pattern.format(piece)}.{name}": torch.from_numpy(np.array(getattr(layer, name)))
        for piece, layer in layers_of(puzzle).items()
        for name in ("weight", "bias")
    }


def test_a_folder_of_pieces_is_loaded(folder, toy):
    puzzle = load_puzzle(folder)
    assert_equal(puzzle, toy)
    assert puzzle.name == "toy-puzzle"
    assert puzzle.activation == "relu"
    assert puzzle.solution_sha256 is None
    assert puzzle.path == folder
    assert len(puzzle.fingerprint) == 64


@pytest.mark.parametrize(
    "sizes",
    [
        {"blocks": 1, "width": 1, "hidden": 2},
        {"blocks": 3, "width": 4, "hidden": 4},
        {"blocks": 3, "width": 5, "hidden": 2, "outputs": 3, "rows": 1},
        {"blocks": 12, "width": 2, "hidden": 3, "activation": "tanh"},
    ],
)
def test_other_sizes_are_loaded(tmp_path, sizes):
    toy, _ = toy_puzzle(**sizes)
    loaded = load_puzzle(write_puzzle(tmp_path / "toy", toy))
    assert loaded.square == toy.square
    if toy.square:  # roles are the solver's to find
        assert loaded.last_piece == toy.last_piece
        assert sorted([*loaded.inp_pieces, *loaded.out_pieces, loaded.last_piece]) == list(range(7))
    else:
        assert_equal(loaded, toy)


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".safetensors"])
@pytest.mark.parametrize("given", ["folder", "file"])
def test_one_file_of_numbered_layers_takes_the_place_of_pieces(folder, toy, suffix, given):
    by_pieces = load_puzzle(folder)
    shutil.rmtree(folder / "pieces")
    file = folder / f"network{suffix}"
    (save_file if suffix == ".safetensors" else torch.save)(state_of(toy), file)
    puzzle = load_puzzle(folder if given == "folder" else file)
    assert_equal(puzzle, toy)
    assert puzzle.fingerprint == by_pieces.fingerprint
    assert puzzle.name == ("toy-puzzle" if given == "folder" else "network")


def test_names_and_dates_do_not_change_the_fingerprint(folder, template):
    (folder / "puzzle.toml").write_text('name = "other"\nactivation = "silu"\n')
    (folder / "pieces" / "notes.txt").write_text("x")
    columns = (folder / "historical_data.csv").read_text().replace("measurement_", "feature ")
    (folder / "historical_data.csv").write_text(columns)
    assert load_puzzle(folder).fingerprint == load_puzzle(template).fingerprint


def test_settings_beside_the_pieces_are_taken(folder):
    (folder / "puzzle.toml").write_text(
        f'name = "tiny"\nactivation = "gelu"\nsolution_sha256 = "{HASH}"\n[made]\nseed = 1\n'
    )
    puzzle = load_puzzle(folder)
    assert (puzzle.name, puzzle.activation, puzzle.solution_sha256) == ("tiny", "gelu", HASH)
    assert load_puzzle(folder, activation="tanh").activation == "tanh"


def test_bad_settings_are_named(folder):
    (folder / "puzzle.toml").write_text("sha = 1\n")
    assert "unknown key 'sha'" in refused(folder, names=folder / "puzzle.toml")


def test_an_unknown_activation_is_refused(folder):
    with pytest.raises(OptionError, match="'elu' is not known"):
        load_puzzle(folder, activation="elu")


def test_a_puzzle_without_labels_is_loaded(folder, toy):
    columns = data_columns(toy)
    del columns["true"]
    (folder / "historical_data.csv").write_text(csv_text(columns))
    assert load_puzzle(folder).true is None


def test_a_relative_path_gives_the_name_of_its_folder(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert load_puzzle(".").name == "toy-puzzle"
    assert load_puzzle("pieces/..").name == "toy-puzzle"


def test_a_dot_in_the_name_of_a_folder_belongs_to_it(folder):
    assert load_puzzle(folder.rename(folder.with_name("net.v2"))).name == "net.v2"


def test_no_such_folder(tmp_path):
    assert refused(tmp_path / "none") == "no such folder"


def test_a_folder_that_cannot_exist():
    assert "cannot be read" in refused("a" * 5000) or "no such folder" in refused("a" * 5000)


def test_a_folder_without_pieces(tmp_path):
    assert refused(tmp_path).startswith("no pieces here: neither pieces/piece_*.pth nor")
    (tmp_path / "pieces").mkdir()
    assert refused(tmp_path, names=tmp_path / "pieces").startswith("no pieces here")


def test_several_files_of_layers(tmp_path):
    for name in ("a.pth", "b.safetensors"):
        (tmp_path / name).touch()
    assert refused(tmp_path) == (
        "holds several files of layers (a.pth, b.safetensors); name the one to take"
    )


def test_a_gap_in_the_numbering_is_named(folder):
    (folder / "pieces" / "piece_3.pth").rename(folder / "pieces" / "piece_9.pth")
    assert refused(folder, names=folder / "pieces") == (
        "piece 3 is missing: the numbering of 5 pieces has a gap"
    )


def test_a_gap_in_a_bundle_is_named(folder, toy):
    shutil.rmtree(folder / "pieces")
    state = {key.replace("s.0.", "s.7."): value for key, value in state_of(toy).items()}
    torch.save(state, folder / "network.pth")
    assert "piece 0 is missing" in refused(folder, names=folder / "network.pth")


@pytest.mark.parametrize("name", ["piece_x.pth", "piece_01.pth", "piece_.pth", "piece_-1.pth"])
def test_a_piece_without_a_proper_number_is_named(folder, name):
    path = folder / "pieces" / name
    path.touch()
    assert "is not numbered like" in refused(folder, names=path)


def test_files_that_are_no_pieces_are_left_alone(folder, toy):
    for name in (".DS_Store", "._piece_0.pth", "piece_0.pth.bak", "README"):
        (folder / "pieces" / name).write_text("x")
    assert_equal(load_puzzle(folder), toy)


def test_an_unreadable_piece_is_named(folder):
    piece = folder / "pieces" / "piece_2.pth"
    piece.write_bytes(piece.read_bytes()[:-100])
    refused(folder, names=piece)
    piece.unlink()
    piece.mkdir()
    assert refused(folder, names=piece) == "is no regular file"


def test_nan_in_a_piece_is_named(folder, toy):
    piece = folder / "pieces" / "piece_1.pth"
    layer = layers_of(toy)[1]
    write_piece(piece, Layer(layer.weight * np.float32(np.inf), layer.bias))
    assert refused(folder, names=piece) == "weight holds NaN or infinite values"


def test_shapes_that_fit_no_residual_network_are_named(folder):
    piece = folder / "pieces" / "piece_4.pth"
    write_piece(piece, Layer(np.ones((7, 9), np.float32), np.ones(7, np.float32)))
    refused(folder)


def test_unequal_counts_are_named(folder, toy):
    layer = layers_of(toy)[int(toy.inp_pieces[0])]
    write_piece(folder / "pieces" / f"piece_{toy.out_pieces[0]}.pth", layer)
    assert refused(folder) == "found 3 input layers but 1 output layers"


def test_an_even_number_of_pieces_is_refused(folder, toy):
    write_piece(folder / "pieces" / "piece_5.pth", layers_of(toy)[0])
    assert "2 L + 1 pieces, found 6" in refused(folder)


def test_data_of_another_width_are_named(folder, toy):
    columns = data_columns(toy)
    data = folder / "historical_data.csv"
    data.write_text(csv_text(columns | {"more": columns["measurement_0"]}))
    assert refused(folder, names=data) == "has 4 input columns, but the layers are of width 3"
    del columns["measurement_1"]
    data.write_text(csv_text(columns))
    assert refused(folder, names=data) == "has 2 input columns, but the layers are of width 3"


def test_data_that_are_missing_are_named(folder):
    (folder / "historical_data.csv").unlink()
    assert refused(folder, names=folder / "historical_data.csv") == "no such file"


def test_data_that_block_are_refused(folder):
    (folder / "historical_data.csv").unlink()
    os.mkfifo(folder / "historical_data.csv")
    assert refused(folder, names=folder / "historical_data.csv") == "is no regular file"


@needs_real_puzzle
def test_the_real_puzzle_is_loaded():
    puzzle = load_puzzle(REAL)
    assert (puzzle.blocks, puzzle.width, puzzle.hidden, puzzle.outputs) == (48, 48, 96, 1)
    assert puzzle.rows == 10_000
    assert puzzle.last_piece == 85
    errors = puzzle.pred.astype(float) - puzzle.true
    assert np.mean(errors**2) == pytest.approx(0.1065, abs=5e-5)


def test_loading_imports_nothing_heavy(folder):
    code = (
        "import sys; from permq.core.loading import load_puzzle; load_puzzle(sys.argv[1]);"
        "heavy = {'torch', 'pandas', 'scipy', 'safetensors', 'tomllib', 'zipfile', 'matplotlib'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
