"""`ops/audit`: what it makes of what pip-audit says; a clean bill only for what was looked up."""

import os
import subprocess

import pytest

FOUND = "Found 2 known vulnerabilities in 1 package"
CLEAR = "No known vulnerabilities found"
UNKNOWN = "ERROR:pip_audit._cli:amqp: Dependency not found and could not be audited: amqp (5.4.2)"


@pytest.fixture
def audit(root, tmp_path):
    """Run the script in a checkout whose programs only pretend."""
    ops = tmp_path / "ops"
    ops.mkdir()
    (ops / "audit").write_bytes((root / "ops/audit").read_bytes())
    python = ops / "python"
    (ops / "environment.sh").write_text(
        f'python="{python}"\nprepare_environment() {{ :; }}\nsay() {{ echo "$*" >&2; }}\n'
    )

    def run(told="", status=0, install=0):
        program(
            python,
            'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"',
            f'   cp "{ops}/pip-audit" "$3/bin/"',
            f'elif [ "$4" = --quiet ]; then echo refused >&2; exit {install}',
            'else echo "torch==2.13.0+cpu"; echo "amqp==5.4.2"; fi',
        )
        program(ops / "pip-audit", f'echo "{told}" >&2; exit {status}')
        environment = os.environ | {"TMPDIR": str(tmp_path)}
        words = ["bash", str(ops / "audit")]
        done = subprocess.run(
            words, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert list(tmp_path.iterdir()) == [ops]  # nothing stays behind
        return done

    return run


def program(path, *lines):
    path.write_text("\n".join(("#!/usr/bin/env bash", *lines)) + "\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("told", "status", "wanted"),
    [
        (CLEAR, 0, 0),
        (FOUND, 1, 1),
        (UNKNOWN, 1, 2),
        ("ConnectionError: Name or service not known", 1, 2),
    ],
)
def test_only_what_was_looked_up_counts(audit, told, status, wanted):
    done = audit(told, status)
    assert done.returncode == wanted
    assert told in done.stderr
    assert ("nothing was audited" in done.stderr) == (wanted == 2)
    assert "2 packages" in done.stderr


def test_without_the_internet_it_says_so(audit):
    done = audit(install=1)
    assert done.returncode == 2
    assert "pip-audit cannot be installed" in done.stderr


def test_its_help_tells_the_exit_statuses(root):
    done = subprocess.run(
        [root / "ops/audit", "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    assert "2 nothing could be asked" in done.stdout
    assert "Example:" in done.stdout
