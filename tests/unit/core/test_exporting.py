from pathlib import Path

import numpy as np
import pytest
import torch

from permq.core.exporting import choose_format, fit, recovered_state, write_state
from permq.core.torch_module import ResidualNetwork
from permq.errors import AnswerError, OptionError
from tests.toys import PLAIN_ACTIVATIONS, toy_puzzle


@pytest.mark.parametrize("activation", PLAIN_ACTIVATIONS)
@pytest.mark.parametrize("name", ["network.safetensors", "network.pt"])
def test_the_file_makes_the_network_that_answers_pred(name: str, activation: str, tmp_path: Path):
    puzzle, answer = toy_puzzle(1, activation=activation, outputs=2)
    path = tmp_path / name
    write_state(path, recovered_state(puzzle, answer), activation, choose_format(path))
    network = ResidualNetwork.load(path, None if "safe" in name else activation)
    with torch.no_grad():
        answers = network(torch.from_numpy(puzzle.x)).numpy()
    np.testing.assert_allclose(answers, puzzle.pred, rtol=1e-4, atol=1e-5)


def test_square_layers_take_the_roles_of_the_answer():
    puzzle, answer = toy_puzzle(2, width=6, hidden=6)
    first = sorted([*puzzle.inp_pieces.tolist(), *puzzle.out_pieces.tolist()])[:5]
    state = recovered_state(puzzle.with_roles(first), answer)
    inp, _ = puzzle.indices(answer)
    assert np.array_equal(state["layers.0.weight"], puzzle.w_in[inp[0]])
    assert fit(puzzle.with_roles(first), answer) == fit(puzzle, answer)


def test_the_fit_is_measured_against_pred_and_true():
    puzzle, answer = toy_puzzle(3)
    found = fit(puzzle, answer)
    assert found.mse_pred < 1e-12
    assert puzzle.true is not None
    expected = np.mean((puzzle.pred.astype(np.float64) - puzzle.true) ** 2)
    assert found.mse_true == pytest.approx(float(expected), rel=1e-5)


def test_without_labels_there_is_no_fit_to_them():
    puzzle, answer = toy_puzzle(3)
    unlabelled = type(puzzle)(**{**vars(puzzle), "true": None})
    assert fit(unlabelled, answer).mse_true is None


def test_an_answer_of_another_puzzle_is_refused():
    puzzle, _ = toy_puzzle(4)
    _, other = toy_puzzle(4, blocks=3)
    with pytest.raises(AnswerError):
        recovered_state(puzzle, other)


def test_the_format_is_what_is_wanted_or_what_the_suffix_says():
    assert choose_format(Path("a.pth")) == choose_format(Path("a"), "torch") == "torch"
    assert choose_format(Path("a.bin")) == choose_format(Path("a.safetensors")) == "safetensors"
    with pytest.raises(OptionError, match="does not go with"):
        choose_format(Path("a.pt"), "safetensors")
    with pytest.raises(OptionError, match="onnx"):
        choose_format(Path("a"), "onnx")
