"""Trained puzzles, made once per recipe and kept between runs."""

import hashlib
import os
from dataclasses import replace
from functools import cache
from pathlib import Path

from permq.core.dropping import recipe as recipe_module
from permq.core.dropping.recipe import Recipe

_MIDDLE = Recipe(blocks=16, width=24, hidden=48, rows=1500, epochs=200)

REGIMES = {
    "memorised": replace(_MIDDLE, batch_size=32, lr=2e-3, schedule="cosine"),
    "well trained": replace(_MIDDLE, blocks=24, width=32, hidden=64, batch_size=64, lr=2e-3),
    "plain": replace(_MIDDLE, epochs=400),
    "short training": replace(_MIDDLE, epochs=30),
    "ascending norms": replace(
        _MIDDLE, blocks=12, train_rows=8000, epochs=160, batch_size=64, lr=2e-3
    ),
    "small start": replace(_MIDDLE, out_scale=0.1),
    "gelu": replace(_MIDDLE, activation="gelu", epochs=300),
    "silu": replace(_MIDDLE, activation="silu"),
    "tanh": replace(_MIDDLE, activation="tanh"),
    "four outputs": replace(_MIDDLE, outputs=4, epochs=300),
    "square": replace(_MIDDLE, hidden=24, epochs=300),
    "float16": replace(_MIDDLE, half=True, epochs=300),
    "noisy pred": replace(_MIDDLE, pred_noise=0.01, epochs=300),
    "deep": replace(_MIDDLE, blocks=56, width=16, hidden=32, batch_size=64, lr=2e-3),
    "adam": replace(_MIDDLE, optimizer="adam", weight_decay=1e-3, batch_size=32, epochs=60),
    "sgd": replace(_MIDDLE, optimizer="sgd", lr=0.01, weight_decay=0.0, epochs=150),
    "many blocks": replace(
        _MIDDLE, blocks=50, optimizer="adam", weight_decay=1e-3, batch_size=32, epochs=40
    ),
    "many blocks, gelu": replace(
        _MIDDLE, blocks=50, activation="gelu", batch_size=64, lr=2e-3, epochs=80
    ),
    "slow": replace(_MIDDLE, lr=3e-4, weight_decay=0.0, epochs=150),
}
"""Networks trained in many ways, each in 3 to 30 s. In most of them ‖W_out‖ falls with depth or has
no direction, other than in the real puzzle; in `ascending norms` it grows as there."""

ROOT = Path(__file__).resolve().parent.parent


def made(recipe: Recipe) -> Path:
    """The folder of the puzzle of a recipe, with `answer.txt`; trained when it is not there yet.

    The puzzles lie in `.permq-cache/puzzles`, or where `PERMQ_TEST_CACHE` says. Several processes
    may ask for the same one: the first makes it, the others wait for it. What is read from it must
    not be changed; tests that damage a puzzle copy it first.
    """
    cache_folder = Path(os.environ.get("PERMQ_TEST_CACHE", ROOT / ".permq-cache" / "puzzles"))
    cache_folder.mkdir(parents=True, exist_ok=True)
    path = cache_folder / f"{recipe.hash}-{_trainer()}"
    if not path.is_dir():
        import fcntl

        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.is_dir():
                from permq.core.dropping.writing import make

                make(recipe, path, name="made")
    return path


@cache
def _trainer() -> str:
    """Digest of the code that trains, so that a change of it does not meet old networks."""
    sources = sorted(Path(recipe_module.__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]
