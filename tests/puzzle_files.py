"""Puzzles as files, written by torch itself, and the places of the shipped and the real one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from permq.core.puzzle import Layer, Puzzle

SMALL = Path(__file__).resolve().parents[1] / "permq" / "examples" / "small"
REAL = Path(__file__).resolve().parents[2] / "shared" / "puzzles" / "jane-street"
needs_real_puzzle = pytest.mark.skipif(not REAL.is_dir(), reason=f"no real puzzle at {REAL}")


def layers_of(puzzle: Puzzle) -> dict[int, Layer]:
    """The layers of a puzzle by piece index."""
    layers = {puzzle.last_piece: Layer(puzzle.w_last, puzzle.b_last)}
    for a, piece in enumerate(puzzle.inp_pieces):
        layers[int(piece)] = Layer(puzzle.w_in[a], puzzle.b_in[a])
    for o, piece in enumerate(puzzle.out_pieces):
        layers[int(piece)] = Layer(puzzle.w_out[o], puzzle.b_out[o])
    return layers


def write_piece(path: Path, layer: Layer, **options: Any) -> None:
    """Write one layer as `torch.save` does."""
    import torch

    state = {name: torch.from_numpy(np.array(getattr(layer, name))) for name in ("weight", "bias")}
    torch.save(state, path, **options)


def csv_text(columns: Mapping[str, NDArray[np.float32]]) -> str:
    """Columns of equal length as CSV, in the shortest digits that give the same float32."""
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n"


def data_columns(puzzle: Puzzle) -> dict[str, NDArray[np.float32]]:
    """Columns of `historical_data.csv`, by name."""
    columns = {f"measurement_{i}": column for i, column in enumerate(puzzle.x.T)}
    for kind, values in (("pred", puzzle.pred), ("true", puzzle.true)):
        if values is not None:
            names = [f"{kind}_{k}" for k in range(values.shape[1])]
            columns |= dict(zip(names if len(names) > 1 else [kind], values.T, strict=True))
    return columns


def write_puzzle(folder: Path, puzzle: Puzzle) -> Path:
    """Write the usual layout, without `puzzle.toml`; returns the folder."""
    pieces = folder / "pieces"
    pieces.mkdir(parents=True)
    for piece, layer in layers_of(puzzle).items():
        write_piece(pieces / f"piece_{piece}.pth", layer)
    (folder / "historical_data.csv").write_text(csv_text(data_columns(puzzle)))
    return folder
