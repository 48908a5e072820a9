"""`permq metrics` as a process of its own."""

import base64
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from permq.services.ports import free_port


@pytest.fixture
def serve(postgres_url, monkeypatch, tmp_path):
    """Start the command with words; gives the process, the address it tells and its port."""
    monkeypatch.setenv("PERMQ_POSTGRES_URL", postgres_url)
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path))
    monkeypatch.delenv("PERMQ_METRICS_PASSWORD", raising=False)
    started = []

    def start(*words):
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "permq", "metrics", "--port", str(port), *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process, process.stdout.readline(), port

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_it_says_where_it_is_answers_and_ends_at_once(serve):
    process, line, port = serve()
    assert line == f"metrics: http://127.0.0.1:{port}/metrics\n"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        assert b"permq_up 1\n" in answer.read()
    process.terminate()
    rest, _ = process.communicate()
    assert (process.returncode, rest) == (0, "")


def test_ctrl_c_ends_it_as_any_command(serve):
    process, _, _ = serve()
    process.send_signal(signal.SIGINT)
    assert process.communicate()[0].strip() == "permq: error: interrupted"
    assert process.returncode == 130


def test_others_are_let_in_with_the_password_alone(serve, tmp_path):
    file = tmp_path / "password"
    file.write_text("secret-word\n")
    process, line, port = serve("--address", "0.0.0.0", "--password-file", file)
    assert line == f"metrics: http://0.0.0.0:{port}/metrics\n"
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 401
    refused.value.close()
    login = base64.b64encode(b"permq:secret-word").decode()
    request.add_header("Authorization", f"Basic {login}")
    with urllib.request.urlopen(request) as answer:
        assert b"permq_up 1\n" in answer.read()
    process.terminate()
    assert "secret-word" not in process.communicate()[0]


def test_once_prints_the_page(permq, postgres_url, monkeypatch):
    monkeypatch.setenv("PERMQ_POSTGRES_URL", postgres_url)
    done = permq("metrics", "--once")
    assert (done.code, done.err) == (0, "")
    assert "# TYPE permq_jobs gauge" not in done.out  # there are none
    assert "permq_up 1\n" in done.out
