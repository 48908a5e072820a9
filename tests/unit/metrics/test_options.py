import pytest


@pytest.fixture(autouse=True)
def server(monkeypatch, tmp_path):
    monkeypatch.setenv("PERMQ_POSTGRES_URL", "postgresql://me:secret-word@127.0.0.1:1/permq")
    monkeypatch.delenv("PERMQ_METRICS_PASSWORD", raising=False)
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path))


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1"])
def test_an_address_that_others_reach_needs_a_password(permq, address):
    done = permq("metrics", "--address", address)
    assert done.code == 2
    assert "--password-file FILE, or PERMQ_METRICS_PASSWORD" in done.err


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe", None])
def test_a_password_file_of_no_use_is_told(permq, tmp_path, content):
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    done = permq("metrics", "--password-file", file)
    assert done.code == 2
    assert f"--password-file {file}: " in done.err


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(permq, port):
    assert permq("metrics", "--port", port).code == 2


def test_an_address_of_another_machine_is_told(permq, monkeypatch):
    monkeypatch.setenv("PERMQ_METRICS_PASSWORD", "word")
    done = permq("metrics", "--address", "192.0.2.1")
    assert done.code == 2
    assert "cannot listen on 192.0.2.1, port 9808" in done.err


def test_once_without_postgres_says_so_in_the_page_and_by_its_status(permq):
    done = permq("metrics", "--once")
    assert done.code == 1
    assert "permq_up 0\n" in done.out
    assert "Postgres cannot be reached" in done.err
    assert "secret-word" not in done.out + done.err


def test_without_any_server_it_says_what_to_do(permq, monkeypatch):
    monkeypatch.delenv("PERMQ_POSTGRES_URL")
    done = permq("metrics", "--once")
    assert done.code == 1
    assert "permq up" in done.err
