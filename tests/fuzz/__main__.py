"""Feed everything that parses with a million cases of bad input, and see that it only says no.

Every parser runs in a process of its own on mutations of valid seeds, chosen by coverage where
`atheris` is installed. A case must be parsed or refused by the documented error, in one line that
a terminal can show: no other exception, no hang, no memory without bound, no file written, no
process or connection begun, no class looked up by pickle. What breaks that is kept as a file.

Examples:
  ops/fuzz                              all parsers, 1,000,000 cases
  ops/fuzz --list                       which parsers there are
  ops/fuzz --cases 200000 pieces        one of them, longer
  ops/fuzz --seconds 60 --json          a minute in all, for machines to read
"""

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import click

from tests.fuzz.engine import instrumented

INTERRUPTED = 130


def main() -> int:
    """Fuzz; the exit status is 1 where something was found."""
    parser = argparse.ArgumentParser(
        prog="ops/fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parsers", nargs="*", metavar="PARSER", help="only these; all by default")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--cases", type=_positive, metavar="N", help="in all; 1,000,000 by default")
    length.add_argument("--seconds", type=_positive, metavar="N", help="in all, instead of --cases")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of everything random")
    parser.add_argument("--jobs", type=_positive, metavar="N", help="parsers side by side")
    parser.add_argument("--blind", action="store_true", help="do not look at coverage")
    parser.add_argument("--found", type=Path, metavar="DIR", help="where found cases are written")
    parser.add_argument("--json", action="store_true", help="an object a line")
    parser.add_argument("--list", action="store_true", help="only tell which parsers there are")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return _fuzz(parser, arguments)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        return INTERRUPTED


def _fuzz(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    with instrumented(wanted=not arguments.blind and not arguments.list) as guided:
        from permq.config import prepare_blas

        prepare_blas(1)  # before numpy is loaded
        from permq.errors import OptionError
        from tests.fuzz.registry import target_named, targets

        try:
            chosen = [target_named(name) for name in arguments.parsers] or [*targets().values()]
        except OptionError as error:
            parser.error(str(error))
        if arguments.list:
            for target in chosen:
                click.echo(f"{target.name:<18} {target.what}")
            return 0
        from tests.fuzz.fleet import Budget, run
        from tests.fuzz.telling import Table

        # the system's own temporary folder may be a disk, which costs ten times the time
        memory = Path("/dev/shm")  # noqa: S108 - below it a folder of its own is made
        root = memory if memory.is_dir() else None
        folder = Path(tempfile.mkdtemp(prefix="permq-fuzz-", dir=root))
        found = arguments.found or Path(tempfile.gettempdir()) / "permq-fuzz-found"
        budget = Budget(arguments.cases or 1_000_000, arguments.seconds, arguments.seed)
        table = Table(as_json=arguments.json, guided=guided)
        try:
            reports = run(
                chosen, budget, folder, found, jobs=arguments.jobs, guided=guided, told=table.row
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        table.end(reports, found)
    return 1 if any(report.failed for report in reports) else 0


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


if __name__ == "__main__":
    sys.exit(main())
