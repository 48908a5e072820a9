"""`import permq`: the public names and what the import costs."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import permq

HEAVY = {"numpy", "scipy", "pandas", "torch", "matplotlib", "safetensors", "click"}


@pytest.mark.parametrize("name", sorted(permq._HOMES))
def test_every_public_name_is_that_of_its_home(name):
    assert getattr(permq, name) is getattr(importlib.import_module(permq._HOMES[name]), name)
    assert name in dir(permq)


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(permq.__file__).read_text(encoding="utf-8"))
    seen = {
        alias.asname: node.module
        for guard in tree.body
        if isinstance(guard, ast.If)
        for node in guard.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == permq._HOMES


def test_another_name_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        permq.nothing  # noqa: B018


def test_the_import_loads_nothing_heavy():
    program = "import sys, permq; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert HEAVY.isdisjoint(loaded)
