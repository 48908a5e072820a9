"""A puzzle as bytes, so that no node needs a path to it."""

import io
import json
import tokenize
import zipfile
import zlib
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from permq.core.activations import ACTIVATIONS
from permq.core.fingerprint import fingerprint
from permq.core.puzzle import Layer, Puzzle
from permq.errors import PuzzleError

_VERSION = 1
_PLACE = "the pool's copy of the puzzle"
_DESCRIPTION = ("name", "activation", "last_piece", "solution_sha256")
# blocks L, hidden h, width d, outputs m, rows N
_AXES = {
    "inp_pieces": "L",
    "out_pieces": "L",
    "w_in": "Lhd",
    "b_in": "Lh",
    "w_out": "Ldh",
    "b_out": "Ld",
    "w_last": "md",
    "b_last": "m",
    "x": "Nd",
    "pred": "Nm",
    "true": "Nm",
}
# a head that claims more than there is memory, or that numpy's own parser cannot parse
_DAMAGES = (
    *(ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, EOFError),
    *(OSError, MemoryError, SyntaxError, NotImplementedError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, tokenize.TokenError),
)
_ARRAYS = (
    "inp_pieces",
    "out_pieces",
    "w_in",
    "b_in",
    "w_out",
    "b_out",
    "w_last",
    "b_last",
    "x",
    "pred",
)


def contents_of(puzzle: Puzzle) -> str:
    """Fingerprint of what a puzzle holds, computed anew; see `permq.core.fingerprint`."""
    layers = {puzzle.last_piece: Layer(puzzle.w_last, puzzle.b_last)}
    for pieces, weights, biases in (
        (puzzle.inp_pieces, puzzle.w_in, puzzle.b_in),
        (puzzle.out_pieces, puzzle.w_out, puzzle.b_out),
    ):
        for piece, weight, bias in zip(pieces, weights, biases, strict=True):
            layers[int(piece)] = Layer(weight, bias)
    return fingerprint(layers, puzzle.x, puzzle.pred, puzzle.true)


def pack(puzzle: Puzzle) -> bytes:
    """Write a puzzle as an `.npz` archive without pickles; the same puzzle gives the same bytes.

    Parameters
    ----------
    puzzle
        What to write. Roles chosen for square layers are undone: they belong to an answer, not
        to the puzzle. Its path is left out.

    Returns
    -------
    bytes
        To be read by `unpack`.
    """
    puzzle = without_roles(puzzle)
    about = {
        "version": _VERSION,
        "name": puzzle.name,
        "activation": puzzle.activation,
        "last_piece": int(puzzle.last_piece),
        "solution_sha256": puzzle.solution_sha256,
        "fingerprint": contents_of(puzzle),
    }
    arrays: dict[str, Any] = {name: getattr(puzzle, name) for name in _ARRAYS}
    if puzzle.true is not None:
        arrays["true"] = puzzle.true
    packed = io.BytesIO()
    text = json.dumps(about, sort_keys=True).encode()
    np.savez(packed, about=np.frombuffer(text, np.uint8), **arrays)
    return packed.getvalue()


def unpack(data: bytes) -> Puzzle:
    """Read what `pack` wrote, and check it against its fingerprint.

    Parameters
    ----------
    data
        The archive.

    Raises
    ------
    PuzzleError
        When it is damaged, of another version, or does not have its fingerprint.
    """
    try:
        arrays = _arrays(data)
        about = json.loads(arrays.pop("about").tobytes())
        if about["version"] != _VERSION:
            raise PuzzleError(_PLACE, f"is of version {about['version']}: upgrade permq here")
        puzzle = Puzzle(**_checked(about), **_fitting(arrays))
        contents = contents_of(puzzle)
    except _DAMAGES as error:
        raise PuzzleError(_PLACE, f"is damaged: {' '.join(str(error).split())[:200]}") from None
    if contents != about["fingerprint"]:
        raise PuzzleError(_PLACE, "is damaged: its contents do not have its fingerprint")
    return replace(puzzle, fingerprint=contents)


def _arrays(data: bytes) -> dict[str, NDArray[Any]]:
    """Arrays of an archive; nothing in it can be larger in memory than in the archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in packed.infolist()):
            raise ValueError("it is compressed")
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        found = {name: archive[name] for name in archive.files}
    for name, array in found.items():
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{name} is no array")
    return found


def _fitting(arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """Complain about arrays that are not those of a puzzle, or do not fit together."""
    if arrays.keys() - {"true"} != set(_ARRAYS):
        raise ValueError("its arrays are not those of a puzzle")
    sizes: dict[str, int] = {}
    for name, array in arrays.items():
        axes = _AXES[name]
        whole = name.endswith("_pieces")
        if array.ndim != len(axes) or array.dtype.kind != ("i" if whole else "f"):
            raise ValueError(f"{name} has shape {array.shape} of {array.dtype}")
        for axis, size in zip(axes, array.shape, strict=True):
            if size == 0 or sizes.setdefault(axis, size) != size:
                raise ValueError(f"{name} of shape {array.shape} does not fit the others")
    return arrays


def _checked(about: dict[str, Any]) -> dict[str, Any]:
    """Complain about a description that is none of a puzzle."""
    match about:
        case {
            "name": str(),
            "activation": str(activation),
            "last_piece": int(),
            "solution_sha256": str() | None,
            "fingerprint": str(),
        } if activation in ACTIVATIONS:
            return {name: about[name] for name in _DESCRIPTION}
    raise ValueError("its description is none of a puzzle")


def without_roles(puzzle: Puzzle) -> Puzzle:
    """The puzzle as it is loaded: of square layers the first L pieces stand as inputs."""
    if not puzzle.square:
        return puzzle
    pieces = sorted(int(p) for p in (*puzzle.inp_pieces, *puzzle.out_pieces))
    return puzzle.with_roles(pieces[: puzzle.blocks])
