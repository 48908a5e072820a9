import os
import re
import shutil
import subprocess

import pytest
import yaml

from permq.services import acl
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
    assert usual == {"postgres", "roles", "redis", "worker", "flower", "metrics"}
    watching = {name for name, it in compose["services"].items() if it.get("profiles") == ["watch"]}
    assert watching == {"prometheus", "alertmanager", "grafana"}


def test_every_service_is_checked_restarted_and_pinned(compose):
    for name, service in compose["services"].items():
        if name != "roles":  # which ends
            assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}, name
        assert service["restart"] == ("no" if name == "roles" else "unless-stopped"), name
        image, _, tag = service["image"].partition(":")
        assert tag not in {"", "latest"}, name
        assert "." not in image, "images come from where Docker looks by itself"


@pytest.mark.parametrize("name", ["roles", "worker", "flower", "metrics"])
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
    assert service["depends_on"] == {
        "roles": {"condition": "service_completed_successfully"},
        "redis": {"condition": "service_healthy"},
    }


def test_everybody_logs_in_with_the_least_rights_and_knows_no_other_password(compose):
    known = {
        name: {
            (variable, NAMES.sub(lambda found: found[1], value))
            for variable, value in compose["services"][name]["environment"].items()
            if variable.startswith(("PERMQ_POSTGRES", "PERMQ_REDIS"))
        }
        for name in ("worker", "flower", "metrics")
    }
    worker = {
        ("PERMQ_POSTGRES_URL", "postgresql://permq_worker@postgres:5432/permq"),
        ("PERMQ_POSTGRES_PASSWORD", "POSTGRES_WORKER_PASSWORD"),
        ("PERMQ_REDIS_URL", "redis://worker@redis:6379/0"),
        ("PERMQ_REDIS_PASSWORD", "REDIS_WORKER_PASSWORD"),
    }
    reader = {
        ("PERMQ_POSTGRES_URL", "postgresql://permq_reader@postgres:5432/permq"),
        ("PERMQ_POSTGRES_PASSWORD", "POSTGRES_READER_PASSWORD"),
    }
    flower = {
        ("PERMQ_REDIS_URL", "redis://flower@redis:6379/0"),
        ("PERMQ_REDIS_PASSWORD", "REDIS_FLOWER_PASSWORD"),
    }
    assert known == {"worker": worker, "flower": flower, "metrics": reader}


def rules_in(lines):
    """Users and what they may do, without their passwords."""
    found = [line.split() for line in lines if line.startswith("user ")]
    return {
        name: " ".join(word for word in words if word[0] not in ">#") for _, name, *words in found
    }


def test_redis_has_the_users_of_an_embedded_one(ops, compose):
    expected = rules_in(acl.users(dict.fromkeys(acl.RULES, "word")))
    lines = [
        NAMES.sub(lambda found: found[1], line)
        for line in compose["configs"]["redis"]["content"].splitlines()
    ]
    assert rules_in(lines) == expected
    told = (ops / "redis/users.acl").read_text(encoding="utf-8").splitlines()
    assert rules_in(told) == expected
    for name in acl.RULES:
        word = f"{name.upper()}_"
        assert any(f">REDIS_{word}PASSWORD " in line for line in lines)
        assert any(f"#{word}SHA256 " in line for line in told)


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


def test_redis_keeps_what_it_is_told(compose):
    settings = dict(
        line.split(maxsplit=1)
        for line in compose["configs"]["redis"]["content"].splitlines()
        if line and not line.startswith("#")
    )
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "everysec"
    assert settings["maxmemory-policy"] == "noeviction"


def test_nothing_listens_to_the_world_unless_somebody_says_so(compose):
    for service in compose["services"].values():
        for port in service.get("ports", []):
            assert port.startswith(("127.0.0.1:", "${FLEET_ADDRESS:-127.0.0.1}:"))


def test_no_secret_stands_in_a_command_line(compose):
    for service in compose["services"].values():
        words = [*service.get("command", []), *service.get("healthcheck", {}).get("test", [])]
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
