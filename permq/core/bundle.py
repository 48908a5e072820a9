"""One file for all pieces: a state dict, of torch or safetensors, whose layers are numbered."""

import re
from pathlib import Path
from typing import Any

from permq.core.files import read_bounded
from permq.core.pieces import as_float32, as_layer, read_tensors
from permq.core.puzzle import Floats, Layer
from permq.errors import PuzzleError

MAX_BUNDLE_BYTES = 2 << 30
SUFFIXES = (".pth", ".pt", ".safetensors")

# the number of a layer is what stands before `.weight`: 3.weight, layers.3.weight, piece_3.weight
_KEY = re.compile(r"(?:.*[^0-9])?([0-9]{1,9})\.(weight|bias)", re.DOTALL)
Entries = list[tuple[str, dict[str, Any]]]
_FORMATS = {"F16": "f2", "F32": "f4", "F64": "f8", "BF16": "u2"}


def read_bundle(path: Path) -> dict[int, Layer]:
    """Read the layers of one file.

    Parameters
    ----------
    path
        A `.safetensors` file, or one written by `torch.save`.

    Returns
    -------
    dict of int to Layer
        By number; whether numbers are missing is for the caller to check.

    Raises
    ------
    PuzzleError
        When it cannot be read, a key has no number, or a layer is no linear layer.
    """
    tensors = (
        _read_safetensors(path)
        if path.suffix == ".safetensors"
        else read_tensors(path, MAX_BUNDLE_BYTES)
    )
    if not tensors:
        raise PuzzleError(path, "holds no layers")
    parts: dict[int, dict[str, Floats]] = {}
    for key in sorted(tensors):  # safetensors come in no fixed order, errors should
        match = _KEY.fullmatch(key)
        if match is None:
            raise PuzzleError(
                path, f"key {key[:80]!r} is no weight or bias of a numbered layer, like '3.weight'"
            )
        layer = parts.setdefault(int(match[1]), {})
        if match[2] in layer:
            raise PuzzleError(path, f"layer {int(match[1])} has two keys for its {match[2]}")
        layer[match[2]] = tensors[key]
    return {number: as_layer(parts[number], path, f"layer {number}: ") for number in sorted(parts)}


def _read_safetensors(path: Path) -> dict[str, Floats]:
    data = read_bounded(path, MAX_BUNDLE_BYTES)
    from safetensors import SafetensorError, deserialize

    try:
        # safetensors has no annotations
        entries: Entries = deserialize(data)  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise PuzzleError(path, f"no safetensors file, or damaged: {str(error)[:200]}") from None
    tensors = {}
    for key, entry in entries:
        if entry["dtype"] not in _FORMATS:
            raise PuzzleError(
                path, f"{key[:80]!r} holds {entry['dtype']}, not floating-point numbers"
            )
        tensors[key] = as_float32(entry["data"], _FORMATS[entry["dtype"]]).reshape(entry["shape"])
    return tensors
