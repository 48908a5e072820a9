"""Measure permq: times, ratios against references that run beside it, and their bounds.

Every benchmark prints what it measured and whether it keeps its bound:

  solve         pairing and ordering of the real puzzle, against the adjoint recipe
  startup       the whole command `permq solve`, against importing torch
  memory        the most memory `permq solve` holds on the real puzzle
  annealing     proposals decided per second, against full evaluations in torch
  robust        hundreds of row samples of four sizes with many seeds each: exact every time?
  random-order  from the right pairs in a random order to exact, ten seeds
  regimes       networks trained in many ways: which are solved, and in what time
  large         192 blocks of width 96: budget, memory, and what a proposal costs
  pool          queries of a pool of a million solutions
  dashboard     its answers with a million solutions and 10,000 jobs
  figures       every picture of the real puzzle, from a pool of ten thousand solutions
  fleet         a fleet of two workers: idle, empty jobs, annealing through the queue
"""

import argparse
import importlib
from pathlib import Path

from permq.config import prepare_blas

ROOT = Path(__file__).resolve().parents[2]
PUZZLE = ROOT.parent / "shared" / "puzzles" / "jane-street"

# Every benchmark is a module of this name with `run(folder, quick)`.
BENCHMARKS = (
    "solve",
    "startup",
    "memory",
    "annealing",
    "robust",
    "random-order",
    "regimes",
    "large",
    "pool",
    "dashboard",
    "fleet",
    "figures",
)


def main() -> None:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(
        prog="ops/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="all of them by default")
    parser.add_argument("--puzzle", type=Path, default=PUZZLE, help="the real puzzle's folder")
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds and samples: minutes instead of hours"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(BENCHMARKS):
        parser.error(f"unknown benchmark {', '.join(sorted(unknown))}")
    if arguments.names != ["regimes"] and not arguments.puzzle.exists():
        parser.error(f"{arguments.puzzle}: no puzzle there; give the real one's folder by --puzzle")
    prepare_blas(1)  # before numpy and torch are loaded
    for name in arguments.names or BENCHMARKS:
        module = importlib.import_module(f"tests.benchmarks.{name.replace('-', '_')}")
        module.run(arguments.puzzle, arguments.quick)


if __name__ == "__main__":
    main()
