"""The README's commands work, and what it shows under them is what they print."""

import re
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from permq.cli.main import cli

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Shown:
    """A command and the lines the README shows below it."""

    command: str
    output: tuple[str, ...]


def blocks(language):
    """Contents of all fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def shown(block):
    """Commands of a block, each with its output."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *output = part.splitlines()
        yield Shown(command, tuple(output))


def pattern(line):
    """A line with its numbers, hashes and blanks taken out: they may differ from run to run."""
    line = re.sub(r"\b[0-9a-f]{16,}…?", "#", line)
    return " ".join(re.sub(r"[-+]?\d[\d.,]*(e[-+]?\d+)?", "#", line).split())


CONSOLE = blocks("console")
COMMANDS = [it for block in [*CONSOLE, *blocks("sh")] for it in shown(block)]
INLINE = sorted({text for text in re.findall(r"`(permq [^`]+)`", README) if "$(" not in text})


def parse(words):
    """Let click read the words of a command without running it."""
    command, context = cli, click.Context(cli, info_name="permq")
    # a group that is a command of its own needs no further word
    while isinstance(command, click.Group) and (words or not command.invoke_without_command):
        name, *words = words
        command = command.get_command(context, name)
        assert command is not None, name
    command.make_context(command.name, words)


def test_the_first_screen_says_the_two_commands():
    first = README.splitlines()[:40]
    assert any("`ops/run`" in line for line in first)
    assert any("`ops/test`" in line for line in first)


@pytest.mark.parametrize("it", COMMANDS, ids=lambda it: it.command)
def test_every_shown_command_exists(it, root):
    words = it.command.split("#")[0].split()
    if words[0] == "permq":
        parse(words[1:])
    else:
        assert (root / words[0]).is_file() or words[0] in {"git", "cd", "cat", "python", "celery"}


@pytest.mark.parametrize("text", INLINE)
def test_every_command_in_the_text_exists(text):
    # placeholders of numbers stand for one
    parse([re.sub(r"^(N|K|L|SECONDS|STEPS|JOB|ID)$", "1", word) for word in text.split()[1:]])


@pytest.mark.parametrize("block", CONSOLE, ids=lambda block: block.partition("\n")[0])
def test_what_is_shown_is_what_is_printed(block, checkout):
    for it in shown(block):
        if it.command.startswith("ops/test"):
            continue  # this very suite
        done = checkout.run(it.command)
        assert done.returncode == 0, done.stderr
        printed = {pattern(line) for line in done.stdout.splitlines()}
        missing = [line for line in it.output if line != "…" and pattern(line) not in printed]
        assert not missing, done.stdout


@pytest.mark.parametrize("program", blocks("python"))
def test_the_programs_run(program, checkout):
    (checkout.path / "program.py").write_text(program, encoding="utf-8")
    done = checkout.run("python program.py")
    assert done.returncode == 0, done.stderr
    # each line they print begins with what should hold
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"True"}


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_no_link_leads_nowhere(target, root):
    assert (root / target).exists()
