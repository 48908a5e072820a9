import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from permq.errors import DownloadError
from permq.fetching import unpack as module
from permq.fetching.unpack import unpack


def archive(entries, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as target:
        for name, content in entries:
            target.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def take(tmp_path):
    def taken(content):
        path = tmp_path / "a.zip"
        path.write_bytes(content)
        folder = tmp_path / "out"
        folder.mkdir()
        return unpack(path, folder), {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in folder.rglob("*")
            if file.is_file()
        }

    return taken


@pytest.mark.parametrize("prefix", ["", "historical_data_and_pieces/", "a/b/"])
def test_pieces_and_data_are_taken_from_any_depth(take, prefix):
    names = ["historical_data.csv", "pieces/piece_0.pth", "pieces/piece_11.pth"]
    count, files = take(archive([(prefix + name, name) for name in names]))
    assert count == 3
    assert files == {name: name.encode() for name in names}


def test_other_entries_are_left_out(take):
    names = ["../evil", "/etc/passwd", "pieces/../x", "pieces/piece_a.pth", "README", "pieces/"]
    names += ["__MACOSX/pieces/piece_0.pth", "pieces\\piece_1.pth", "xpieces/piece_1.pth"]
    assert take(archive([(name, b"x") for name in names])) == (0, {})


def test_no_entry_leaves_the_folder(take, tmp_path):
    count, files = take(
        archive([("../../pieces/piece_0.pth", b"x"), ("/historical_data.csv", b"y")])
    )
    assert count == 2
    assert set(files) == {"pieces/piece_0.pth", "historical_data.csv"}
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "out"}


def test_a_link_in_an_archive_is_only_its_text(take, tmp_path):
    link = zipfile.ZipInfo("historical_data.csv")
    link.external_attr = 0o120777 << 16
    (tmp_path / "secret").write_text("secret")
    count, taken = take(archive([(link, str(tmp_path / "secret"))]))
    assert (count, taken) == (1, {"historical_data.csv": str(tmp_path / "secret").encode()})
    assert not (tmp_path / "out/historical_data.csv").is_symlink()


def test_a_file_that_stands_twice_is_refused(take):
    with pytest.raises(DownloadError, match=r"holds historical_data\.csv twice"):
        take(archive([("a/historical_data.csv", b"1"), ("b/historical_data.csv", b"2")]))


def test_a_bomb_is_stopped(take, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "MAX_BYTES", 1_000_000)
    with pytest.raises(DownloadError, match="more than 1,000,000 bytes when unpacked"):
        take(archive([("historical_data.csv", bytes(50_000_000))]))
    assert (tmp_path / "out" / "historical_data.csv").stat().st_size <= 1_000_000


def test_too_many_entries_are_refused(take, monkeypatch):
    monkeypatch.setattr(module, "MAX_ENTRIES", 2)
    with pytest.raises(DownloadError, match="holds 3 files, too many"):
        take(archive([(str(i), b"") for i in range(3)]))


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", archive([])[:-1]])
def test_what_is_no_archive_is_refused(take, content):
    with pytest.raises(DownloadError, match=r"a\.zip: damaged archive"):
        take(content)


SEED = archive([("historical_data.csv", b"abc" * 50), ("pieces/piece_0.pth", b"x" * 50)])


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_archives_are_unpacked_or_refused(tmp_path_factory, data):
    content = bytearray(SEED[: data.draw(st.integers(1, len(SEED)))])
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "a.zip").write_bytes(bytes(content))
    (folder / "out").mkdir()
    with suppress(DownloadError):
        unpack(folder / "a.zip", folder / "out")
    found = {path.name for path in folder.rglob("*")}
    assert all(
        name in {"a.zip", "out", "pieces", "historical_data.csv"} or name.startswith("piece_")
        for name in found
    )
