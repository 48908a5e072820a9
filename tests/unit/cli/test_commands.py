"""What holds for every command: it is there, it helps, and its help costs nothing."""

import importlib.util
import subprocess
import sys

import click
import pytest

from permq.cli.main import COMMANDS, cli

HEAVY = {"numpy", "scipy", "pandas", "torch", "matplotlib", "safetensors"}

# Imports the command line, runs it, and prints on the last line what is loaded.
PROBE = """
import sys
from permq.cli.main import main
status = main(sys.argv[1:])
print(status, *{name.partition(".")[0] for name in sys.modules})
"""


def walk(group, words=()):
    """All commands below a group, with the words that call them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*words, name), command
        if isinstance(command, click.Group):
            yield from walk(command, (*words, name))


ALL = {" ".join(words): command for words, command in walk(cli)}


@pytest.mark.parametrize("module", COMMANDS.values())
def test_every_registered_command_has_its_file(module):
    assert importlib.util.find_spec(module) is not None


def test_every_registered_command_is_listed():
    assert set(COMMANDS) <= set(ALL)


@pytest.mark.parametrize("name", ["", *ALL])
def test_help_loads_no_numbers(name):
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *name.split(), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    status, *loaded = done.stdout.splitlines()[-1].split()
    assert status == "0"
    assert HEAVY.isdisjoint(loaded)


@pytest.mark.parametrize("name", ALL)
def test_every_command_tells_what_it_does(name):
    command = ALL[name]
    first = (command.help or "").partition("\n\n")[0]
    assert len(first) > 20
    assert first.rstrip().endswith((".", ":"))


@pytest.mark.parametrize(
    "name", [name for name, it in ALL.items() if not isinstance(it, click.Group)]
)
def test_every_command_shows_an_example_of_itself(name):
    text = ALL[name].help or ""
    assert "Example" in text
    assert f"permq {name}" in text.partition("Example")[2]


@pytest.mark.parametrize("name", ALL)
def test_every_option_tells_what_it_does(name):
    for parameter in ALL[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


@pytest.mark.parametrize("name", ALL)
def test_no_line_of_help_runs_off_the_page(name):
    context = click.Context(ALL[name], info_name=f"permq {name}", terminal_width=80)
    assert max(map(len, ALL[name].get_help(context).splitlines())) <= 100


@pytest.mark.parametrize("name", ALL)
def test_every_command_stands_in_the_readme(name, root):
    assert f"`permq {name}" in (root / "README.md").read_text(encoding="utf-8")
