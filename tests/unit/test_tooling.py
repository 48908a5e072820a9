"""The linter, the formatter and the type checker are part of the suite."""

import re
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
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[^\w-]", requirement)[0] for group in wanted for requirement in group}
    names.discard(project["name"])  # an extra that includes another
    lines = (root / "ops/constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w-]+==[\w.]+", pin) for pin in pins)
    assert {pin.partition("==")[0] for pin in pins} == names


# some words beside the code
_REASON = r"\W+\w\S*(\s+\S+)+"
_SECURITY = re.compile(r"\bS\d+\b")


def test_every_exception_from_a_rule_of_security_has_its_reason(root):
    config = (root / "pyproject.toml").read_text(encoding="utf-8")
    exceptions = [line for line in config.splitlines() if re.search(r'"S\d*"', line)]
    exceptions.remove(next(line for line in exceptions if '"RUF", "S", "SIM"' in line))
    assert exceptions
    assert [line for line in exceptions if not re.search(rf"#{_REASON}", line)] == []
    assert [line for line in exceptions if '"S"' in line] == []  # no whole family is left out
    for folder in ("permq", "workers", "tests", "ops"):
        for path in sorted((root / folder).rglob("*.py")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                found = re.search(r"# noqa:((?:[ ,]*[A-Z]+\d+)+)(.*)", line)
                if found and _SECURITY.search(found[1]):
                    assert re.match(_REASON, found[2]), f"{path}, line {number}: {line.strip()}"


def test_a_rule_of_security_is_broken_nowhere_unseen(root, tmp_path):
    """What the linter is told to leave out is only what the settings say."""
    bad = tmp_path / "tests/bad.py"
    bad.parent.mkdir()
    bad.write_text('"""Bad."""\n\nimport pickle\n\npickle.loads(b"")\neval("1")\n')
    settings = ("--config", str(root / "pyproject.toml"), "--output-format", "concise")
    status, report = run(root, "ruff", "check", "--no-cache", *settings, str(bad))
    assert status == 1
    assert {"S301", "S307"} <= set(_SECURITY.findall(report))
