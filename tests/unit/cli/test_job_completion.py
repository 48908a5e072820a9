"""What a shell offers after TAB."""

import subprocess
import sys

import pytest


@pytest.fixture
def complete(root, tmp_path):
    """Values offered for the last word, where no server is."""

    def offered(words, current=""):
        count = len(words.split())
        done = subprocess.run(
            [sys.executable, "-m", "permq"],
            cwd=root,
            env={
                "_PERMQ_COMPLETE": "bash_complete",
                "COMP_WORDS": f"{words} {current}".strip(),
                "COMP_CWORD": str(count),
                "PERMQ_DATA": str(tmp_path),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        return [line.partition(",")[2] for line in done.stdout.splitlines() if line]

    return offered


def test_kinds_and_the_pipeline_are_offered(complete):
    assert complete("permq submit", "an") == ["anneal"]
    assert complete("permq submit", "pi") == ["pipeline"]


def test_parameters_of_the_kind_are_offered(complete):
    assert complete("permq submit anneal --param", "ste") == ["steps="]
    assert complete("permq submit pipeline --param", "ch") == ["chains="]


def test_choices_of_a_parameter_are_offered(complete):
    assert complete("permq submit anneal --param", "accept=gr") == ["accept=greedy"]
    assert complete("permq submit anneal --param", "joint=t") == ["joint=true"]


def test_states_are_offered(complete):
    assert complete("permq jobs --state", "fa") == ["failed"]


def test_completion_is_silent_without_servers(complete):
    assert complete("permq show") == []
    assert complete("permq submit anneal --node") == []
