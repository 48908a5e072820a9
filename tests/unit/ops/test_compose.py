import os
import re
import shutil
import subprocess

import pytest
import yaml

from tests.commands import parse

NAMES = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")


@pytest.fixture(scope="module")
def text(ops):
    return (ops / "compose.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose(text):
    return yaml.safe_load(text)


@pytest.fixture(scope="module")
def example(ops):
    """Names and values of the example's environment file."""
    lines = (ops / "compose.env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_servers_the_pages_and_a_worker_are_there(compose):
    usual = {name for name, it in compose["services"].items() if "profiles" not in it}
    assert usual == {"postgres", "redis", "worker", "flower", "metrics"}
    watching = {name for name, it in compose["services"].items() if it.get("profiles") == ["watch"]}
    assert watching == {"prometheus", "alertmanager", "grafana"}


def test_every_service_is_checked_restarted_and_pinned(compose):
    for name, service in compose["services"].items():
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}, name
        assert service["restart"] == "unless-stopped", name
        image, _, tag = service["image"].partition(":")
        assert tag not in {"", "latest"}, name
        assert "." not in image, "images come from where Docker looks by itself"


@pytest.mark.parametrize("name", ["worker", "flower", "metrics"])
def test_our_own_commands_exist(compose, name):
    words = [
        NAMES.sub(lambda found: found[3], word) for word in compose["services"][name]["command"]
    ]
    parse(words)


@pytest.mark.parametrize("name", ["worker", "flower", "metrics"])
def test_what_is_ours_has_few_rights_and_waits_for_the_servers(compose, name):
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert set(service["depends_on"]) == {"postgres", "redis"}
    assert {it["condition"] for it in service["depends_on"].values()} == {"service_healthy"}


def test_every_volume_secret_and_file_is_declared_and_there(compose, ops):
    for name, service in compose["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (ops / source).is_file(), name
            else:
                assert source in compose["volumes"], name
        for secret in service.get("secrets", []):
            assert (secret if isinstance(secret, str) else secret["source"]) in compose["secrets"]
        for config in service.get("configs", []):
            assert config["source"] in compose["configs"]


def test_redis_keeps_what_it_is_told_and_asks_for_a_password(compose):
    settings = dict(
        line.split(maxsplit=1)
        for line in compose["configs"]["redis"]["content"].splitlines()
        if line and not line.startswith("#")
    )
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "everysec"
    assert settings["maxmemory-policy"] == "noeviction"
    assert NAMES.fullmatch(settings["requirepass"].strip('"'))[1] == "REDIS_PASSWORD"


def test_nothing_listens_to_the_world_unless_somebody_says_so(compose):
    for service in compose["services"].values():
        for port in service.get("ports", []):
            assert port.startswith(("127.0.0.1:", "${FLEET_ADDRESS:-127.0.0.1}:"))


def test_no_secret_stands_in_a_command_line(compose):
    for service in compose["services"].values():
        words = [*service.get("command", []), *service["healthcheck"]["test"]]
        assert not re.search("PASSWORD|WEBHOOK|secret", " ".join(words))


def test_the_example_names_every_variable_and_holds_no_secret(text, compose, example):
    used = {name for name, _, _ in NAMES.findall(text)}
    used |= {secret["environment"] for secret in compose["secrets"].values()}
    assert used == set(example)
    for name, value in example.items():
        assert not (value and re.search("PASSWORD|URL", name)), name


def test_what_has_no_default_is_demanded_with_a_hint(text):
    for name, kind, rest in NAMES.findall(text):
        assert kind, name
        assert kind == "-" or rest == "set it in ops/compose.env", name


def test_a_filled_in_environment_file_is_not_carried_into_the_image(ops):
    lines = (ops / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [line[1:] for line in lines if line.startswith("!")]
    assert "*" in lines
    copied = re.findall(r"^COPY (?!--)(.*)$", (ops / "Dockerfile").read_text(), re.MULTILINE)
    assert sorted(kept) == sorted(path for line in copied for path in line.split()[:-1])
    assert all((ops.parent / path).exists() for path in kept)


def test_the_image_is_slim_and_runs_as_nobody_in_particular(ops):
    lines = (ops / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert all("-slim" in line for line in lines if line.startswith("FROM"))
    assert lines.index("USER permq") > max(
        number for number, line in enumerate(lines) if line.startswith("FROM")
    )


def test_docker_reads_it(ops, example):
    """Where the client with its compose part is installed; it needs no running Docker."""
    probe = ["docker", "compose", "version"]
    if shutil.which("docker") is None or subprocess.run(probe, check=False).returncode:
        pytest.skip("docker compose is not installed; the tests above read the file themselves")
    filled = {name: value or "word" for name, value in example.items()}
    done = subprocess.run(
        ["docker", "compose", "-f", str(ops / "compose.yaml"), "--profile", "watch", "config"],
        env={**os.environ, **filled},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
