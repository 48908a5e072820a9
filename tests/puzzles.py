"""Trained puzzles, made once per recipe and kept between runs."""

import hashlib
import os
from functools import cache
from pathlib import Path

from permq.core.dropping import recipe as recipe_module
from permq.core.dropping.recipe import Recipe

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
