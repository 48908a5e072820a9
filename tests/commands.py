"""Commands as texts show them, read by the command line itself without running anything."""

import re
import shlex

import click

from permq.cli.main import cli

NUMBERS = re.compile(r"N|K|L|JOB|PORT|SECONDS|STEPS")
"""Placeholders that stand for a number."""


def parse(words):
    """Let click read the words of a command."""
    command, context = cli, click.Context(cli, info_name="permq")
    while isinstance(command, click.Group):
        if not words and command.invoke_without_command:
            return
        assert words, f"{command.name}: of what?"
        name, *words = words
        command = command.get_command(context, name)
        assert command is not None, name
    command.make_context(command.name, list(words))


def parse_text(text):
    """Read a command as it stands in a text, with placeholders: `permq show JOB`."""
    name, *words = shlex.split(text, comments=True)
    assert name == "permq", text
    parse(["1" if NUMBERS.fullmatch(word) else word for word in words])
