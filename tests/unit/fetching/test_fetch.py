import zipfile

import pytest

from permq.core.known import JANE_STREET, KNOWN
from permq.core.loading import load_puzzle
from permq.errors import DownloadError, OptionError
from permq.fetching.fetch import fetch
from permq.fetching.sources import SOURCES, Source
from tests.file_server import cut, serve
from tests.puzzle_files import write_puzzle
from tests.toys import toy_puzzle


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """An archive of a small puzzle, and what is expected of it."""
    folder = tmp_path_factory.mktemp("source")
    write_puzzle(folder / "toy", toy_puzzle(blocks=2, width=3, hidden=5, rows=4)[0])
    with zipfile.ZipFile(folder / "toy.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((folder / "toy").rglob("*")):
            archive.write(file, file.relative_to(folder))
    content = (folder / "toy.zip").read_bytes()
    puzzle = load_puzzle(folder / "toy")
    return content, Source("toy", "http://nowhere", "toy.zip", len(content), puzzle.fingerprint)


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_a_puzzle_arrives_whole_and_nothing_else(toy, tmp_path):
    content, source = toy
    with serve(content) as file:
        puzzle = fetch(source, tmp_path / "new" / "toy", base=file.url)
    assert file.asked == [("/toy.zip", None)]
    assert puzzle.fingerprint == source.fingerprint
    assert names(tmp_path / "new" / "toy") == {"pieces", "historical_data.csv"}
    assert load_puzzle(tmp_path / "new" / "toy").fingerprint == source.fingerprint


def test_an_interrupted_download_resumes(toy, tmp_path):
    content, source = toy
    with serve(content, behaviours=[cut(500)] * 6) as file:
        with pytest.raises(DownloadError, match=r"3,000 of .* bytes are kept; run it again"):
            fetch(source, tmp_path, base=file.url, pause=0.0)
        assert names(tmp_path) == {"toy.zip.part"}
        fetch(source, tmp_path, base=f"{file.url}/", pause=0.0)
    assert file.asked[6] == ("/toy.zip", "bytes=3000-")
    assert names(tmp_path) == {"pieces", "historical_data.csv"}


def test_a_puzzle_that_is_there_is_not_downloaded_again(toy, tmp_path):
    content, source = toy
    with serve(content) as file:
        fetch(source, tmp_path, base=file.url)
        fetch(source, tmp_path, base=file.url)
    assert len(file.asked) == 1


def test_other_files_of_a_folder_stay(toy, tmp_path):
    content, source = toy
    (tmp_path / "notes.txt").write_text("mine")
    with serve(content) as file:
        fetch(source, tmp_path, base=file.url)
    assert names(tmp_path) == {"pieces", "historical_data.csv", "notes.txt"}


def test_a_folder_with_another_puzzle_is_left_alone(toy, tmp_path):
    write_puzzle(tmp_path / "other", toy_puzzle(1, blocks=1)[0])
    with pytest.raises(OptionError, match="already holds another puzzle"):
        fetch(toy[1], tmp_path / "other")


def test_a_folder_with_other_pieces_is_left_alone(toy, tmp_path):
    (tmp_path / "pieces").mkdir()
    with pytest.raises(OptionError, match="already holds files that are no puzzle"):
        fetch(toy[1], tmp_path)


def test_a_folder_that_cannot_be_made_is_named(toy, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OptionError, match="cannot be made"):
        fetch(toy[1], tmp_path / "file" / "toy")


def test_a_damaged_archive_is_removed_so_that_the_next_call_begins_anew(toy, tmp_path):
    content, source = toy
    damaged = bytearray(content)
    damaged[len(content) // 2] ^= 255
    with serve(bytes(damaged)) as file, pytest.raises(DownloadError, match="and was removed"):
        fetch(source, tmp_path, base=file.url)
    assert names(tmp_path) == set()


def test_another_puzzle_of_the_same_size_is_not_taken(toy, tmp_path):
    content, source = toy
    other = Source("toy", source.base, source.archive, source.size, "0" * 64)
    with serve(content) as file, pytest.raises(DownloadError, match="holds another puzzle"):
        fetch(other, tmp_path, base=file.url)
    assert names(tmp_path) == set()


def test_an_archive_without_data_is_not_taken(toy, tmp_path):
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("a", "b")
    content = (tmp_path / "empty.zip").read_bytes()
    source = Source("toy", "", "toy.zip", len(content), "0" * 64)
    with serve(content) as file, pytest.raises(DownloadError, match="no whole puzzle: pieces: no"):
        fetch(source, tmp_path / "toy", base=file.url)


def test_the_public_puzzle_is_the_known_one():
    source = SOURCES["jane-street"]
    assert KNOWN[source.fingerprint] is JANE_STREET
    assert source.base.startswith("https://huggingface.co/spaces/jane-street/droppedaneuralnet/")
