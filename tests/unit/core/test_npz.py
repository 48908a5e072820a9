import io
import json
import tracemalloc
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib import format as npy

from permq.core.files import UnreadableError
from permq.core.npz import MOST_ARRAYS, read_npz

LIMIT = 1 << 20


def packed(**arrays):
    data = io.BytesIO()
    np.savez_compressed(data, **arrays)
    return data.getvalue()


def archive(entries):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries:
            target.writestr(name, content)
    return data.getvalue()


def header(shape, dtype="<f8"):
    data = io.BytesIO()
    npy.write_array_header_1_0(data, {"descr": dtype, "fortran_order": False, "shape": shape})
    return data.getvalue()


def refused(data):
    with pytest.raises(UnreadableError) as caught:
        read_npz(data, LIMIT)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.int32).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array(2.5, np.float32),
        np.empty((0, 4)),
        np.array([True, False]),
        np.frombuffer(b"text", np.uint8),
        np.array(["ab", "c"]),
    ],
)
def test_arrays_are_read_as_numpy_reads_them(array):
    data = packed(a=array, b=np.ones(2))
    found = read_npz(data, LIMIT)
    with np.load(io.BytesIO(data)) as wanted:
        assert found.keys() == set(wanted)
        for name in wanted:
            np.testing.assert_array_equal(found[name], wanted[name], strict=True)
            assert found[name].flags.writeable


def test_a_bomb_is_refused_before_it_is_unpacked():
    data = packed(a=np.zeros(16 << 20, np.uint8))
    assert len(data) < 100_000
    tracemalloc.start()
    told = refused(data)
    assert tracemalloc.get_traced_memory()[1] < LIMIT
    tracemalloc.stop()
    assert told.startswith("too large: 1 arrays of 16,777,")


def test_too_many_arrays_are_refused():
    assert refused(archive([(f"{i}.npy", b"") for i in range(MOST_ARRAYS + 1)])).startswith("too l")


@pytest.mark.parametrize("shape", [(1 << 40,), (1 << 62, 1 << 62), (-1,), (-1, -8), (99,)])
def test_a_header_that_claims_more_than_there_is_is_refused(shape):
    assert "is not all there" in refused(archive([("a.npy", header(shape) + bytes(64))]))


def test_objects_are_refused():
    assert "holds objects" in refused(packed(a=np.array([{}], object)))


def test_a_size_that_is_a_lie_is_not_believed():
    data = bytearray(packed(a=np.zeros(4 << 20, np.uint8)))
    at = data.rindex(b"PK\1\2")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")  # in the table of contents
    refused(bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        packed(a=np.ones(9))[:-1],
        archive([("a.npy", b"")]),
        archive([("a.npy", b"\x93NUMPY\x01\x00\xff\xff")]),
        archive([("a.npy", header((1,), "<V0"))]),
        archive([("about", json.dumps({}))]),
    ],
)
def test_what_is_no_archive_of_arrays_is_refused(data):
    refused(data)


WHOLE = packed(a=np.arange(40), b=np.ones((3, 3)))


@given(st.data())
def test_changed_bytes_give_arrays_or_a_refusal(data):
    changed = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UnreadableError):
        read_npz(bytes(changed), LIMIT)
