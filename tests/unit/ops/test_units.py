"""systemd's units and launchd's property list."""

import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from permq.config import ServiceSettings
from tests.commands import parse

UNITS = ("permq-worker@.service", "permq-metrics.service", "permq-flower.service")
INSTALLED = "/opt/permq/.venv/bin/permq"


def read_unit(path):
    """Sections of a unit: a list of values by name, which may stand more than once."""
    sections, current = {}, None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith(("#", ";")):
            continue
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), {})
            continue
        name, equals, value = line.partition("=")
        assert equals, f"{path.name}, line {number}"
        assert name.isalnum(), f"{path.name}, line {number}"
        current.setdefault(name, []).append(value)
    return sections


@pytest.fixture(scope="module", params=UNITS)
def unit(request, ops):
    return read_unit(ops / "systemd" / request.param)


def test_a_unit_has_its_sections_and_no_others(unit):
    assert set(unit) == {"Unit", "Service", "Install"}


def test_a_unit_is_one_foreground_command_that_exists(unit):
    service = unit["Service"]
    assert service["Type"] == ["exec"]
    (command,) = service["ExecStart"]
    program, *words = shlex.split(command.replace("%i", "alpha"))
    assert program == INSTALLED
    parse([word for word in words if not word.startswith("$")])


def test_a_unit_is_started_again_whatever_happens_and_ended_by_sigterm(unit):
    service = unit["Service"]
    assert service["Restart"] == ["always"]
    assert service["KillSignal"] == ["SIGTERM"]
    assert unit["Unit"]["StartLimitIntervalSec"] == ["0"]
    assert unit["Install"]["WantedBy"] == ["multi-user.target"]


def test_a_unit_has_the_rights_of_nobody(unit):
    service = unit["Service"]
    for name in ("DynamicUser", "NoNewPrivileges", "ProtectHome", "PrivateTmp"):
        assert service[name] == ["yes"], name
    assert service["ProtectSystem"] == ["strict"]
    assert service["CapabilityBoundingSet"] == [""]
    # nothing but the data folder is written to, and that is the unit's own
    (folder,) = service["StateDirectory"]
    assert f"PERMQ_DATA=/var/lib/{folder}" in service["Environment"][0].split()


def test_a_unit_has_its_secrets_from_a_file(unit):
    assert unit["Service"]["EnvironmentFile"][0] == "/etc/permq/node.env"
    text = " ".join(value for section in unit.values() for it in section.values() for value in it)
    assert not re.search(r"://(?!/)|PASSWORD|\bURL\b|\d+\.\d+\.\d+\.\d+", text)


def test_a_worker_gets_the_time_for_its_checkpoints_and_yields_to_others(ops):
    service = read_unit(ops / "systemd/permq-worker@.service")["Service"]
    assert int(service["TimeoutStopSec"][0]) > 60
    # its children hear from the main process, not from systemd
    assert service["KillMode"] == ["mixed"]
    assert int(service["Nice"][0]) > 0
    assert service["OOMPolicy"] == ["continue"]


def test_systemd_finds_nothing_to_complain_of(ops, tmp_path):
    """Where systemd is installed; it need not run."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed here; the tests above read the units themselves")
    # a stand-in for what is installed on a node: systemd looks whether the program is there
    program = Path(sys.executable).with_name("permq")
    names = {"permq-worker@.service": "permq-worker@alpha.service"}
    files = []
    for name in UNITS:
        file = tmp_path / names.get(name, name)
        unit = (ops / "systemd" / name).read_text(encoding="utf-8")
        file.write_text(unit.replace(INSTALLED, str(program)), encoding="utf-8")
        files.append(str(file))
    done = subprocess.run(
        ["systemd-analyze", "--man=no", "verify", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    if "Failed to initialize manager" in done.stderr:
        pytest.skip(f"systemd cannot look at units here: {done.stderr.strip()}")
    # what it says of other units of this machine is not meant
    ours = [line for line in done.stderr.splitlines() if "permq" in line]
    assert not ours, done.stderr


@pytest.mark.parametrize("place", ["systemd", "launchd"])
def test_the_example_of_an_environment_file_is_read_and_holds_no_secret(ops, place, tmp_path):
    example = ops / place / "node.env.example"
    settings = ServiceSettings.read({"PERMQ_CONFIG": str(example), "HOME": str(tmp_path)})
    assert settings.postgres_url == "postgresql://permq_worker:PASSWORD@SERVER:5432/permq"
    assert settings.redis_url == "redis://worker:PASSWORD@SERVER:6379/0"


def test_the_example_names_the_variables_that_the_units_take(ops):
    example = (ops / "systemd/node.env.example").read_text(encoding="utf-8")
    for name in UNITS:
        (command,) = read_unit(ops / "systemd" / name)["Service"]["ExecStart"]
        for variable in re.findall(r"\$(\w+)", command):
            assert f"{variable}=" in example


@pytest.fixture(scope="module")
def plist(ops):
    return plistlib.loads((ops / "launchd/permq.worker.plist").read_bytes())


def test_launchd_keeps_one_foreground_command_running(ops, plist):
    program, *words = plist["ProgramArguments"]
    assert program == INSTALLED
    parse(words)
    assert plist["Label"] == "permq.worker"
    assert plist["KeepAlive"] is True
    assert plist["RunAtLoad"] is True
    assert plist["ExitTimeOut"] > 60
    assert plist["Nice"] > 0
    assert plist["Umask"] == 0o077
    assert plist["StandardOutPath"] == plist["StandardErrorPath"]


def test_launchd_does_not_put_it_on_the_efficiency_cores(plist):
    assert plist["ProcessType"] != "Background"


def test_launchd_is_told_a_file_and_no_secret(ops, plist):
    assert plist["EnvironmentVariables"] == {
        "PERMQ_CONFIG": "/usr/local/etc/permq/node.env",
        "PYTHONUNBUFFERED": "1",
    }
    known = {
        *("Label", "ProgramArguments", "EnvironmentVariables", "UserName", "WorkingDirectory"),
        *("StandardOutPath", "StandardErrorPath", "Umask", "RunAtLoad", "KeepAlive"),
        *("ThrottleInterval", "ExitTimeOut", "ProcessType", "Nice"),
    }
    assert set(plist) == known
    example = (ops / "launchd/node.env.example").read_text(encoding="utf-8")
    assert f"PERMQ_DATA={plist['WorkingDirectory']}\n" in example
