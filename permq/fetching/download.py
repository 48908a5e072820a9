"""Download one file over HTTP, going on where an earlier attempt ended."""

import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from permq.errors import DownloadError

CHUNK = 1 << 16
ATTEMPT_SECONDS = 600.0  # a server that sends a byte now and then ends here
LONGEST_PAUSE = 30.0

_RANGE = re.compile(r"bytes ([0-9]+)-[0-9]+/([0-9]+|\*)")
_RETRIED = {408, 416, 425, 429}


class _InterruptedError(Exception):
    """The attempt failed in a way that another one may not."""


def download(
    url: str,
    part: Path,
    size: int,
    *,
    timeout: float = 30.0,
    attempts: int = 6,
    pause: float = 1.0,
    report: Callable[[int], None] | None = None,
) -> None:
    """Complete a file.

    Parameters
    ----------
    url
        An http or https address.
    part
        The file; what it already holds is taken as the beginning. It is kept when the download
        fails, so that a later call goes on with it.
    size
        Bytes the whole file has; never more are written.
    timeout
        Seconds to wait for the server at each step.
    attempts
        How often to try.
    pause
        Seconds before the second attempt; doubled before each one after it.
    report
        Called with the number of bytes there are.

    Raises
    ------
    DownloadError
        When the server refuses, has a file of another size, or all attempts were interrupted.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise DownloadError(f"{url}: is no http or https address")
    problem: Exception | None = None
    for attempt in range(attempts):
        if attempt:
            time.sleep(min(pause * 2 ** (attempt - 1), LONGEST_PAUSE))
        try:
            _complete(url, part, size, timeout, report)
        except _InterruptedError as error:
            problem = error
        else:
            return
    raise DownloadError(
        f"{url}: {problem} ({_held(part):,} of {size:,} bytes are kept; run it again to go on)"
    )


def _complete(
    url: str, part: Path, size: int, timeout: float, report: Callable[[int], None] | None
) -> None:
    held = _held(part)
    if held > size:
        _drop(part)
        held = 0
    if held == size:
        return
    headers = {"User-Agent": "permq", "Accept-Encoding": "identity"}
    if held:
        headers["Range"] = f"bytes={held}-"
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - http, as checked
        with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310 - as above
            start = _start(response, url, held, size)
            _receive(response, part, start, size, report)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code not in _RETRIED and error.code < 500:
            raise DownloadError(f"{url}: the server answers {error.code} {error.reason}") from None
        if error.code == 416:  # the server has less than what is held here
            _drop(part)
        raise _InterruptedError(f"the server answers {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise _InterruptedError(f"cannot be reached: {error.reason}") from None
    except TimeoutError:
        raise _InterruptedError("the server does not answer") from None
    except http.client.InvalidURL as error:
        raise DownloadError(f"{url}: is no address: {error}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _InterruptedError(
            f"the connection broke: {str(error) or type(error).__name__}"
        ) from None
    held = _held(part)
    if held < size:
        raise _InterruptedError(f"the connection ended after {held:,} bytes")


def _start(response: http.client.HTTPResponse, url: str, held: int, size: int) -> int:
    """First byte of what the server sends; complain when it is not part of the right file."""
    if response.status == 206:
        match = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if match is None or int(match[1]) != held:
            raise DownloadError(f"{url}: the server sends another part than was asked for")
        offered, start = match[2], held
    else:  # it does not know ranges: all over again
        offered, start = response.headers.get("Content-Length", "*"), 0
    if offered.isdecimal() and int(offered) != size:
        raise DownloadError(
            f"{url}: the server has a file of {int(offered):,} bytes, expected {size:,}"
        )
    return start


def _receive(
    response: http.client.HTTPResponse,
    part: Path,
    start: int,
    size: int,
    report: Callable[[int], None] | None,
) -> None:
    deadline = time.monotonic() + ATTEMPT_SECONDS
    try:
        file = part.open("r+b" if start else "wb")
    except OSError as error:
        raise _unwritable(part, error) from None
    with file:
        done = file.seek(start)
        while chunk := response.read1(CHUNK):
            if done + len(chunk) > size:
                raise DownloadError(f"{response.url}: sends more than {size:,} bytes")
            try:
                file.write(chunk)
                file.flush()
            except OSError as error:
                raise _unwritable(part, error) from None
            done += len(chunk)
            if report is not None:
                report(done)
            if time.monotonic() > deadline:
                raise _InterruptedError("the server is too slow")


def _held(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise _unwritable(part, error) from None


def _drop(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(part, error) from None


def _unwritable(path: Path, error: OSError) -> DownloadError:
    return DownloadError(f"{path}: cannot be written: {error.strerror or error}")
