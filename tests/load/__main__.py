"""Measure a large fleet beside a small one: the same questions in turns, on the same servers.

100,000 queued jobs, 1,000,000 solutions and 200 nodes, against a hundredth of each. The nodes are
the workers' own threads, fifty in a process, which register, beat, claim, renew and finish for as
long as it lasts; only the work itself is left out. Whatever users, workers and pages ask may take
at most twice as long as at the small scale, and the memory of every service has a bound.

The exit status is 1 when a bound is missed.

Example:
  ops/load                 all of it, some minutes
  ops/load --quick         a tenth of the solutions and a fifth of the jobs
  ops/load --json > load.json
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import click

from permq.config import prepare_blas
from tests.benchmarks.__main__ import PUZZLE

EXAMPLE = Path(__file__).resolve().parents[2] / "permq/examples/small"


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(
        prog="ops/load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--json", action="store_true", help="figures as an object")
    parser.add_argument(
        "--puzzle",
        type=Path,
        metavar="DIR",
        help="what the solutions are of; by default the real puzzle where it is, else the example",
    )
    arguments = parser.parse_args()
    # asked to end it takes away what it made; killed, its processes go with it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    prepare_blas(1)  # before numpy is loaded
    from tests.load.run import run
    from tests.load.scale import LARGE, QUICK
    from tests.load.telling import told

    folder = Path(tempfile.mkdtemp(prefix="permq-load-"))
    try:
        report = run(
            QUICK if arguments.quick else LARGE,
            9 if arguments.quick else 25,
            arguments.puzzle or (PUZZLE if PUZZLE.exists() else EXAMPLE),
            folder,
            lambda line: click.echo(line, err=True),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    click.echo(json.dumps(report.as_dict()) if arguments.json else "\n".join(told(report)))
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
