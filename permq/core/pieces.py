"""Tensors of a `.pth` file without torch, and without ever running code from it.

Both formats of `torch.save` are read: the zip archive (since torch 1.6) and the older stream of
pickles. What torch itself would load with `weights_only=True` and is no state dict of
floating-point tensors is refused.
"""

import os
from collections.abc import Callable
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from permq.core.archive import StoredArchive
from permq.core.files import UnreadableError, read_bounded
from permq.core.pickled import parse, parse_state_dict, state_dict
from permq.core.puzzle import Floats, Layer
from permq.core.tensor_records import Storage, TensorRecord
from permq.errors import PuzzleError

MAX_PIECE_BYTES = 256 << 20
MAX_NUMBERS = 1 << 29  # 2 GiB of float32
NO_TORCH_FILE = "is no file written by torch.save"

# a pickled long that starts every file of the older format, and the version it is followed by
_MAGIC = 0x1950A86A20F9469CFC6C
_STREAM_VERSION = 1001

_FORMATS = {
    "FloatStorage": "f4",
    "DoubleStorage": "f8",
    "HalfStorage": "f2",
    "BFloat16Storage": "u2",
}

Tensors = tuple[tuple[str, TensorRecord], ...]


def read_layer(path: str | os.PathLike[str]) -> Layer:
    """Read one piece: a state dict of `weight` (out, in) and `bias` (out,).

    Parameters
    ----------
    path
        A file written by `torch.save`.

    Returns
    -------
    Layer
        Float32 whatever the file holds; the arrays may be read-only views of its bytes.

    Raises
    ------
    PuzzleError
        When the file cannot be read, wants to run code, or holds anything else.
    """
    return as_layer(read_tensors(path, MAX_PIECE_BYTES), path)


def as_layer(tensors: dict[str, Floats], path: str | os.PathLike[str], prefix: str = "") -> Layer:
    """Check that tensors are a weight and a bias that fit each other.

    Parameters
    ----------
    tensors
        By name, without the prefix.
    path, prefix
        Named in errors.

    Raises
    ------
    PuzzleError
        When names, dimensions or shapes are others, or a value is NaN or infinite.
    """
    if tensors.keys() != {"weight", "bias"}:
        found = ", ".join(map(repr, sorted(tensors)))[:120] or "nothing"
        raise PuzzleError(Path(path), f"{prefix}needs the keys weight and bias, found {found}")
    weight, bias = tensors["weight"], tensors["bias"]
    if weight.ndim != 2 or bias.shape != weight.shape[:1] or not weight.size:
        raise PuzzleError(
            Path(path),
            f"{prefix}weight of shape {weight.shape} and bias of shape {bias.shape} "
            "are no linear layer",
        )
    for name, values in tensors.items():
        if not np.isfinite(values).all():
            raise PuzzleError(Path(path), f"{prefix}{name} holds NaN or infinite values")
    return Layer(weight, bias)


def read_tensors(path: str | os.PathLike[str], limit: int) -> dict[str, Floats]:
    """Read the tensors of a state dict.

    Parameters
    ----------
    path
        A file written by `torch.save`.
    limit
        Largest size of the file to accept, in bytes.

    Returns
    -------
    dict of str to float32 array
        In the order of the file; float16, bfloat16 and float64 are converted.

    Raises
    ------
    PuzzleError
        When the file cannot be read, wants to run code, or holds anything else.
    """
    data = read_bounded(path, limit)
    try:
        return _read_archive(data) if data[:2] == b"PK" else _read_stream(data)
    except UnreadableError as error:
        raise PuzzleError(Path(path), str(error)) from None


