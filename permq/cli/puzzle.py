"""`permq puzzle`: look at, make and download puzzles, and store them for the fleet."""

import importlib

import click

# each module holds its command as `command` and is imported when it is asked for
COMMANDS = {
    "add": "permq.cli.puzzle_add",
    "fetch": "permq.cli.puzzle_fetch",
    "inspect": "permq.cli.puzzle_inspect",
    "list": "permq.cli.puzzle_list",
    "make": "permq.cli.puzzle_make",
}


class PuzzleGroup(click.Group):
    """The group, whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name]).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]}.command is no command")
        return command


@click.group(name="puzzle", cls=PuzzleGroup)
def command() -> None:
    """Look at, make and download puzzles, and store them for the fleet.

    \b
    Example:
      permq puzzle fetch jane-street puzzles/jane-street
      permq puzzle inspect puzzles/jane-street
    """
