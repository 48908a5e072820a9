"""The networks on which the ensemble is calibrated: many ways of training, none of them real."""

from permq.core.dropping.recipe import Recipe

_COMMON: dict[str, object] = {"width": 24, "hidden": 48, "rows": 2000}

# name: what differs from the common settings; every third one is held out
_SETTINGS: dict[str, dict[str, object]] = {
    "memorised-16": {"blocks": 16, "width": 16, "hidden": 32, "epochs": 600},
    "memorised-24": {"blocks": 24, "epochs": 500},
    "memorised-48": {"blocks": 48, "width": 32, "hidden": 64, "epochs": 400},
    "no-decay": {"blocks": 20, "epochs": 400, "weight_decay": 0.0},
    "decay": {"blocks": 24, "epochs": 400, "weight_decay": 0.1, "lr": 2e-3},
    "cosine": {"blocks": 24, "epochs": 300, "schedule": "cosine", "lr": 3e-3},
    "short-16": {"blocks": 16, "epochs": 20},
    "short-24": {"blocks": 24, "epochs": 60},
    "short-32": {"blocks": 32, "width": 32, "hidden": 64, "epochs": 30},
    "short-wide": {"blocks": 24, "width": 32, "hidden": 64, "epochs": 100},
    "short-8": {"blocks": 8, "width": 16, "hidden": 32, "epochs": 50},
    "gelu-24": {"blocks": 24, "activation": "gelu", "epochs": 300},
    "gelu-short": {"blocks": 16, "activation": "gelu", "epochs": 60},
    "gelu-32": {"blocks": 32, "hidden": 96, "activation": "gelu", "epochs": 200},
    "silu": {"blocks": 16, "activation": "silu", "epochs": 300},
    "silu-short": {"blocks": 24, "activation": "silu", "epochs": 80},
    "tanh-16": {"blocks": 16, "activation": "tanh", "epochs": 200},
    "tanh-32": {"blocks": 32, "activation": "tanh", "epochs": 300, "lr": 2e-3},
    "tanh-sgd": {
        "blocks": 20,
        "activation": "tanh",
        "optimizer": "sgd",
        "lr": 0.02,
        "weight_decay": 0.0,
        "epochs": 150,
    },
    "outputs-4": {"blocks": 16, "outputs": 4, "epochs": 300},
    "outputs-4-wide": {"blocks": 32, "width": 32, "hidden": 64, "outputs": 4, "epochs": 300},
    "outputs-8": {"blocks": 24, "outputs": 8, "epochs": 200},
    "outputs-2-short": {"blocks": 24, "outputs": 2, "epochs": 80},
    "square-16": {"blocks": 16, "hidden": 24, "epochs": 400},
    "square-32": {"blocks": 32, "width": 32, "hidden": 32, "epochs": 300},
    "square-short": {"blocks": 24, "hidden": 24, "epochs": 80},
    "square-gelu": {"blocks": 20, "width": 32, "hidden": 32, "epochs": 300, "activation": "gelu"},
    "small-out-16": {"blocks": 16, "out_scale": 0.1, "epochs": 200},
    "small-out-short": {"blocks": 24, "out_scale": 0.1, "epochs": 60},
    "small-out-48": {"blocks": 48, "out_scale": 0.1, "epochs": 200},
    "tiny-out": {"blocks": 24, "width": 32, "hidden": 64, "out_scale": 0.03, "epochs": 150},
    "sgd-16": {"blocks": 16, "optimizer": "sgd", "lr": 0.02, "weight_decay": 0.0, "epochs": 200},
    "sgd-32": {"blocks": 32, "optimizer": "sgd", "lr": 5e-3, "weight_decay": 0.0, "epochs": 200},
    "sgd-decay": {
        "blocks": 24,
        "optimizer": "sgd",
        "lr": 0.01,
        "weight_decay": 1e-3,
        "epochs": 300,
    },
    "sgd-gelu": {
        "blocks": 16,
        "optimizer": "sgd",
        "lr": 0.02,
        "weight_decay": 0.0,
        "epochs": 200,
        "activation": "gelu",
    },
    "sgd-small-out": {
        "blocks": 24,
        "optimizer": "sgd",
        "lr": 0.01,
        "weight_decay": 0.0,
        "epochs": 200,
        "out_scale": 0.1,
    },
    "slow-16": {"blocks": 16, "lr": 3e-4, "weight_decay": 0.0, "epochs": 200},
    "slow-24": {"blocks": 24, "lr": 3e-4, "weight_decay": 0.0, "epochs": 500},
    "slowest": {"blocks": 16, "lr": 1e-4, "epochs": 400},
    "half": {"blocks": 24, "half": True, "epochs": 300},
    "noisy": {"blocks": 32, "epochs": 250, "pred_noise": 0.01},
    "wide-hidden": {"blocks": 16, "width": 16, "hidden": 64, "epochs": 300},
    "narrow-hidden": {"blocks": 24, "width": 32, "hidden": 16, "epochs": 300},
    "deep-64": {"blocks": 64, "epochs": 250},
    "deep-short": {"blocks": 64, "width": 16, "hidden": 32, "epochs": 60},
    "adam": {"blocks": 24, "optimizer": "adam", "weight_decay": 1e-4, "epochs": 300},
    "adam-batch-32": {
        "blocks": 16,
        "optimizer": "adam",
        "weight_decay": 1e-3,
        "epochs": 80,
        "batch_size": 32,
    },
    "more-data": {
        "blocks": 24,
        "width": 32,
        "hidden": 64,
        "train_rows": 10000,
        "epochs": 60,
    },
    "more-data-short": {
        "blocks": 32,
        "train_rows": 8000,
        "epochs": 20,
        "weight_decay": 0.0,
    },
    "more-data-fast": {"blocks": 24, "train_rows": 10000, "epochs": 60, "lr": 3e-3},
    "fast": {"blocks": 16, "lr": 5e-3, "epochs": 300, "weight_decay": 0.05},
    "few-rows": {"blocks": 16, "rows": 400, "epochs": 600},
    "small-8": {"blocks": 8, "width": 16, "hidden": 32, "epochs": 200},
    "relu-40": {"blocks": 40, "epochs": 150},
    "deep-80": {"blocks": 80, "width": 16, "hidden": 32, "epochs": 150},
    "sgd-40": {"blocks": 40, "optimizer": "sgd", "lr": 2e-3, "weight_decay": 0.0, "epochs": 150},
    "slow-40": {"blocks": 40, "lr": 3e-4, "weight_decay": 0.0, "epochs": 200},
    "short-48": {"blocks": 48, "width": 32, "hidden": 64, "epochs": 60},
    "noisy-short": {"blocks": 20, "epochs": 80, "pred_noise": 0.02},
    "outputs-4-deep": {"blocks": 40, "outputs": 4, "epochs": 120},
}


def recipes() -> dict[str, Recipe]:
    """Every calibration network by name; each has a seed of its own."""
    # the settings are a mapping of mixed values; Recipe checks each of them
    return {
        name: Recipe(**{**_COMMON, **settings, "seed": 1000 + number})  # type: ignore[arg-type]
        for number, (name, settings) in enumerate(_SETTINGS.items())
    }


def held_out(names: list[str]) -> list[str]:
    """Every third network: never fitted, only used to measure."""
    return names[2::3]
