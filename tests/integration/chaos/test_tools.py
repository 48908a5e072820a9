"""What strikes a fleet does what it says."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.chaos.field import CLOCK, MARK
from tests.chaos.gates import Gate, Gates


@pytest.fixture
def echo() -> Iterator[int]:
    """Port of a server that says everything again."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer(one: socket.socket) -> None:
        with one:
            try:
                while data := one.recv(100):
                    one.sendall(data)
            except OSError:
                return

    def serve() -> None:
        while True:
            try:
                one, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(one,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


@pytest.fixture
def gate(echo: int) -> Iterator[Gate]:
    gates = Gates()
    yield gates.gate(echo)
    gates.close()


def connected(gate: Gate, seconds: float = 10.0) -> socket.socket:
    return socket.create_connection(("127.0.0.1", gate.port), timeout=seconds)


def test_an_open_gate_carries_both_ways(gate):
    with connected(gate) as one:
        one.sendall(b"word")
        assert one.recv(100) == b"word"


def test_a_cut_breaks_connections_and_lets_no_new_one_through(gate):
    with connected(gate) as one:
        one.sendall(b"word")
        assert one.recv(100) == b"word"
        gate.cut()
        with pytest.raises(ConnectionError):
            one.recv(100)
    with suppress(ConnectionError), connected(gate) as other:
        other.sendall(b"word")
        assert other.recv(100) == b""
    gate.open()
    test_an_open_gate_carries_both_ways(gate)


def test_a_silent_network_keeps_connections_and_carries_nothing(gate):
    with connected(gate) as one:
        one.sendall(b"word")
        assert one.recv(100) == b"word"
        gate.silence()
        one.settimeout(0.2)
        one.sendall(b"more")
        with pytest.raises(TimeoutError):
            one.recv(100)
        gate.open()
        one.settimeout(10)
        with pytest.raises(ConnectionError):
            one.recv(100)
    test_an_open_gate_carries_both_ways(gate)


def test_the_clock_is_as_wrong_as_its_file_says(tmp_path):
    file = tmp_path / "clock"
    file.write_text("1e9")
    code = "import time; print(time.time(), time.time_ns() / 1e9, time.clock_gettime(0))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env=os.environ | {"PYTHONPATH": str(CLOCK), MARK: str(file)},
        capture_output=True,
        text=True,
        check=True,
    )
    wrong, wrong_too, true = map(float, done.stdout.split())
    assert [round(told - true, -1) for told in (wrong, wrong_too)] == [1e9, 1e9]
