"""Run the benchmarks: `python -m tests.benchmarks [NAME ...] [--puzzle DIR]`."""

import argparse
import importlib
from pathlib import Path

from permq.config import prepare_blas

ROOT = Path(__file__).resolve().parents[2]
PUZZLE = ROOT.parent / "shared" / "puzzles" / "jane-street"

# Every benchmark is a module with `run(folder)`, which prints ratios against references that it
# runs itself, in the same process.
BENCHMARKS = ("annealing",)


def main() -> None:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="ops/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--puzzle", type=Path, default=PUZZLE, help="the real puzzle's folder")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(BENCHMARKS):
        parser.error(f"unknown benchmark {', '.join(sorted(unknown))}")
    if not arguments.puzzle.exists():
        parser.error(f"{arguments.puzzle}: no puzzle there; give the real one's folder by --puzzle")
    prepare_blas(1)  # before numpy and torch are loaded
    for name in arguments.names or BENCHMARKS:
        importlib.import_module(f"tests.benchmarks.{name}").run(arguments.puzzle)


if __name__ == "__main__":
    main()
