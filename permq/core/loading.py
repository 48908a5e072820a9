"""From a folder or file to a `Puzzle`."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from permq.core.activations import ACTIVATIONS
from permq.core.assembly import assemble
from permq.core.bundle import SUFFIXES, read_bundle
from permq.core.fingerprint import fingerprint
from permq.core.known import KNOWN
from permq.core.pieces import MAX_NUMBERS, read_layer
from permq.core.puzzle import Layer, Puzzle
from permq.core.settings_file import read_settings
from permq.core.table import read_table
from permq.errors import OptionError, PuzzleError

DATA_NAME = "historical_data.csv"
SETTINGS_NAME = "puzzle.toml"
PIECES_NAME = "pieces"

MAX_PIECES = 10_001

_PIECE = re.compile(r"piece_(.*)\.pth", re.DOTALL)
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


def load_puzzle(path: str | os.PathLike[str], *, activation: str | None = None) -> Puzzle:
    """Read, check and recognise a puzzle.

    Parameters
    ----------
    path
        A folder with `pieces/piece_*.pth`, or one file of numbered layers (`.pth`, `.pt`,
        `.safetensors`) in their place, next to `historical_data.csv` and perhaps `puzzle.toml`;
        or such a file itself.
    activation
        Takes the place of what `puzzle.toml` says; without both it is ReLU.

    Raises
    ------
    PuzzleError
        When anything in it is missing, damaged or does not fit; it names the file.
    OptionError
        When the activation is unknown.
    """
    if activation is not None and activation not in ACTIVATIONS:
        raise OptionError(f"activation {activation!r} is not known; {', '.join(ACTIVATIONS)} are")
    path = Path(path)
    folder, layers = _find_layers(path)
    settings = read_settings(folder / SETTINGS_NAME)
    data = folder / DATA_NAME
    table = read_table(data)
    _check_width(layers, table.x.shape[1], data)
    contents = fingerprint(layers, table.x, table.pred, table.true)
    known = KNOWN.get(contents)
    return assemble(
        layers,
        table.x,
        table.pred,
        table.true,
        name=settings.name or (known.name if known else _called(path)),
        activation=activation or settings.activation or (known.activation if known else "relu"),
        path=path,
        fingerprint=contents,
        solution_sha256=settings.solution_sha256 or (known.solution_sha256 if known else None),
    )


def _find_layers(path: Path) -> tuple[Path, dict[int, Layer]]:
    """Give the folder of the data and the layers by piece index."""
    try:
        if not path.exists():
            raise PuzzleError(path, "no such folder")
        if not path.is_dir():
            return path.parent, _whole(read_bundle(path), path)
        if (path / PIECES_NAME).is_dir():
            return path, read_pieces(path / PIECES_NAME)
        files = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PuzzleError(path, f"cannot be read: {reason}") from None
    if not files:
        raise PuzzleError(
            path, f"no pieces here: neither {PIECES_NAME}/piece_*.pth nor a file of numbered layers"
        )
    if len(files) > 1:
        names = ", ".join(file.name for file in files[:4])
        raise PuzzleError(path, f"holds several files of layers ({names}); name the one to take")
    return path, _whole(read_bundle(files[0]), files[0])


def read_pieces(folder: Path) -> dict[int, Layer]:
    """Read all `piece_<number>.pth` of a folder; other files are left alone.

    Returns
    -------
    dict of int to Layer
        By piece index, ascending from 0 without a gap.

    Raises
    ------
    PuzzleError
        When there are none or too many, a number is missing or malformed, or a piece is bad.
    """
    paths: dict[int, str] = {}
    for name in os.listdir(folder):  # noqa: PTH208 - names are all that is needed
        match = _PIECE.fullmatch(name)
        if match is None:
            continue
        number = match[1]
        if not _NUMBER.fullmatch(number):
            raise PuzzleError(folder / name, "is not numbered like piece_0.pth, piece_1.pth, …")
        paths[int(number)] = f"{folder}{os.sep}{name}"
    if not paths:
        raise PuzzleError(folder, "no pieces here (piece_0.pth, piece_1.pth, …)")
    _check_numbers(paths, folder)
    layers: dict[int, Layer] = {}
    numbers = 0
    for number in sorted(paths):
        layers[number] = layer = read_layer(paths[number])
        numbers += layer.weight.size
        if numbers > MAX_NUMBERS:
            raise PuzzleError(folder, f"too large: more than {MAX_NUMBERS:,} weights")
    return layers


def _called(path: Path) -> str:
    """Name of a folder, or of a file without its suffix, as it shows in a terminal."""
    whole = path.resolve()
    return "".join(c for c in (whole.name if path.is_dir() else whole.stem) if c.isprintable())


def _whole(layers: dict[int, Layer], path: Path) -> dict[int, Layer]:
    _check_numbers(layers, path)
    if sum(layer.weight.size for layer in layers.values()) > MAX_NUMBERS:
        raise PuzzleError(path, f"too large: more than {MAX_NUMBERS:,} weights")
    return layers


def _check_numbers(numbered: Mapping[int, object], path: Path) -> None:
    count = len(numbered)
    if count > MAX_PIECES:
        raise PuzzleError(path, f"too large: {count:,} pieces, at most {MAX_PIECES:,} are read")
    missing = next((number for number in range(count) if number not in numbered), None)
    if missing is not None:
        raise PuzzleError(
            path, f"piece {missing} is missing: the numbering of {count} pieces has a gap"
        )


def _check_width(layers: Mapping[int, Layer], width: int, data: Path) -> None:
    """Blame the data, not a layer, when all layers agree on another width."""
    shared = set.intersection(*(set(layer.weight.shape) for layer in layers.values()))
    if len(layers) > 1 and shared and width not in shared:
        raise PuzzleError(
            data, f"has {width} input columns, but the layers are of width {min(shared)}"
        )
