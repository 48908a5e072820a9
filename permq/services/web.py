"""Asking a page of this machine whether it is there."""

import base64
import http.client
from urllib.parse import urlsplit

TIMEOUT = 5


def answers(url: str, path: str, login: str | None = None) -> bool:
    """Whether a server has a page.

    Parameters
    ----------
    url
        The server.
    path
        The page.
    login
        `user:password`, where it asks for that.
    """
    headers = {}
    if login is not None:
        headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
