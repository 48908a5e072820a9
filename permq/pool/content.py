"""A puzzle as bytes, so that no node needs a path to it."""

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import numpy as np

from permq.core.fingerprint import fingerprint
from permq.core.puzzle import Layer, Puzzle
from permq.errors import PuzzleError

_VERSION = 1
_PLACE = "the pool's copy of the puzzle"
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
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        about = json.loads(arrays.pop("about").tobytes())
        if about["version"] != _VERSION:
            raise PuzzleError(_PLACE, f"is of version {about['version']}: upgrade permq here")
        puzzle = Puzzle(
            name=about["name"],
            activation=about["activation"],
            last_piece=about["last_piece"],
            solution_sha256=about["solution_sha256"],
            **arrays,
        )
        contents = contents_of(puzzle)
    except (ValueError, TypeError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise PuzzleError(_PLACE, f"is damaged: {' '.join(str(error).split())[:200]}") from None
    if contents != about["fingerprint"]:
        raise PuzzleError(_PLACE, "is damaged: its contents do not have its fingerprint")
    return replace(puzzle, fingerprint=contents)


def without_roles(puzzle: Puzzle) -> Puzzle:
    """The puzzle as it is loaded: of square layers the first L pieces stand as inputs."""
    if not puzzle.square:
        return puzzle
    pieces = sorted(int(p) for p in (*puzzle.inp_pieces, *puzzle.out_pieces))
    return puzzle.with_roles(pieces[: puzzle.blocks])