def _read_archive(data: bytes) -> dict[str, Floats]:
    archive = StoredArchive(data)
    roots = [name for name in archive if name.count(b"/") == 1 and name.endswith(b"/data.pkl")]
    if len(roots) != 1:
        raise UnreadableError(f"{NO_TORCH_FILE}: the archive lacks its data.pkl")
    root = roots[0].removesuffix(b"data.pkl")
    order = "<"
    if root + b"byteorder" in archive:
        order = {b"little": "<", b"big": ">"}.get(bytes(archive.read(root + b"byteorder")), "")
        if not order:
            raise UnreadableError("damaged: unknown byte order")
    tensors = parse_state_dict(bytes(archive.read(roots[0])))
    return _load(
        tensors, order, lambda storage: archive.read(root + b"data/" + storage.key.encode())
    )


def _read_stream(data: bytes) -> dict[str, Floats]:
    """Read the older format: five pickles, then every storage as a count and its values."""
    if data[:1] != b"\x80":
        raise UnreadableError(NO_TORCH_FILE if data else "is empty")
    magic, at = parse(data, 0)
    version, at = parse(data, at)
    system, at = parse(data, at)
    if magic != _MAGIC or version != _STREAM_VERSION or not isinstance(system, dict):
        raise UnreadableError(NO_TORCH_FILE)
    order = "<" if system.get("little_endian") is True else ">"
    value, at = parse(data, at)
    tensors = state_dict(value)
    keys, at = parse(data, at)
    sizes = {record.storage.key: _bytes(record.storage) for _, record in tensors}
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise UnreadableError("damaged: no list of storages")
    places = {}
    for key in keys:
        if key not in sizes:
            raise UnreadableError("damaged: a storage that no tensor uses")
        places[key] = memoryview(data)[at + 8 : at + 8 + sizes[key]]  # behind a count of 8 bytes
        at += 8 + sizes[key]
    if places.keys() != sizes.keys():
        raise UnreadableError("damaged: a tensor without its storage")
    return _load(tensors, order, lambda storage: places[storage.key])


def _load(
    tensors: Tensors, order: str, fetch: Callable[[Storage], memoryview]
) -> dict[str, Floats]:
    # tensors may share a storage, so the size of the file alone does not bound them
    if sum(prod(record.shape) for _, record in tensors) > MAX_NUMBERS:
        raise UnreadableError(f"too large: more than {MAX_NUMBERS:,} numbers")
    flat: dict[Storage, Floats] = {}
    loaded = {}
    for name, record in tensors:
        storage = record.storage
        if storage not in flat:
            raw = fetch(storage)
            if raw.nbytes != _bytes(storage):
                raise UnreadableError(
                    f"damaged or truncated: the values of {name[:80]!r} are incomplete"
                )
            flat[storage] = as_float32(raw, _FORMATS[storage.kind], order)
        loaded[name] = _view(flat[storage], record)
    return loaded


def _bytes(storage: Storage) -> int:
    if storage.kind not in _FORMATS:
        raise UnreadableError(f"holds {storage.kind}, not floating-point numbers")
    return storage.numbers * int(_FORMATS[storage.kind][1])


def _view(flat: Floats, record: TensorRecord) -> Floats:
    """Cut a tensor out of its storage; bounds were checked when the record was parsed."""
    size, contiguous = 1, []
    for length in reversed(record.shape):
        contiguous.append(size)
        size *= length
    if record.strides == tuple(reversed(contiguous)):
        return flat[record.offset : record.offset + size].reshape(record.shape)
    steps = [4 * stride for stride in record.strides]
    view = np.lib.stride_tricks.as_strided(flat[record.offset :], record.shape, steps)
    return np.ascontiguousarray(view)


def as_float32(raw: bytes | memoryview, form: str, order: str = "<") -> Floats:
    """Turn stored numbers into float32.

    Parameters
    ----------
    raw
        The bytes.
    form
        `f2`, `f4`, `f8`, or `u2` for bfloat16 (the upper half of a float32).
    order
        `<` or `>`, the byte order.

    Returns
    -------
    (n,) float32
        Values beyond float32 become infinite.
    """
    stored: NDArray[np.generic] = np.frombuffer(raw, order + form)
    if form == "u2":
        return (stored.astype(np.uint32) << 16).view(np.float32)
    with np.errstate(over="ignore"):
        return stored.astype(np.float32, copy=False)
