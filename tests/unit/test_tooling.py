"""The linter, the formatter and the type checker are part of the suite."""

import subprocess
import sys

import pytest


def run(root, *words):
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=root, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_ruff_finds_nothing(root):
    status, report = run(root, "ruff", "check", ".")
    assert status == 0, report


def test_every_file_is_formatted(root):
    status, report = run(root, "ruff", "format", "--check", ".")
    assert status == 0, report


@pytest.mark.slow
def test_mypy_finds_nothing_in_strict_mode(root):
    status, report = run(root, "mypy")
    assert status == 0, report


def test_every_direct_dependency_is_pinned(root):
    import re
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[^\w-]", requirement)[0] for group in wanted for requirement in group}
    names.discard(project["name"])  # an extra that includes another
    lines = (root / "ops/constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w-]+==[\w.]+", pin) for pin in pins)
    assert {pin.partition("==")[0] for pin in pins} == names
