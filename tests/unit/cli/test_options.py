"""Shared options: names, defaults, and the threads that stand before numpy loads."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from permq.cli.options import (
    answer_argument,
    out_option,
    search_options,
    threads_option,
)
from permq.config import THREAD_VARIABLES


def given(decorator, *words):
    """What a body is handed for some words."""
    taken = {}
    command = click.command()(decorator(lambda **values: taken.update(values)))
    outcome = CliRunner().invoke(command, list(words), catch_exceptions=False)
    return taken if outcome.exit_code == 0 else outcome


def test_a_search_takes_what_all_searches_share():
    assert given(search_options(start="random", rows=128, steps=10), "p") == {
        "folder": Path("p"),
        "start": "random",
        "pairs": None,
        "rows": 128,
        "steps": 10,
        "seed": 0,
        "activation": None,
        "threads": 1,
        "out": None,
        "as_json": False,
    }


def test_every_shared_option_can_be_said():
    words = "--from a.txt --pairs ratio --rows 5 --steps 7 --seed 3 --activation gelu"
    more = "--threads 1 --out o.txt --json"
    assert given(search_options(), "p", *words.split(), *more.split()) == {
        "folder": Path("p"),
        "start": "a.txt",
        "pairs": "ratio",
        "rows": 5,
        "steps": 7,
        "seed": 3,
        "activation": "gelu",
        "threads": 1,
        "out": Path("o.txt"),
        "as_json": True,
    }


@pytest.mark.parametrize(
    "words",
    [
        ["--rows", "0"],
        ["--steps", "0"],
        ["--seed", "-1"],
        ["--threads", "0"],
        ["--activation", "step"],
        ["--rows", "many"],
    ],
)
def test_a_value_out_of_range_is_a_usage_error(words):
    outcome = given(search_options(), "p", *words)
    assert outcome.exit_code == 2
    assert words[0] in outcome.stderr


def test_an_answer_stays_text():
    assert given(answer_argument, "1,2,3") == {"answer": "1,2,3"}


def test_a_required_file_is_required():
    assert given(out_option("Write it.", required=True)).exit_code == 2


PROBE = """
import os, click
from permq.cli.options import threads_option
@click.command()
@threads_option
def command(threads):
    import numpy
    print(threads, os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"])
command()
"""


@pytest.mark.parametrize(
    ("environment", "words", "expected"),
    [
        ({}, [], "1 1 1"),
        ({}, ["--threads", "2"], "2 2 2"),
        ({"PERMQ_THREADS": "2"}, [], "2 2 2"),
        ({"OMP_NUM_THREADS": "3"}, [], "1 3 1"),
        ({"OMP_NUM_THREADS": "3"}, ["--threads", "2"], "2 2 2"),
    ],
)
def test_threads_stand_before_numpy_loads(environment, words, expected):
    bare = {name: value for name, value in os.environ.items() if name not in THREAD_VARIABLES}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        env=bare | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == expected


def test_threads_are_handed_over():
    assert given(threads_option) == {"threads": 1}
