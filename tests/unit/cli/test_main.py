"""The frame: exit statuses, errors and the ways a run can end."""

import json
import subprocess
import sys

import click
import pytest

import permq as package
from permq.cli import main as frame
from permq.errors import DownloadError, PermqError, PuzzleError


@pytest.fixture
def ending(monkeypatch):
    """Register a command `end` whose body raises or returns what the test says."""

    def register(body):
        command = click.command(name="end")(click.option("--json", is_flag=True)(body))
        monkeypatch.setattr(frame.LazyGroup, "get_command", lambda *_: command)

    return register


def raising(error):
    def body(json):
        raise error

    return body


def test_the_version_is_the_packages(permq):
    assert permq("--version").out == f"permq {package.__version__}\n"


def test_the_module_runs_as_the_script_does(root):
    words = [sys.executable, "-m", "permq", "--version"]
    assert subprocess.run(words, cwd=root, capture_output=True, check=True).stdout.startswith(
        b"permq"
    )


def test_an_unknown_command_is_a_usage_error(permq):
    outcome = permq("nothing")
    assert (outcome.code, outcome.out) == (2, "")
    assert "No such command 'nothing'" in outcome.err


def test_a_usage_error_is_json_where_json_is_wanted(permq):
    outcome = permq("verify", "--json")
    assert outcome.code == 2
    assert json.loads(outcome.err) == {"error": "Missing argument 'DIR'."}


@pytest.mark.parametrize(
    ("error", "status"),
    [(PermqError("no"), 1), (DownloadError("no"), 1), (PuzzleError("a/b", "empty"), 2)],
)
def test_an_error_is_one_line_and_its_own_status(permq, ending, error, status):
    ending(raising(error))
    assert permq("end") == type(permq("end"))(status, "", f"permq: error: {error}\n")
    outcome = permq("end", "--json")
    assert (outcome.code, json.loads(outcome.err)) == (status, {"error": str(error)})


@pytest.mark.parametrize(("returned", "status"), [(None, 0), (0, 0), (3, 3)])
def test_a_command_returns_its_status(permq, ending, returned, status):
    ending(lambda json: returned)
    assert permq("end").code == status


def test_an_interrupt_says_so(permq, ending):
    ending(raising(KeyboardInterrupt()))
    outcome = permq("end")
    assert outcome.code == 130
    assert "interrupted" in outcome.err
    assert json.loads(permq("end", "--json").err.strip()) == {"error": "interrupted"}


def test_a_mistake_in_the_program_is_not_hidden(permq, ending):
    ending(raising(ZeroDivisionError("a mistake")))
    with pytest.raises(ZeroDivisionError, match="a mistake"):
        permq("end")


def test_a_reader_that_goes_away_is_no_error():
    # `permq --help | true`: the pipe's other end is closed before anything is written
    program = "import sys; from permq.cli.main import main; sys.stdin.read(); sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "--help"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    process.stdin.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 1
    assert errors == b""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion_script(permq, shell):
    outcome = permq("completion", shell)
    assert outcome.code == 0
    assert f"_PERMQ_COMPLETE={shell}_complete" in outcome.out


def test_completion_knows_commands_and_options(root):
    def complete(words):
        environment = {"_PERMQ_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "1"}
        program = [sys.executable, "-m", "permq"]
        done = subprocess.run(
            program, cwd=root, env=environment, capture_output=True, text=True, check=False
        )
        return done.stdout

    assert "plain,verify" in complete("permq ver")
