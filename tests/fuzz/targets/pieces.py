"""Piece files, their pickles, and bundles of pieces."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fuzz.guard import Scratch
from tests.fuzz.mutate import bytes_of, zip_of
from tests.fuzz.target import Target, law

_LAYERS = ((2, 3), (1, 2), (3, 1))
WORDS = (
    *(b"torch._utils\n_rebuild_tensor_v2\n", b"torch\nFloatStorage\n", b"torch\nHalfStorage\n"),
    *(b"torch\nBFloat16Storage\n", b"torch\nDoubleStorage\n", b"torch\nLongStorage\n"),
    *(b"collections\nOrderedDict\n", b"os\nsystem\n", b"builtins\neval\n", b"storage", b"cpu"),
    *(b"weight", b"bias", b"0", b"data/0", b"data.pkl", b"byteorder", b"little", b"big"),
    *(b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"\x80\x02", b"\x80\x05"),
    *(b"(", b")", b"}", b"]", b"t", b"\x85", b"\x86", b"\x87", b"R", b"Q", b"q\x00", b"h\x00"),
    *(b"\x93", b"\x94", b"\x95", b"\x8c\x06weight", b"X\x06\x00\x00\x00weight", b"N", b".", b"b"),
    *(b"K\x01", b"M\x00\x01", b"J\xff\xff\xff\xff", b"\x8a\x08" + b"\xff" * 8, b"s", b"u", b"e"),
    *(b'"dtype":"F32"', b'"BF16"', b'"shape":[2,3]', b'"data_offsets":[0,24]', b"__metadata__"),
)


def _saved(value: Any, **options: Any) -> bytes:
    import torch

    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


def _state(kind: str = "float32", prefix: str = "") -> dict[str, Any]:
    import torch

    rows, columns = _LAYERS[0]
    of = getattr(torch, kind)
    weight = torch.arange(rows * columns, dtype=of).reshape(rows, columns)
    return {f"{prefix}weight": weight, f"{prefix}bias": torch.ones(rows, dtype=of)}


def _pieces() -> list[bytes]:
    import torch

    states = [_state(kind) for kind in ("float32", "float16", "bfloat16", "float64")]
    linear = torch.nn.Linear(3, 2)
    shared = {"weight": torch.ones(2, 2).t(), "bias": torch.ones(2)}
    everything = [
        *states,
        linear.state_dict(),
        shared,
        {"weight": torch.nn.Parameter(torch.ones(2, 2)), "bias": torch.ones(2)},
    ]
    return [
        *(_saved(state) for state in everything),
        *(_saved(state, _use_new_zipfile_serialization=False) for state in everything[:5]),
        _saved(states[0], pickle_protocol=5),
    ]


def _numbered() -> dict[str, Any]:
    import torch

    return {
        f"layers.{number}.{part}": torch.ones(shape if part == "weight" else shape[:1])
        for number, shape in enumerate(_LAYERS)
        for part in ("weight", "bias")
    }


def _bundles() -> list[bytes]:
    from safetensors.torch import save

    numbered = _numbered()
    return [
        _saved(numbered),
        _saved(numbered, _use_new_zipfile_serialization=False),
        save(numbered),
        save({name: one.bfloat16() for name, one in numbered.items()}, {"format": "pt"}),
        save({name: one.double() for name, one in numbered.items()}),
    ]


def _prepare_pieces(folder: Path) -> Callable[[bytes], object]:
    import numpy as np

    from permq.core.pieces import read_layer

    scratch = Scratch(folder, "piece_0.pth")

    def run(data: bytes) -> None:
        layer = read_layer(scratch.hold(data))
        law(layer.weight.dtype == layer.bias.dtype == np.float32, "a layer of other numbers")
        law(layer.weight.ndim == 2 and layer.bias.shape == layer.weight.shape[:1], "other shapes")
        law(np.isfinite(layer.weight).all() and np.isfinite(layer.bias).all(), "not finite")
        law(layer.weight.nbytes <= 8 * len(data) + 64, "more numbers than the file holds")

    return run


def _prepare_pickles(folder: Path) -> Callable[[bytes], object]:
    from permq.core.files import UnreadableError
    from permq.core.pickled import parse_state_dict

    del UnreadableError

    def run(data: bytes) -> None:
        parse_state_dict.cache_clear()
        for name, record in parse_state_dict(data):
            law(type(name) is str and record.storage.numbers >= 0, "names and records are wanted")

    return run


def _pickles() -> list[bytes]:
    import zipfile

    found = []
    for piece in (*_pieces(), *_bundles()):
        if piece[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(piece)) as archive:
                found += [archive.read(name) for name in archive.namelist() if name.endswith("pkl")]
    return found


def _prepare_bundles(folder: Path) -> Callable[[bytes], object]:
    import safetensors  # noqa: F401 - before the first case

    from permq.core.bundle import read_bundle

    torch_file, other = Scratch(folder, "layers.pth"), Scratch(folder, "layers.safetensors")

    def run(data: bytes) -> None:
        scratch = torch_file if data[:2] == b"PK" or data[:1] == b"\x80" else other
        for number, layer in read_bundle(scratch.hold(data)).items():
            law(number >= 0 and layer.weight.ndim == 2, "a numbered layer is wanted")

    return run


def _unreadable() -> tuple[type[BaseException], ...]:
    from permq.core.files import UnreadableError

    return (UnreadableError,)


def _bytes(data: bytes, rng: Any) -> bytes:
    return bytes_of(data, rng, (), WORDS)


def _safetensors_head(data: bytes, rng: Any) -> bytes:
    """Change the JSON at the head and keep its length right."""
    from tests.fuzz.mutate import json_of

    size = int.from_bytes(data[:8], "little")
    if not 2 <= size <= len(data) - 8:
        return data
    head = json_of(data[8 : 8 + size], rng)
    return len(head).to_bytes(8, "little") + head + data[8 + size :]


TARGETS = (
    Target(
        "pieces",
        "piece files of torch.save, both formats",
        _prepare_pieces,
        _pieces,
        words=WORDS,
        mutations=(zip_of(_bytes), zip_of(_bytes), _bytes),
        weight=8,
        longest=8192,
    ),
    Target(
        "pickles",
        "the pickle that describes tensors",
        _prepare_pickles,
        _pickles,
        refusals=_unreadable(),
        words=WORDS,
        weight=8,
    ),
    Target(
        "bundles",
        "layers in one file, of torch or safetensors",
        _prepare_bundles,
        _bundles,
        words=WORDS,
        mutations=(zip_of(_bytes), _safetensors_head, _bytes),
        longest=8192,
    ),
)
