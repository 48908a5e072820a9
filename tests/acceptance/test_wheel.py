"""What is built and installed elsewhere works without the checkout."""

import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # a copy: building leaves files behind
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (root / name).is_file() and not name.startswith("tests/"):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((root / name).read_bytes())
    words = ["pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]
    subprocess.run(
        [sys.executable, "-m", *words, "--wheel-dir", str(folder), str(source)], check=True
    )
    (made,) = folder.glob("permq-*.whl")
    return made


def test_the_wheel_holds_the_workers_their_settings_and_all_data(wheel, root):
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(root).as_posix()
        for folder in ("permq", "workers")
        for path in (root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted | {"celeryconfig.py"} <= names
    assert not {name for name in names if name.startswith(("tests/", "ops/"))}


def test_an_installed_wheel_runs_a_fleet_outside_the_checkout(wheel, tmp_path):
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    environment = os.environ | {"PYTHONPATH": str(site), "PERMQ_DATA": str(tmp_path / "data")}
    for name in ("PERMQ_POSTGRES_URL", "PERMQ_REDIS_URL"):
        environment.pop(name, None)

    def permq(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "permq", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    found = subprocess.run(
        [sys.executable, "-P", "-c", "import workers, permq; print(workers.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(found.stdout.strip()).is_relative_to(site)
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "permq", "up", "--workers", "1", "--no-flower"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as up:
        try:
            assert up.stdout is not None
            assert any(re.match("ready after", line) for line in up.stdout)
            done = permq("submit", "noop", "--count", "3", "--wait")
            assert done.returncode == 0, done.stderr
        finally:
            up.send_signal(signal.SIGINT)
            up.communicate()
