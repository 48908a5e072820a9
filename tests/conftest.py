"""Fixtures of the whole suite, and one thread per process before anything loads numpy."""

import json
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from permq.config import prepare_blas

prepare_blas(1)

# A shell that runs the suite in the background has it ignore Ctrl-C, and every command it starts.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No example is judged by the clock of a busy machine, and every run sees the same examples.
settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")

pytest_plugins = ["tests.servers", "tests.tls_servers", "tests.nodes", "tests.chromium"]

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Outcome:
    """How one call of the command line ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture
def permq(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Call the command line in this process: `permq("verify", folder, answer)`."""
    from permq.cli.main import main

    def call(*words: object) -> Outcome:
        capfd.readouterr()
        code = main([str(word) for word in words])
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call
