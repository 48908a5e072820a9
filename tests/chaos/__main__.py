"""Strike a real fleet again and again while it works, and see that nothing is lost or doubled.

Three nodes with data folders of their own, a Redis and a Postgres work on jobs of all kinds and
chains, while nodes, their children and servers are killed, frozen, cut off, emptied, their disks
filled and their clocks put wrong, all drawn from a seed. A seed passes when every job is done, with
the result of an undisturbed run, no row is there twice and no solution is lost.
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


def main() -> int:
    """Run the seeds; the exit status is the number of those that failed."""
    parser = argparse.ArgumentParser(
        prog="ops/chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="how many days of it")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the first of them")
    parser.add_argument("--jobs", type=int, default=200, metavar="N", help="jobs a seed, at least")
    parser.add_argument(
        "--rounds", type=int, default=2, metavar="N", help="how often every fault strikes"
    )
    parser.add_argument("--json", action="store_true", help="an object a line")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="where the nodes' data and logs are left"
    )
    arguments = parser.parse_args()
    # asked to end it takes away what it made; killed, its processes and mounts go with it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    prepare_blas(1)  # before numpy is loaded, and as the nodes do
    from tests.chaos.disks import may_mount

    small_disks = may_mount()
    from tests.chaos.run import run
    from tests.chaos.telling import told

    if not small_disks:
        click.echo("full disk: left out, only root on Linux may mount a small one", err=True)
    failed = 0
    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        folder = Path(tempfile.mkdtemp(prefix="permq-chaos-"))
        try:
            report = run(
                seed,
                arguments.jobs,
                arguments.rounds,
                folder,
                small_disks=small_disks,
                keep=arguments.keep and arguments.keep / f"seed-{seed}",
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        failed += bool(report.problems)
        click.echo(json.dumps(report.as_dict()) if arguments.json else told(report))
    return min(failed, 100)


if __name__ == "__main__":
    sys.exit(main())
