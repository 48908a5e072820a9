import socket

import numpy as np
import pytest

from permq.errors import DownloadError
from permq.fetching import download as module
from permq.fetching.download import download
from tests.file_server import cut, garbage, headers, serve, silence, status

CONTENT = np.random.default_rng(0).bytes(300_000)
SIZE = len(CONTENT)


@pytest.fixture
def part(tmp_path):
    return tmp_path / "file.part"


def get(file, part, **settings):
    download(f"{file.url}/file", part, SIZE, **{"pause": 0.0, "timeout": 5.0, **settings})


def refused(file, part, **settings):
    with pytest.raises(DownloadError) as caught:
        get(file, part, **settings)
    assert str(caught.value).startswith(f"{file.url}/file: ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{file.url}/file: ")


def test_a_file_is_downloaded_and_progress_reported(part):
    done = []
    with serve(CONTENT) as file:
        get(file, part, report=done.append)
    assert part.read_bytes() == CONTENT
    assert done == sorted(done)
    assert done[-1] == SIZE
    assert file.asked == [("/file", None)]


def test_an_interrupted_download_goes_on_where_it_ended(part):
    with serve(CONTENT, behaviours=[cut(100_000), cut(50_000)]) as file:
        get(file, part)
    assert part.read_bytes() == CONTENT
    assert [asked for _, asked in file.asked] == [None, "bytes=100000-", "bytes=150000-"]


def test_a_later_call_goes_on_too(part):
    with serve(CONTENT, behaviours=[cut(100_000)]) as file:
        problem = refused(file, part, attempts=1)
        assert problem == (
            "the connection ended after 100,000 bytes "
            "(100,000 of 300,000 bytes are kept; run it again to go on)"
        )
        get(file, part)
    assert part.read_bytes() == CONTENT


def test_a_complete_file_asks_for_nothing(part):
    part.write_bytes(CONTENT)
    with serve(CONTENT) as file:
        get(file, part)
    assert file.asked == []


def test_a_file_that_is_too_long_begins_anew(part):
    part.write_bytes(CONTENT + b"x")
    with serve(CONTENT) as file:
        get(file, part)
    assert part.read_bytes() == CONTENT
    assert file.asked == [("/file", None)]


def test_a_server_without_ranges_sends_all_again(part):
    with serve(CONTENT, ranges=False, behaviours=[cut(100_000)]) as file:
        get(file, part)
    assert part.read_bytes() == CONTENT


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503])
def test_a_passing_error_is_tried_again(part, code):
    with serve(CONTENT, behaviours=[status(code), status(code)]) as file:
        get(file, part)
    assert part.read_bytes() == CONTENT


def test_an_error_that_stays_is_told(part):
    with serve(CONTENT, behaviours=[status(503)] * 6) as file:
        assert refused(file, part).startswith("the server answers 503 Service Unavailable (0 of")
    assert len(file.asked) == 6


@pytest.mark.parametrize(("code", "text"), [(404, "Not Found"), (403, "Forbidden")])
def test_a_refusal_is_told_at_once(part, code, text):
    with serve(CONTENT, behaviours=[status(code)]) as file:
        assert refused(file, part) == f"the server answers {code} {text}"
    assert len(file.asked) == 1
    assert not part.exists()


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"x", b""])
def test_another_size_is_refused_before_anything_is_written(part, content):
    with serve(content, behaviours=[headers(200, {}, content)]) as file:
        problem = refused(file, part)
    assert problem == f"the server has a file of {len(content):,} bytes, expected 300,000"
    assert not part.exists()


def test_another_size_is_refused_when_going_on(part):
    part.write_bytes(CONTENT[:100])
    with serve(CONTENT + b"x") as file:
        assert "has a file of 300,001 bytes" in refused(file, part)
    assert part.read_bytes() == CONTENT[:100]


def test_more_than_expected_is_never_written(part):
    endless = headers(200, {"Content-Length": "none"}, CONTENT + b"x" * 1000)
    with serve(CONTENT, behaviours=[endless]) as file:
        assert refused(file, part) == "sends more than 300,000 bytes"
    assert part.stat().st_size <= SIZE


@pytest.mark.parametrize(
    "place", ["", "bytes 0-299999/300000", "bytes x", "bytes 100-200", "bytes */300000"]
)
def test_another_part_than_asked_for_is_refused(part, place):
    part.write_bytes(CONTENT[:100])
    with serve(CONTENT, behaviours=[headers(206, {"Content-Range": place}, b"abc")]) as file:
        assert refused(file, part) == "the server sends another part than was asked for"
    assert part.read_bytes() == CONTENT[:100]


def test_a_range_beyond_the_servers_file_begins_anew(part):
    part.write_bytes(CONTENT[:100])
    with serve(CONTENT, behaviours=[status(416)]) as file:
        get(file, part)
    assert part.read_bytes() == CONTENT
    assert [asked for _, asked in file.asked] == ["bytes=100-", None]


def test_a_silent_server_is_given_up(part):
    with serve(CONTENT, behaviours=[silence(0.4)] * 2) as file:
        assert refused(file, part, timeout=0.1, attempts=2).startswith("the server does not answer")


def test_a_server_that_dribbles_is_given_up(part, monkeypatch):
    monkeypatch.setattr(module, "ATTEMPT_SECONDS", 0.0)
    with serve(CONTENT) as file:
        assert refused(file, part, attempts=1).startswith("the server is too slow (")
    assert 0 < part.stat().st_size < SIZE


def test_nonsense_is_tried_again(part):
    with serve(CONTENT, behaviours=[garbage]) as file:
        get(file, part)
    assert part.read_bytes() == CONTENT


def test_nobody_listening_is_told(part):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/file"
        with pytest.raises(DownloadError, match=r"cannot be reached: .*refused"):
            download(url, part, SIZE, attempts=2, pause=0.0)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a/b", "etc/passwd", ""])
def test_only_http_is_spoken(part, url):
    with pytest.raises(DownloadError, match="is no http or https address"):
        download(url, part, SIZE)


@pytest.mark.parametrize("url", ["http://", "http://a b/c", "http://[::1/x", "http://a:x/y"])
def test_a_malformed_address_is_told(part, url):
    with pytest.raises(DownloadError):
        download(url, part, SIZE, attempts=1)


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    with serve(CONTENT) as file, pytest.raises(DownloadError, match="cannot be written"):
        get(file, tmp_path / "none" / "file.part")
