"""Free ports of this machine's own address."""

import secrets
import socket
import sys

from permq.errors import OptionError

LOOPBACK = "127.0.0.1"
RANGE = range(15_000, 32_000)
"""Below the ports that systems give to outgoing connections: one of those could take a server's
port while the server restarts."""

TRIES = 100

_claims: list[int] = []


def free_port(preferred: int = 0) -> int:
    """Find a port that nobody listens on.

    Parameters
    ----------
    preferred
        Taken when it is free; 0 for any.
    """
    if preferred and is_free(preferred) and claim(preferred):
        return preferred
    for _ in range(TRIES):
        port = secrets.choice(RANGE)
        if is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on a port now."""
    with socket.socket() as probe:
        # as servers do, who do not mind connections of their predecessor that are closing
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def claim(port: int) -> bool:
    """Keep a port from being taken by another fleet of this machine that starts just now.

    The claim lasts as long as this process. Where the system has no names without files (outside
    Linux) every claim is granted.
    """
    if sys.platform != "linux":
        return True
    mark = socket.socket(socket.AF_UNIX)
    try:
        mark.bind(f"\0permq-port-{port}")
    except OSError:
        mark.close()
        return False
    # as a bare descriptor it stays open to the end of this process
    _claims.append(mark.detach())
    return True


def chosen_port(asked: int | None, usual: int) -> int:
    """The port somebody asked for; otherwise the usual one, or any where that is taken.

    Raises
    ------
    OptionError
        When the port asked for is taken.
    """
    if asked is None:
        return free_port(usual)
    if not is_free(asked):
        raise OptionError(f"port {asked} of {LOOPBACK} is taken")
    return asked
