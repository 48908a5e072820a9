import socket

import pytest

from permq.errors import OptionError
from permq.services.ports import LOOPBACK, RANGE, chosen_port, free_port, is_free


@pytest.fixture
def taken():
    with socket.socket() as server:
        server.bind((LOOPBACK, free_port()))
        server.listen()
        yield server.getsockname()[1]


def test_a_free_port_lies_below_those_of_outgoing_connections():
    port = free_port()
    assert port in RANGE
    assert is_free(port)
    assert free_port(port) == port


def test_another_port_is_taken_where_the_usual_one_is_not_free(taken):
    assert not is_free(taken)
    assert chosen_port(None, taken) != taken
    assert free_port(taken) != taken


def test_a_port_that_was_asked_for_must_be_free(taken):
    with pytest.raises(OptionError, match=f"port {taken} of 127.0.0.1 is taken"):
        chosen_port(taken, 5555)
    free = free_port()
    assert chosen_port(free, taken) == free
