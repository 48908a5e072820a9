"""No decision of the fleet reads this machine's wall clock: it may jump at any time."""

import ast
import json
import time
from pathlib import Path

import pytest

from workers import measure

ROOMS = ("workers", "permq/fleet", "permq/jobs", "permq/pool")
WALL = {
    "time": {"time", "time_ns", "localtime", "gmtime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
# the age of a measurement that is kept for a day: at worst it is measured once more
ALLOWED = {"workers/measure.py"}


def readings(path: Path) -> list[str]:
    def reads(node: ast.AST) -> bool:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return node.attr in WALL.get(node.value.id, ())
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            return bool({name.name for name in node.names} & WALL["time"])
        return False

    tree = ast.parse(path.read_text())
    return [f"{path}:{node.lineno}" for node in ast.walk(tree) if reads(node)]


def test_nothing_reads_the_wall_clock(root):
    found = [
        place
        for room in ROOMS
        for path in sorted((root / room).rglob("*.py"))
        if str(path.relative_to(root)) not in ALLOWED
        for place in readings(path)
    ]
    assert found == [], "ask Postgres (clock_timestamp()), or time.monotonic() for durations"


@pytest.mark.parametrize("age", [-1e9, 1e9])
def test_a_measurement_of_another_time_is_made_anew(tmp_path, monkeypatch, age):
    saved = {"key": "this", "at": time.time() + age, "speed": 1.0}
    (tmp_path / "speed.json").write_text(json.dumps(saved))
    made = measure.subprocess.CompletedProcess([], 0, stdout="7.0", stderr="")
    monkeypatch.setattr(measure.subprocess, "run", lambda *_, **__: made)
    assert measure.speed_of(tmp_path, "this") == 7.0


def test_a_measurement_that_cannot_be_kept_counts_all_the_same(tmp_path, monkeypatch):
    made = measure.subprocess.CompletedProcess([], 0, stdout="7.0", stderr="")
    monkeypatch.setattr(measure.subprocess, "run", lambda *_, **__: made)
    (tmp_path / "file").write_text("")
    assert measure.speed_of(tmp_path / "file" / "folder", "this") == 7.0
