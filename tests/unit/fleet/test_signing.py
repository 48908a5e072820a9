import shutil
from datetime import timedelta

import pytest
from celery.exceptions import SecurityError

from permq.config import SigningSettings
from permq.errors import OptionError
from permq.fleet.signing import _made, serializer
from tests.certificates import Authority


@pytest.fixture
def files(tmp_path):
    pair = Authority(tmp_path / "authority").issue("node")
    store = tmp_path / "store"
    store.mkdir()
    shutil.copy(pair.certificate, store)
    return {
        "PERMQ_SIGN_KEY": str(pair.key),
        "PERMQ_SIGN_CERTIFICATE": str(pair.certificate),
        "PERMQ_SIGN_STORE": str(store),
    }


def refused(variables):
    with pytest.raises(OptionError) as caught:
        serializer(SigningSettings.read(variables))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_without_keys_messages_are_plain_json():
    assert serializer(SigningSettings.read({})) == "json"


def test_with_keys_they_are_signed(files):
    assert serializer(SigningSettings.read(files)) == "auth"


@pytest.mark.parametrize("name", ["PERMQ_SIGN_KEY", "PERMQ_SIGN_CERTIFICATE", "PERMQ_SIGN_STORE"])
def test_a_part_alone_is_refused(files, name):
    del files[name]
    assert refused(files).startswith(f"{name} is not set: messages are signed with all of")


@pytest.mark.parametrize("name", ["PERMQ_SIGN_KEY", "PERMQ_SIGN_CERTIFICATE", "PERMQ_SIGN_STORE"])
def test_what_is_not_there_or_no_key_is_refused(files, name, tmp_path):
    assert refused(files | {name: str(tmp_path / "none")}).startswith(f"{name}: {tmp_path}/none:")
    if name == "PERMQ_SIGN_STORE":
        (tmp_path / "store/notes.txt").write_text("notes")
    else:
        (tmp_path / "notes.txt").write_text("notes")
        files[name] = str(tmp_path / "notes.txt")
    assert refused(files).startswith(f"{name}: {tmp_path}")


def test_a_store_without_this_machine_is_refused(files, tmp_path):
    (tmp_path / "store/node.crt").unlink()
    assert "holds no copy of node.crt" in refused(files)


def test_an_expired_certificate_is_refused(files, tmp_path):
    old = Authority(tmp_path / "other").issue("old", until=timedelta(days=-1))
    shutil.copy(old.certificate, tmp_path / "store")
    assert "Expired certificate" in refused(files)


def test_what_was_signed_is_read_as_json_whatever_the_message_says(files):
    made = _made(SigningSettings.read(files))
    body = made.serialize([[1], {}, None])
    assert made.deserialize(body) == [[1], {}, None]
    parts = made._unpack(body)
    for form in ("application/x-python-serialize", "application/x-yaml", ""):
        changed = made._pack(
            parts["body"], form, "utf-8", signer=parts["signer"], signature=parts["signature"]
        )
        with pytest.raises(SecurityError, match="is not JSON"):
            made.deserialize(changed)


@pytest.mark.parametrize("text", [b"", b"x", b"AAAA", b"\xff", b"AAEC" * 9])
def test_nonsense_is_refused_as_unsigned(files, text):
    with pytest.raises(SecurityError):
        _made(SigningSettings.read(files)).deserialize(text)
