import collections
import io
import os
import pickle
import struct
import zipfile
from contextlib import suppress

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from permq.core.files import UnreadableError
from permq.core.pickled import MAX_PICKLE_BYTES, parse, parse_state_dict
from permq.core.pieces import as_float32, read_layer, read_tensors
from permq.core.puzzle import Layer
from permq.errors import PuzzleError
from tests.puzzle_files import REAL, needs_real_puzzle

ROOM = 1 << 20
OLD = {"_use_new_zipfile_serialization": False}


def linear(out=3, into=2, dtype=torch.float32):
    generator = torch.Generator().manual_seed(out * 10 + into)
    return collections.OrderedDict(
        weight=torch.randn(out, into, generator=generator).to(dtype),
        bias=torch.randn(out, generator=generator).to(dtype),
    )


def saved(state, **options):
    buffer = io.BytesIO()
    torch.save(state, buffer, **options)
    return buffer.getvalue()


def with_pickle(description, state=None):
    """A file of `torch.save` whose description of the tensors is replaced, checksums right."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(state or linear()))) as source,
        zipfile.ZipFile(buffer, "w") as target,
    ):
        for name in source.namelist():
            content = description if name.endswith("/data.pkl") else source.read(name)
            target.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def write(tmp_path):
    def written(content):
        path = tmp_path / "piece_0.pth"
        path.write_bytes(content)
        return path

    return written


def refused(path):
    with pytest.raises(PuzzleError) as caught:
        read_layer(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value.problem


def assert_same(path):
    """Our reader and torch's see the same numbers."""
    loaded = torch.load(path, map_location="cpu", weights_only=True)
    tensors = read_tensors(path, ROOM)
    assert list(tensors) == list(loaded)
    for name, values in tensors.items():
        assert values.dtype == np.float32
        assert np.array_equal(values, loaded[name].detach().float().numpy(), equal_nan=True)


@needs_real_puzzle
@pytest.mark.parametrize("number", range(97))
def test_every_real_piece_is_read_as_torch_reads_it(number):
    assert_same(REAL / "pieces" / f"piece_{number}.pth")


@pytest.mark.parametrize("options", [{}, OLD])
@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16], ids=str
)
def test_formats_and_types_of_torch_are_read_as_torch_reads_them(write, dtype, options):
    path = write(saved(linear(5, 4, dtype), **options))
    assert_same(path)
    assert isinstance(read_layer(path), Layer)


@pytest.mark.parametrize("protocol", [3, 4, 5])  # torch itself reads 2 only
def test_newer_pickle_protocols_are_read(write, protocol):
    state = linear()
    layer = read_layer(write(saved(state, pickle_protocol=protocol)))
    assert np.array_equal(layer.weight, state["weight"].numpy())
    assert np.array_equal(layer.bias, state["bias"].numpy())


@pytest.mark.parametrize("options", [{}, OLD])
@pytest.mark.parametrize(
    "state",
    [
        dict(linear()),
        {name: torch.nn.Parameter(tensor) for name, tensor in linear().items()},
        torch.nn.Linear(2, 3).state_dict(),
        {"weight": torch.arange(12.0).reshape(3, 4).T, "bias": torch.ones(4)},
        {"weight": torch.arange(24.0).reshape(4, 6)[1:3, 1::2], "bias": torch.ones(5)[3:]},
        {"weight": torch.tensor([[1.0]]), "bias": torch.tensor([torch.nan])},
        {"weight": (shared := torch.arange(6.0)).reshape(2, 3), "bias": shared[:2]},
        {"scalar": torch.tensor(2.0), "empty": torch.empty(0, 3)},
        {},
    ],
)
def test_views_and_kinds_of_dicts_are_read_as_torch_reads_them(write, state, options):
    assert_same(write(saved(state, **options)))


def test_a_file_from_another_device_or_of_another_byte_order_is_read(write):
    state = {"weight": torch.tensor([[1.0, 2.0]]), "bias": torch.tensor([3.0])}
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(state))) as source,
        zipfile.ZipFile(buffer, "w") as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("byteorder"):
                content = b"big"
            elif "/data/" in name:
                content = np.frombuffer(content, "<f4").astype(">f4").tobytes()
            elif name.endswith("data.pkl"):
                content = content.replace(b"\x03\x00\x00\x00cpu", b"\x06\x00\x00\x00cuda:0")
            target.writestr(name, content)
    layer = read_layer(write(buffer.getvalue()))
    assert layer.weight.tolist() == [[1, 2]]
    assert layer.bias.tolist() == [3]


def test_a_file_saved_without_checksums_is_read(write):
    before = torch.serialization.get_crc32_options()
    torch.serialization.set_crc32_options(False)
    try:
        content = saved(linear())
    finally:
        torch.serialization.set_crc32_options(before)
    assert_same(write(content))


