"""What `permq dashboard` refuses before it does anything, and where it leads."""

import pytest

from permq.cli.dashboard import links_of, password_for
from permq.config import WatchSettings
from permq.errors import OptionError


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch, tmp_path):
    for name in ("PERMQ_DASHBOARD_PASSWORD", "PERMQ_GRAFANA_URL", "PERMQ_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path / "data"))


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.7", "lab.example"])
def test_other_machines_need_a_password(permq, monkeypatch, address):
    monkeypatch.setenv("PERMQ_POSTGRES_URL", "postgresql://nobody@127.0.0.1:1/x")
    done = permq("dashboard", "--address", address)
    assert done.code == 2
    assert "a password is needed" in done.err
    assert "PERMQ_DASHBOARD_PASSWORD" in done.err


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_needs_none(address):
    assert password_for(address, None) is None


def test_the_password_comes_from_the_environment_or_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv("PERMQ_DASHBOARD_PASSWORD", "first")
    assert password_for("0.0.0.0", None) == "first"
    assert password_for("127.0.0.1", None) == "first"
    file = tmp_path / "password"
    file.write_text("second\n")
    assert password_for("0.0.0.0", file) == "second"
    assert "first" not in repr(WatchSettings.read())


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_file_without_a_password_is_refused(tmp_path, content):
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(OptionError, match="--password-file"):
        password_for("0.0.0.0", file)


def test_grafana_is_where_it_usually_is_or_where_one_says(monkeypatch):
    usual = links_of(None)()
    assert usual == {"flower": "http://127.0.0.1:5555", "grafana": "http://127.0.0.1:3000"}
    monkeypatch.setenv("PERMQ_GRAFANA_URL", "https://grafana.example/d/1")
    assert links_of(None)()["grafana"] == "https://grafana.example/d/1"
    monkeypatch.setenv("PERMQ_GRAFANA_URL", "javascript:alert(1)")
    with pytest.raises(OptionError, match="PERMQ_GRAFANA_URL"):
        links_of(None)
