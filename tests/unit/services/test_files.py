import stat

import pytest

from permq.errors import OptionError
from permq.services.files import kept_password, private_folder, read_record, write_record


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_records_and_passwords_can_be_read_by_their_owner_alone(tmp_path):
    write_record(tmp_path / "record", {"a": 1})
    kept_password(tmp_path / "password")
    assert read_record(tmp_path / "record") == {"a": 1}
    assert mode(tmp_path / "record") == mode(tmp_path / "password") == 0o600
    assert mode(private_folder(tmp_path / "deep" / "folder")) == 0o700


def test_a_password_is_made_once(tmp_path):
    password = kept_password(tmp_path / "password")
    assert len(password) >= 32
    assert kept_password(tmp_path / "password") == password
    assert kept_password(tmp_path / "another") != password


@pytest.mark.parametrize("text", ["", '{"a":', "[1]"])
def test_half_a_record_is_none(tmp_path, text):
    (tmp_path / "record").write_text(text)
    assert read_record(tmp_path / "record") == {}
    assert read_record(tmp_path / "no record") == {}


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OptionError, match="file/folder: cannot be made"):
        private_folder(tmp_path / "file" / "folder")