@pytest.mark.parametrize("options", [{}, OLD])
@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ({"weight": torch.ones(2, 2)}, "needs the keys weight and bias, found 'weight'"),
        (
            {"w": torch.ones(1, 1), "b": torch.ones(1)},
            "needs the keys weight and bias, found 'b', 'w'",
        ),
        ({**linear(), "scale": torch.ones(1)}, "needs the keys weight and bias, found 'bias', 's"),
        ({}, "needs the keys weight and bias, found nothing"),
        ({"weight": torch.ones(2), "bias": torch.ones(2)}, "weight of shape (2,) and bias of"),
        ({"weight": torch.ones(2, 3), "bias": torch.ones(3)}, "weight of shape (2, 3) and bias of"),
        ({"weight": torch.ones(2, 0), "bias": torch.ones(2)}, "weight of shape (2, 0) and bias of"),
        ({"weight": torch.ones(1, 1), "bias": torch.tensor([torch.inf])}, "bias holds NaN or inf"),
        ({"weight": torch.tensor([[torch.nan]]), "bias": torch.ones(1)}, "weight holds NaN or inf"),
        ({"weight": torch.ones(1, 1).double() * 1e39, "bias": torch.ones(1)}, "weight holds NaN"),
        ({"weight": torch.ones(1, 1, dtype=torch.int64)}, "holds LongStorage, not floating-point"),
        ({"weight": torch.ones(1, 1, dtype=torch.complex64)}, "holds ComplexFloatStorage, not"),
        ({"weight": 1}, "entry 'weight' is no tensor"),
        ({"weight": torch.ones(1).expand(9)}, "damaged: a tensor of shape (9,) exceeds its"),
        (torch.ones(2), "holds no state dict"),
        ([torch.ones(2)], "holds no state dict"),
        (torch.nn.Linear(2, 2), "asks for 'torch.nn.modules.linear.Linear', no tensor"),
        ({"weight": np.ones(2)}, "no tensor; code in a file is never run"),
    ],
)
def test_a_file_of_something_else_says_what_it_holds(write, state, problem, options):
    assert problem in refused(write(saved(state, **options)))


class Command:
    """Runs a shell command when it is unpickled."""

    def __init__(self, text):
        self.text = text

    def __reduce__(self):
        return os.system, (self.text,)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: {"weight": x}, lambda x: [x]])
def test_code_in_a_file_is_never_run(write, tmp_path, protocol, wrap):
    trace = tmp_path / "trace"
    state = wrap(Command(f"touch {trace}"))
    refused(write(with_pickle(pickle.dumps(state, protocol=protocol))))
    refused(write(pickle.dumps(state, protocol=protocol)))
    for options in ({}, OLD):
        refused(write(saved(state, pickle_protocol=max(2, protocol), **options)))
    assert not trace.exists()


@pytest.mark.parametrize(
    "description",
    [
        b"\x80\x02cos\nsystem\n(X\x04\x00\x00\x00truetR.",
        b"\x80\x02cbuiltins\neval\n(X\x01\x00\x00\x001tR.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
        b"\x80\x02ctorch._utils\n_rebuild_tensor\n.",
        b"\x80\x02ctorch\nload\n(X\x01\x00\x00\x00xtR.",
        b"\x80\x02(ios\nsystem\n.",
        b"\x80\x02ccollections\nOrderedDict\n)\x81.",
        b"\x80\x02\x82\x01.",
    ],
)
def test_every_way_to_name_a_function_is_refused(write, description):
    assert "code in a file is never run" in refused(write(with_pickle(description)))


@pytest.mark.parametrize(
    "description",
    [
        b"",
        b"\x80",
        b"\x80\x02",
        b"\x80\x02.",
        b"\x80\x02}",
        b"\x80\x02N.",
        b"\x80\x01}.",
        b"\x80\x06}.",
        b"\x80\x02}.}",
        b"\x80\x02r\xff\xff\xff\xff.",
        b"\x80\x02}r\xff\xff\xff\xffs.",
        b"\x80\x02j\xff\xff\xff\x7f.",
        b"\x80\x02X\xff\xff\xff\xff.",
        b"\x80\x02\x8a\xff.",
        b"\x80\x02c" + b"a" * 10_000 + b"\nb\n.",
        b"\x80\x02" + b"(" * 100_000 + b"t" * 100_000 + b".",
        b"\x80\x02}" + b")" + b"\x85" * 500_000 + b"Ns.",
        b"\x80\x02)" + b"\x85" * 500_000 + b".",
        b"\x80\x02)Q.",
        b"\x80\x02X\x07\x00\x00\x00storage\x85Q.",
        b"\x80\x02ctorch\nFloatStorage\n)R.",
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.",
        b"\x80\x02ctorch._utils\n_rebuild_parameter\n)R.",
        b"\x80\x02ccollections\nOrderedDict\nN\x85R.",
        b"\x80\x02]" + b"}" * MAX_PICKLE_BYTES + b".",
    ],
    ids=range(25),
)
def test_broken_and_hostile_descriptions_are_refused(write, description):
    refused(write(with_pickle(description)))


