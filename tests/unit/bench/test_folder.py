"""Output folders are tried before anything is computed."""

import pytest

from permq.bench.folder import writable
from permq.errors import OptionError


def test_a_folder_is_made(tmp_path):
    assert writable(tmp_path / "a" / "b").is_dir()


def test_one_that_cannot_be_written_suggests_another(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError) as caught:
        writable(tmp_path / "file" / "views")
    assert "cannot be written" in str(caught.value)
    assert f"try --out {tmp_path / 'views'}" in str(caught.value)
    assert not (tmp_path / "views").exists()
