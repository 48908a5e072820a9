"""The runbook's commands exist, and what it points to is there."""

import re
from pathlib import Path

import pytest

from tests.commands import parse_text

RUNBOOK = (Path(__file__).resolve().parents[3] / "ops/RUNBOOK.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", RUNBOOK, re.MULTILINE | re.DOTALL)
PROSE = re.sub(r"^```.*?^```$", "", RUNBOOK, flags=re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines() if line]
INLINE = re.findall(r"`([^`]+)`", PROSE)
# variables before a command are the shell's
OURS = sorted(
    {
        text
        for text in (re.sub(r"^(\w+=\S+ )+", "", text) for text in (*LINES, *INLINE))
        if text.startswith("permq ")
    }
)


@pytest.mark.parametrize("text", OURS)
def test_every_command_of_permq_exists(text):
    parse_text(text)


def test_the_commands_of_a_fleet_are_told():
    told = {" ".join(text.split()[1:3]) for text in OURS}
    wanted = {"worker drain", "db backup", "db restore", "db check", "nodes", "status"}
    assert wanted <= told


def test_every_file_it_names_is_there(root):
    named = set(re.findall(r"\bops/[\w./@-]*\w", RUNBOOK)) - {"ops/compose.env"}
    assert named
    assert not [name for name in sorted(named) if not (root / name).is_file()]


def test_every_unit_it_names_is_there(ops):
    named = set(re.findall(r"permq-\w+@?(?=NAME|'| |\.service|`)", RUNBOOK))
    assert "permq-worker@" in named
    units = {file.stem.removesuffix(".service") for file in (ops / "systemd").glob("*.service")}
    assert {name.replace("*", "") for name in named} <= units


def test_docker_is_always_told_its_two_files():
    calls = [text for text in (*LINES, *INLINE) if text.startswith("docker ")]
    assert len(calls) >= 4
    both = "docker compose --env-file ops/compose.env -f ops/compose.yaml "
    assert all(text.startswith(both) for text in calls)


@pytest.mark.parametrize(
    "task",
    [
        *("Add a node", "Drain a node", "Upgrade", "Move the database", "Rotate passwords"),
        *("A node is dead", "Redis was emptied", "Postgres was lost", "A disk is full"),
    ],
)
def test_what_an_operator_will_have_to_do_is_told(task):
    assert re.search(rf"^##+ {task}", RUNBOOK, re.MULTILINE)


def test_no_secret_is_put_on_a_command_line():
    for text in (*LINES, *INLINE):
        assert not re.search(r"://\w*:\w+@|--pass(word)?[ =](?!-)|-a \w", text), text
