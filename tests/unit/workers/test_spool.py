"""The spool: whole files or none, bounded, read with suspicion."""

import errno
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.core.arrangement import Arrangement
from permq.pool.solutions import Found
from workers.spool import Spool, Spooled, read

FINDS = [Found(Arrangement.of([2, 0, 3, 1, 4]), "anneal"), Found(Arrangement.of([0, 1, 2]), "lns")]
SPOOLED = Spooled.of("ab" * 32, 7, 3, None, FINDS)


def test_what_is_kept_comes_back(tmp_path):
    spool = Spool(tmp_path / "spool")
    path = spool.keep(SPOOLED)
    assert list(spool.waiting()) == [(path, SPOOLED)]
    assert SPOOLED.found == FINDS


def test_the_same_slice_is_kept_once(tmp_path):
    spool = Spool(tmp_path)
    spool.keep(SPOOLED)
    spool.keep(SPOOLED)
    assert len(list(spool.waiting())) == 1


def test_other_finds_of_the_same_slice_do_not_replace_the_first(tmp_path):
    """A process that lost its lease, and whoever does the slice again, may both come to spool."""
    spool = Spool(tmp_path)
    others = Spooled.of("ab" * 32, 7, 3, None, FINDS[:1])
    paths = {spool.keep(SPOOLED), spool.keep(others)}
    assert dict(spool.waiting()).keys() == paths
    assert others in dict(spool.waiting()).values()


def test_a_full_disk_is_not_filled_with_halves_of_files(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        Spool(tmp_path).keep(SPOOLED)
    assert list(tmp_path.iterdir()) == []


def test_a_full_spool_takes_nothing_more_and_says_so(tmp_path):
    spool = Spool(tmp_path, max_bytes=300)
    spool.keep(SPOOLED)
    with pytest.raises(OSError, match="holds 300 bytes"):
        spool.keep(Spooled.of("ab" * 32, 8, 3, None, FINDS))


def test_what_was_set_aside_counts_and_halves_are_removed(tmp_path):
    spool = Spool(tmp_path, max_bytes=300)
    spool.set_aside(spool.keep(SPOOLED))
    (tmp_path / "half.part").write_bytes(bytes(1000))
    spool.tidy()
    assert 0 < spool.size < 300
    with pytest.raises(OSError, match="holds 300 bytes"):
        spool.keep(Spooled.of("ab" * 32, 8, 3, None, FINDS))


def test_what_cannot_be_delivered_is_kept_out_of_the_way(tmp_path):
    spool = Spool(tmp_path)
    aside = spool.set_aside(spool.keep(SPOOLED))
    assert list(spool.waiting()) == []
    assert read(aside) == SPOOLED


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"finds": []},
        {"finds": [["1,2", "anneal"]]},
        {"job": "7"},
        {"slice": None},
        {"fingerprint": 5},
        {"more": 1},
        {"parent": 1.5},
    ],
)
def test_a_damaged_file_is_none(tmp_path, change):
    path = Spool(tmp_path).keep(SPOOLED)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert read(path) is None


@given(st.binary(max_size=200))
def test_no_bytes_bring_the_reader_down(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "spooled.json"
    path.write_bytes(data)
    assert read(path) is None


def test_a_nesting_too_deep_is_none(tmp_path):
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000)
    assert read(path) is None
