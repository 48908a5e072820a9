"""Files of the pool: what is written reads the same, and damage never reads as something else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.core.arrangement import Arrangement
from permq.errors import AnswerError, OptionError, PuzzleError, SchemaError
from permq.pool.backup_file import inspect
from permq.pool.content import contents_of, pack, unpack
from permq.pool.exchange import read
from tests.fuzz.targets.pool_files import FINGERPRINT, _backups
from tests.toys import toy_puzzle

COPY = pack(toy_puzzle(4, blocks=2, width=3, hidden=4, rows=4)[0])
BACKUP = _backups()[0]


def damaged(whole):
    """One to three of its bytes are others."""
    places = st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=3)

    def strike(found):
        changed = bytearray(whole)
        for place in found:
            changed[place] ^= 1 + place % 255
        return bytes(changed)

    return places.map(strike)


@given(st.integers(0, 50), st.booleans())
def test_a_puzzle_comes_back_as_it_was(seed, square):
    puzzle, _ = toy_puzzle(seed, blocks=3, width=4, hidden=4 if square else 5, rows=6)
    again = unpack(pack(puzzle))
    assert pack(again) == pack(puzzle)
    assert contents_of(again) == again.fingerprint


@given(damaged(COPY))
def test_a_damaged_copy_is_refused_or_the_same_puzzle(data):
    try:
        puzzle = unpack(data)
    except PuzzleError:
        return
    assert puzzle.fingerprint == unpack(COPY).fingerprint


@given(damaged(BACKUP))
def test_a_damaged_backup_is_refused_or_the_same_backup(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "damaged.backup"
    path.write_bytes(data)
    try:
        backup = inspect(path)
    except (OptionError, SchemaError):
        return
    path.write_bytes(BACKUP)
    whole = inspect(path)
    # when it was made stands in no checksum
    assert (backup.tables, backup.checksums) == (whole.tables, whole.checksums)


answers = st.integers(1, 6).flatmap(
    lambda blocks: st.permutations(range(2 * blocks + 1)).map(Arrangement.of)
)
words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)


@given(st.lists(st.tuples(answers, words, words), min_size=1, max_size=5))
def test_solutions_read_as_they_were_written(tmp_path_factory, listed):
    path = tmp_path_factory.getbasetemp() / "found.json"
    rows = [
        {"answer": found.text, "method": method, "node": node} for found, method, node in listed
    ]
    path.write_text(json.dumps(rows), encoding="utf-8")
    found = [(one.found.arrangement, one.found.method, one.node) for one in read(path, FINGERPRINT)]
    assert found == listed


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet"])
@given(data=st.binary(max_size=200))
def test_no_bytes_are_imported_by_half(tmp_path_factory, suffix, data):
    path: Path = tmp_path_factory.getbasetemp() / f"found.{suffix}"
    path.write_bytes(data)
    try:
        found = read(path, FINGERPRINT)
    except (OptionError, AnswerError):
        return
    assert found == []
