from dataclasses import replace

import numpy as np
import pytest
import torch

from permq.core.dropping.data import synthetic_task
from permq.core.dropping.gradients import Parameters, loss_and_gradient
from permq.core.dropping.recipe import ACTIVATIONS, OPTIMIZERS, Recipe
from permq.core.dropping.training import Trained, Training, answers, train

SMALL = Recipe(blocks=3, width=5, hidden=7, outputs=2, rows=200, epochs=20, batch_size=32)
ACTIVATE = {
    "relu": torch.nn.ReLU(),
    "gelu": torch.nn.GELU(),
    "silu": torch.nn.SiLU(),
    "tanh": torch.nn.Tanh(),
}


def fitted(recipe: Recipe) -> Trained:
    x, true = synthetic_task(
        recipe.rows, recipe.width, recipe.outputs, recipe.noise, np.random.default_rng(0)
    )
    return train(recipe, x, true, np.random.default_rng(recipe.seed))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_gradient_is_that_of_automatic_differentiation(activation: str):
    torch.manual_seed(0)
    size = Parameters.size(SMALL)
    flat = torch.randn(size, dtype=torch.float64) / 2
    x, true = torch.randn(9, 5, dtype=torch.float64), torch.randn(9, 2, dtype=torch.float64)
    by_hand = torch.zeros_like(flat)
    loss = loss_and_gradient(
        Parameters(SMALL, flat), Parameters(SMALL, by_hand), x, true, activation
    )

    leaf = flat.clone().requires_grad_()
    layers = Parameters(SMALL, leaf)
    state = x
    for t in range(SMALL.blocks):
        hidden = ACTIVATE[activation](state @ layers.w_in[t].T + layers.b_in[t])
        state = state + hidden @ layers.w_out[t].T + layers.b_out[t]
    expected = torch.mean((state @ layers.w_last.T + layers.b_last - true) ** 2)
    expected.backward()
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    torch.testing.assert_close(by_hand, leaf.grad, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns(optimizer: str):
    recipe = replace(SMALL, optimizer=optimizer, lr=1e-2, epochs=30)
    assert fitted(recipe).loss < 0.7 * fitted(replace(recipe, epochs=0)).loss


def test_the_same_seed_trains_the_same_network():
    one, same, other = fitted(SMALL), fitted(SMALL), fitted(replace(SMALL, seed=1))
    assert one.loss == same.loss != other.loss
    assert np.array_equal(one.w_out, same.w_out)
    assert not np.array_equal(one.w_out, other.w_out)


def test_the_cosine_schedule_ends_at_rest():
    x, true = synthetic_task(200, 5, 2, 0.3, np.random.default_rng(0))
    means: list[float] = []

    def moved(epochs: int, schedule: str) -> float:
        recipe = replace(SMALL, epochs=epochs, schedule=schedule, batch_size=200)
        means.clear()
        train(recipe, x, true, np.random.default_rng(0), progress=lambda _, m: means.append(m))
        return abs(means[-1] - means[-2])

    assert moved(100, "cosine") < 0.1 * moved(100, "constant")
    assert len(means) == 100


def test_small_initial_output_layers_start_near_the_identity():
    normal = fitted(replace(SMALL, epochs=0))
    small = fitted(replace(SMALL, epochs=0, out_scale=0.1))
    np.testing.assert_allclose(small.w_out, 0.1 * normal.w_out, rtol=1e-5)
    assert np.array_equal(small.w_in, normal.w_in)


def test_the_loss_is_that_of_the_answers():
    x, true = synthetic_task(200, 5, 2, SMALL.noise, np.random.default_rng(0))
    trained = train(SMALL, x, true, np.random.default_rng(0))
    mse = np.mean((answers(trained, x, SMALL.activation) - true) ** 2)
    assert trained.loss == pytest.approx(float(mse), rel=1e-5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("cut", [0, 1, 3])
def test_a_training_goes_on_where_another_stood(optimizer, cut):
    recipe = replace(SMALL, optimizer=optimizer, schedule="cosine", epochs=5)
    x, true = synthetic_task(recipe.rows, 5, 2, 0.3, np.random.default_rng(0))

    def begun() -> Training:
        return Training(recipe, x, true, np.random.default_rng(1))

    whole, before, after = begun(), begun(), begun()
    for epoch in range(5):
        whole.epoch(np.random.default_rng(epoch))
    for epoch in range(cut):
        before.epoch(np.random.default_rng(epoch))
    after.restore(before.save(), cut)
    for epoch in range(cut, 5):
        after.epoch(np.random.default_rng(epoch))
    for name, value in vars(whole.network()).items():
        assert np.array_equal(getattr(after.network(), name), value)


def test_the_state_of_another_network_is_refused():
    x, true = synthetic_task(40, 5, 2, 0.3, np.random.default_rng(0))
    one = Training(SMALL, x, true, np.random.default_rng(1))
    other = Training(replace(SMALL, blocks=2), x, true, np.random.default_rng(1))
    with pytest.raises(ValueError, match="not those of such a network"):
        one.restore(other.save(), 0)
