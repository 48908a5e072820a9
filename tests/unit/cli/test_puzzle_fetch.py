import zipfile

import pytest

from permq.cli.puzzle_fetch import NAMES
from permq.core.loading import load_puzzle
from permq.fetching.sources import SOURCES, Source
from tests.file_server import serve, status
from tests.puzzle_files import write_puzzle
from tests.toys import toy_puzzle


@pytest.fixture
def content(tmp_path, monkeypatch):
    """A small archive that stands in the place of the public one."""
    folder = write_puzzle(tmp_path / "source", toy_puzzle(blocks=1, rows=3)[0])
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(folder))
    content = (tmp_path / "a.zip").read_bytes()
    fingerprint = load_puzzle(folder).fingerprint
    source = Source("jane-street", "http://127.0.0.1:1", "a.zip", len(content), fingerprint)
    monkeypatch.setitem(SOURCES, "jane-street", source)
    return content


def test_every_source_can_be_named():
    assert set(NAMES) == set(SOURCES)


def test_a_puzzle_is_fetched(permq, content, tmp_path):
    with serve(content) as file:
        done = permq("puzzle", "fetch", "jane-street", tmp_path / "new", "--url", file.url)
    assert done.code == 0
    assert done.out == f"{tmp_path}/new: 3 pieces and 3 rows, fingerprint as expected\n"
    assert load_puzzle(tmp_path / "new").rows == 3


def test_json_tells_the_same(permq, content, tmp_path):
    with serve(content) as file:
        done = permq("puzzle", "fetch", "jane-street", tmp_path / "x", "--url", file.url, "--json")
    assert done.json == {
        "name": "jane-street",
        "folder": f"{tmp_path}/x",
        "pieces": 3,
        "rows": 3,
        "fingerprint": SOURCES["jane-street"].fingerprint,
    }
    assert done.err == ""


def test_a_refusal_is_one_line(permq, content, tmp_path):
    with serve(content, behaviours=[status(404)]) as file:
        done = permq("puzzle", "fetch", "jane-street", tmp_path / "new", "--url", file.url)
    assert done.code == 1
    assert done.err == f"permq: error: {file.url}/a.zip: the server answers 404 Not Found\n"


def test_an_unknown_name_is_a_usage_error(permq, tmp_path):
    assert permq("puzzle", "fetch", "other", tmp_path).code == 2
