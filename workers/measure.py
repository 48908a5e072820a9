"""How fast a node anneals: the real kernel on the shipped example, for about a second.

Run as a program it prints steps/s; `speed_of` runs it so, because the worker's main process shall
not load numpy.
"""

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path

from permq.errors import ServiceError

SECONDS = 1.0
MAX_AGE = 86_400.0
ROWS = 256


def speed_of(data: Path, key: str) -> float:
    """Annealing steps/s of one slot, measured now or within the last day.

    Parameters
    ----------
    data
        The node's folder, where the measure is kept.
    key
        What it depends on: chipset, numeric class, version.

    Raises
    ------
    ServiceError
        When the measurement fails.
    """
    path = data / "speed.json"
    try:
        saved = json.loads(path.read_text())
        if saved["key"] == key and 0 <= time.time() - saved["at"] < MAX_AGE:
            return float(saved["speed"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # never measured, or by another version
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "workers.measure"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServiceError(f"measuring this node's speed failed: {error}") from error
    if done.returncode:
        raise ServiceError(f"measuring this node's speed failed: {done.stderr.strip()[-500:]}")
    speed = float(done.stdout)
    # a disk that is full costs another second at the next start, no more
    with contextlib.suppress(OSError):
        data.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"key": key, "at": time.time(), "speed": speed}))
    return speed


def main() -> None:
    """Measure and print."""
    from permq.config import prepare_blas

    prepare_blas(1)
    from importlib.resources import as_file, files

    import numpy as np

    from permq.core.loading import load_puzzle
    from permq.search import annealing
    from permq.search.annealing_settings import AnnealSettings
    from permq.search.problem import Problem
    from permq.search.stop import Deadline

    with as_file(files("permq") / "examples" / "small") as folder:
        puzzle = load_puzzle(folder)
    problem = Problem.of(puzzle, ROWS)
    order = np.arange(puzzle.blocks)
    state = annealing.start(problem, order, order, AnnealSettings(steps=10_000_000), 0)
    begun = time.perf_counter()
    state = annealing.advance(problem, state, 10_000_000, stop=Deadline(SECONDS))
    sys.stdout.write(f"{state.step / (time.perf_counter() - begun):.1f}\n")


if __name__ == "__main__":
    main()
