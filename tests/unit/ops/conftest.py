"""The files of ops/ as data."""

from pathlib import Path

import pytest
import yaml


@pytest.fixture(scope="session")
def ops(root: Path) -> Path:
    return root / "ops"


@pytest.fixture(scope="session")
def load(ops):
    """Read one YAML file of ops/."""
    return lambda name: yaml.safe_load((ops / name).read_text(encoding="utf-8"))
