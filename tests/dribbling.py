"""A client that never comes to an end."""

import socket


def dribble(client: socket.socket) -> None:
    """Send a letter now and then, well within the time for one, until the other side ends it.

    Raises
    ------
    EOFError, ConnectionError
        When it does; the client's timeout is the time between two letters.
    """
    while True:
        client.sendall(b"x")
        try:
            if client.recv(100) == b"":
                raise EOFError
        except TimeoutError:
            continue
