"""The frame of the command line: which commands there are, how they load, how errors end."""

import importlib
import json
import sys
from collections.abc import Mapping, Sequence

import click

from permq.errors import PermqError

# Every command and the module that holds it as `command`; a module is imported only when its
# command, or the list of all, is asked for.
COMMANDS: Mapping[str, str] = {
    "anneal": "permq.cli.anneal",
    "bench": "permq.cli.bench",
    "cancel": "permq.cli.cancel",
    "cascade": "permq.cli.cascade",
    "completion": "permq.cli.completion",
    "dashboard": "permq.cli.dashboard",
    "db": "permq.cli.db",
    "down": "permq.cli.down",
    "export": "permq.cli.export",
    "figures": "permq.cli.figures",
    "flower": "permq.cli.flower",
    "history": "permq.cli.history",
    "jobs": "permq.cli.jobs",
    "lns": "permq.cli.lns",
    "logs": "permq.cli.logs",
    "loo": "permq.cli.loo",
    "metrics": "permq.cli.metrics",
    "nodes": "permq.cli.nodes",
    "order": "permq.cli.order",
    "pair": "permq.cli.pair",
    "pause": "permq.cli.pause",
    "pool": "permq.cli.pool",
    "puzzle": "permq.cli.puzzle",
    "refine": "permq.cli.refine",
    "report": "permq.cli.report",
    "resume": "permq.cli.resume",
    "retry": "permq.cli.retry",
    "rotate": "permq.cli.rotate",
    "settings": "permq.cli.settings",
    "show": "permq.cli.show",
    "solve": "permq.cli.solve",
    "status": "permq.cli.status",
    "submit": "permq.cli.submit",
    "surgery": "permq.cli.surgery",
    "sweep": "permq.cli.sweep",
    "up": "permq.cli.up",
    "verify": "permq.cli.verify",
    "watch": "permq.cli.watch",
    "worker": "permq.cli.worker",
    "zone": "permq.cli.zone",
}

INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command, in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None when there is none of that name."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = importlib.import_module(module).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.command is no command")
        return command


def _print_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from permq import __version__

        click.echo(f"permq {__version__}")
        context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Put a dropped residual network back together.

    DIR is a puzzle: a folder with pieces/piece_*.pth and historical_data.csv, or one file of
    numbered layers. Every command tells more with --help.

    \b
    Example:
      permq solve DIR
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    A command's body may return its exit status; None is 0.

    Parameters
    ----------
    arguments
        Words after the program's name; those of this process by default.

    Returns
    -------
    int
        The exit status: 0 done, 2 for what the user gave, 130 for an interrupt, otherwise what
        the command says.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words
    try:
        status = cli.main(args=words, prog_name="permq", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        if as_json:
            _tell(error.format_message(), as_json=True)
        else:
            error.show()
        return error.exit_code
    except PermqError as error:
        _tell(str(error), as_json=as_json)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _tell("interrupted", as_json=as_json)
        return INTERRUPTED
    except BrokenPipeError:
        _let_go_of_stdout()
        return 1
    return status if isinstance(status, int) else 0


def _tell(problem: str, *, as_json: bool) -> None:
    """Print one error on standard error, as one line."""
    if as_json:
        click.echo(json.dumps({"error": problem}), err=True)
    else:
        click.echo(f"permq: error: {problem}", err=True)


def _let_go_of_stdout() -> None:
    """Keep Python from complaining at exit that nobody reads its output any more."""
    import os

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