def tensor_pickle(count, offset, shape, strides):
    """A state dict of one tensor, with these numbers in its record."""

    def numbers(values):
        return b"(" + b"".join(b"\x8a\x08" + struct.pack("<q", v) for v in values) + b"t"

    storage = (
        b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu"
        + numbers([count])[1:-1]
        + b"tQ"
    )
    record = storage + numbers([offset])[1:-1] + numbers(shape) + numbers(strides) + b"\x89)"
    return (
        b"\x80\x02}X\x06\x00\x00\x00weightctorch._utils\n_rebuild_tensor_v2\n(" + record + b"tRs."
    )


def test_the_hand_made_description_is_a_right_one():
    ((name, record),) = parse_state_dict(tensor_pickle(6, 1, (2, 2), (2, 1)))
    assert name == "weight"
    assert record == (("FloatStorage", "0", 6), 1, (2, 2), (2, 1))


@pytest.mark.parametrize(
    ("count", "offset", "shape", "strides"),
    [
        (6, 0, (7,), (1,)),
        (6, 1, (6,), (1,)),
        (6, 0, (2, 3), (4, 1)),
        (6, -1, (2,), (1,)),
        (6, 5, (2,), (-1,)),
        (6, 0, (-2, -3), (3, 1)),
        (6, 0, (2, 3), (3,)),
        (6, 0, (1,) * 9, (1,) * 9),
        (6, 0, (2**40, 2**40), (0, 0)),
        (1, 0, (10**6,), (0,)),
        (2**62 - 1, 0, (2**31, 2**31), (2**31, 1)),
        (2**40, 0, (2**40,), (1,)),
        (7, 0, (6,), (1,)),
        (5, 0, (5,), (1,)),
        (-1, 0, (1,), (1,)),
    ],
)
def test_a_tensor_beyond_its_storage_is_refused(write, count, offset, shape, strides):
    refused(write(with_pickle(tensor_pickle(count, offset, shape, strides))))


def test_truncated_files_are_refused_at_every_length(write):
    for options in ({}, OLD):
        whole = saved(linear(), **options)
        for length in range(0, len(whole) - 1, 7):
            refused(write(whole[:length]))


def test_compressed_encrypted_and_doubled_entries_are_refused(write):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("a/data.pkl", b"0" * 10_000)
    assert "compressed or encrypted" in refused(write(buffer.getvalue()))
    twice = with_pickle(b"\x80\x02}.").replace(b"archive/version", b"archive/.format")
    twice = twice.replace(b"archive/.format_v", b"archive/version_v")
    refused(write(twice))


def test_an_archive_of_something_else_is_refused(write):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("word/document.xml", b"<x/>")
    assert "no file written by torch.save" in refused(write(buffer.getvalue()))


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", b"\x80\x02}.", b"\x89HDF", b"\0" * 999])
def test_files_of_other_programs_are_refused(write, content):
    refused(write(content))


def test_folders_pipes_and_large_files_are_refused(tmp_path):
    assert refused(tmp_path) == "is no regular file"
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe") == "is no regular file"
    with (tmp_path / "large").open("wb") as large:
        large.truncate(1 << 40)
    assert "at most" in refused(tmp_path / "large")
    assert refused(tmp_path / "none") == "no such file"


SEEDS = [saved(linear()), saved(linear(), **OLD), saved(linear(), pickle_protocol=4)]


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_flipped_bits_give_a_layer_or_a_clear_refusal(write, data):
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = write(bytes(content))
    with suppress(PuzzleError):
        layer = read_layer(path)
        assert layer.weight.dtype == layer.bias.dtype == np.float32
        assert layer.weight.ndim == 2


@settings(max_examples=300)
@given(st.binary(max_size=80))
def test_any_bytes_behind_a_protocol_are_parsed_or_refused(tail):
    with suppress(UnreadableError):
        parse(b"\x80\x02" + tail, 0)


opcodes = st.sampled_from(
    [
        *b"\x93 ( ) } ] N \x88 t \x85 \x86 \x87 \x94 s u a e b Q R .".split(),
        *(b"K\x03", b"J\xff\xff\xff\xff", b"\x8a\x01\x05", b"X\x01\0\0\0a", b"\x8c\x01b"),
        *(b"q\0", b"h\0", b"X\x07\0\0\0storage", b"ctorch._utils\n_rebuild_tensor_v2\n"),
        *(b"ctorch\nFloatStorage\n", b"ccollections\nOrderedDict\n"),
    ]
)


@settings(max_examples=500)
@given(st.lists(opcodes, max_size=30).map(b"".join))
def test_any_program_of_known_opcodes_ends(program):
    with suppress(UnreadableError):
        parse(program + b".", 0)


def test_bfloat16_is_the_upper_half_of_a_float32():
    values = np.float32([1.0, -2.5, 3e38])
    upper = (values.view(np.uint32) >> 16).astype("<u2")
    assert np.allclose(as_float32(upper.tobytes(), "u2"), values, rtol=1e-2)
