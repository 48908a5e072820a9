"""The most memory that `permq solve` holds on the real puzzle."""

import sys
from pathlib import Path

from tests.benchmarks.measure import tell
from tests.benchmarks.processes import run_process

BOUND = 150.0  # MB of 10⁶ bytes


def run(folder: Path, quick: bool) -> None:
    """Print the largest peak of a few runs."""
    runs = [run_process(sys.executable, "-m", "permq", "solve", str(folder)) for _ in range(3)]
    if any(one.status for one in runs):
        raise RuntimeError("permq solve failed")
    print("memory: permq solve on the real puzzle")
    tell("peak resident memory", max(one.peak for one in runs) / 1e6, BOUND, " MB")
