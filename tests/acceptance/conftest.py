"""A checkout of its own for tests that run the project's scripts."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Checkout:
    """A folder that looks like a fresh checkout whose environment is installed already.

    The package, the scripts and the settings are those of the real checkout; `.venv` holds no more
    than a Python that starts the one running the tests.
    """

    path: Path

    def run(
        self, command: str, *, folder: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a line of shell in a folder (the checkout itself by default)."""
        path = f"{self.path / '.venv/bin'}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-c", command],
            cwd=folder or self.path,
            env={**os.environ, "PATH": path, **variables},
            capture_output=True,
            text=True,
            check=False,
        )


def write_script(path: Path, *lines: str) -> None:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Checkout:
    """A checkout that `ops/run` and `ops/test` find ready."""
    made = Checkout(tmp_path / "a checkout")
    programs = made.path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("ops", "permq", "pyproject.toml"):
        (made.path / name).symlink_to(root / name)
    (made.path / ".venv/pyvenv.cfg").write_text("")
    interpreter = shlex.quote(sys.executable)
    write_script(programs / "python", f'exec {interpreter} "$@"')
    write_script(programs / "permq", f'exec {interpreter} -P -m permq "$@"')
    stamp = 'root="$PWD"; . ops/environment.sh; installation_key >.venv/.installed-test'
    assert made.run(stamp).returncode == 0
    return made


@pytest.fixture
def scripted(checkout: Checkout) -> Callable[..., None]:
    """Put a program of the test's own in front of the path."""
    return lambda name, *lines: write_script(checkout.path / ".venv/bin" / name, *lines)
