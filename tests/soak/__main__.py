"""Let a real fleet work for half an hour and see that nothing grows.

Two nodes with three worker processes, an exporter, a dashboard with somebody who watches, and
Flower, on servers of their own, under steady mixed jobs: all kinds, chains, failing ones, some
cancelled, paused and taken up again. Open files, threads and memory of every process, Postgres'
connections, what stands in Redis, temporary files, logs and spools are looked at every ten seconds.
After a warm-up a slope is fitted to each series; what grows beyond its limit is told.

The exit status is 1 when something grows, or the pages do not answer.

Example:
  ops/soak                 thirty minutes
  ops/soak --minutes 600
  ops/soak --json > soak.json
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

FEWEST = 60
"""Samples of a run, at least."""


def main() -> int:
    """Watch and tell."""
    parser = argparse.ArgumentParser(
        prog="ops/soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30.0, metavar="N")
    parser.add_argument("--json", action="store_true", help="figures as an object")
    arguments = parser.parse_args()
    if not 0.1 <= arguments.minutes <= 10_000:
        parser.error(f"--minutes {arguments.minutes:g}: from 0.1 to 10000")
    # asked to end it takes away what it made; killed, its processes go with it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    prepare_blas(1)  # before numpy is loaded
    from tests.soak.run import run
    from tests.soak.telling import told

    seconds = 60 * arguments.minutes
    folder = Path(tempfile.mkdtemp(prefix="permq-soak-"))
    try:
        report = run(
            seconds,
            min(10.0, seconds / FEWEST),
            folder,
            lambda line: click.echo(line, err=True),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    click.echo(json.dumps(report.as_dict()) if arguments.json else "\n".join(told(report)))
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
