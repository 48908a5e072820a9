"""References in plain torch, written for the benchmarks: what a straightforward script does."""

import torch
from torch.nn.functional import linear, relu

from permq.core.puzzle import Indices, Puzzle


class PlainNetwork:
    """Full evaluation, block by block, as a script that loads the pieces would write it.

    Parameters
    ----------
    puzzle
        With ReLU blocks.
    rows
        The first rows, on which it evaluates.
    """

    def __init__(self, puzzle: Puzzle, rows: int) -> None:
        torch.set_num_threads(1)
        self.x = torch.from_numpy(puzzle.x[:rows].copy())
        self.pred = torch.from_numpy(puzzle.pred[:rows].copy())
        self.inputs = [
            (torch.from_numpy(weight.copy()), torch.from_numpy(bias.copy()))
            for weight, bias in zip(puzzle.w_in, puzzle.b_in, strict=True)
        ]
        self.outputs = [
            (torch.from_numpy(weight.copy()), torch.from_numpy(bias.copy()))
            for weight, bias in zip(puzzle.w_out, puzzle.b_out, strict=True)
        ]
        self.last = (torch.from_numpy(puzzle.w_last.copy()), torch.from_numpy(puzzle.b_last.copy()))

    def hidden(self, a: int, x: torch.Tensor) -> torch.Tensor:
        """(n, h) active units of input layer a at (n, d) states."""
        return relu(linear(x, *self.inputs[a]), inplace=True)

    def change(self, o: int, hidden: torch.Tensor) -> torch.Tensor:
        """(n, d) change that output layer o makes of (n, h) hidden units."""
        return linear(hidden, *self.outputs[o])

    @torch.no_grad()
    def mse(self, inp: Indices, out: Indices) -> float:
        """Mean squared error of an arrangement, all blocks on all rows."""
        x = self.x
        for a, o in zip(inp.tolist(), out.tolist(), strict=True):
            x = x + linear(relu(linear(x, *self.inputs[a])), *self.outputs[o])
        return float(torch.mean((linear(x, *self.last) - self.pred) ** 2))
