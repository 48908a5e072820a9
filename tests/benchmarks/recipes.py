"""The two published recipes for the real puzzle, written plainly in torch.

The *adjoint recipe* pairs by the signed trace, orders by ‖W_out‖_1 and then, in rounds over 1,000
rows, lets every swap of neighbours be screened by the adjoint and makes those that promise most
(after cezarc1/droppedaneuralnet-puzzle). The *ratio recipe* pairs by diagonal dominance, orders by
‖W_out‖_F and bubbles: a swap of neighbours stays when the full evaluation is better; when no
neighbours are left to swap, blocks 2 to 5 apart are tried (after hynwprk/droppedaneuralnet,
arXiv 2602.19845).
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import linear

from permq.core.puzzle import Indices, Puzzle
from tests.benchmarks.reference import PlainNetwork

ADJOINT_ROWS = 1000
RATIO_ROWS = 2000
EXACT = 1e-9  # mean squared error; wrong orders of the real puzzle cost 1e-6 at the least


@dataclass(frozen=True, eq=False)
class Recipe:
    """What a recipe found.

    Parameters
    ----------
    inp, out
        (L,) local indices in running order.
    mse
        On its rows.
    rounds
        Passes over all positions.
    """

    inp: Indices
    out: Indices
    mse: float
    rounds: int


class AdjointRecipe:
    """Signed trace, ‖W_out‖_1, adjoint-screened swaps of neighbours.

    Parameters
    ----------
    puzzle
        With ReLU blocks.
    rows
        The first rows, on which it works.
    """

    def __init__(self, puzzle: Puzzle, rows: int = ADJOINT_ROWS) -> None:
        self.network = PlainNetwork(puzzle, rows)
        self.w_in = torch.stack([weight for weight, _ in self.network.inputs])
        self.w_out = torch.stack([weight for weight, _ in self.network.outputs])

    def pairing(self) -> Indices:
        """(L,) output layer of every input layer: the assignment of least trace."""
        from scipy.optimize import linear_sum_assignment

        blocks = len(self.w_in)
        turned = self.w_out.transpose(1, 2).reshape(blocks, -1)
        trace = self.w_in.reshape(blocks, -1) @ turned.T
        return np.asarray(linear_sum_assignment(trace.numpy())[1], np.intp)

    @torch.inference_mode()
    def solve(self, rounds: int = 40) -> Recipe:
        """Run the recipe to its end."""
        pair = self.pairing()
        size = self.w_out.abs().sum((1, 2))[torch.from_numpy(pair)]
        inp = np.argsort(size.numpy(), kind="stable")
        out = pair[inp]
        states, units, error = self._forward(inp, out, [self.network.x], [])
        mse = float(torch.mean(error * error))
        number = 0
        while number < rounds and mse > EXACT:
            number += 1
            promising = self._screen(inp, out, states, units, error)
            while promising:
                tried_inp, tried_out = inp.copy(), out.copy()
                for t in promising:
                    for layers in (tried_inp, tried_out):
                        layers[[t, t + 1]] = layers[[t + 1, t]]
                first = min(promising)
                tried = self._forward(tried_inp, tried_out, states[: first + 1], units[:first])
                tried_mse = float(torch.mean(tried[2] * tried[2]))
                if tried_mse < mse:
                    inp, out, mse = tried_inp, tried_out, tried_mse
                    states, units, error = tried
                    break
                # together they did harm: the better half of them
                promising = promising[: len(promising) // 2]
            else:
                break
        return Recipe(inp, out, mse, number)

    def _forward(
        self,
        inp: Indices,
        out: Indices,
        states: list[torch.Tensor],
        units: list[torch.Tensor],
    ) -> tuple[list[torch.Tensor], list[torch.Tensor], torch.Tensor]:
        """States before every block and at the end, hidden units of every block, errors.

        It goes on from the states and hidden units of the first blocks, where they are known.
        """
        network = self.network
        for a, o in zip(inp[len(units) :].tolist(), out[len(units) :].tolist(), strict=True):
            units.append(network.hidden(a, states[-1]))
            states.append(network.change(o, units[-1]).add_(states[-1]))
        return states, units, linear(states[-1], *network.last) - network.pred

    def _screen(
        self,
        inp: Indices,
        out: Indices,
        states: list[torch.Tensor],
        units: list[torch.Tensor],
        error: torch.Tensor,
    ) -> list[int]:
        """Positions t whose block shall change places with the next, most promising first."""
        network, blocks = self.network, len(inp)
        effects = torch.empty(blocks - 1, len(error))
        adjoint = network.last[0].repeat(len(error), 1)  # one output
        for t in range(blocks - 2, -1, -1):
            # d answer / d state behind both blocks, times what the swap does to that state
            early = network.hidden(inp[t + 1], states[t])
            between = network.change(out[t + 1], early).add_(states[t])
            swapped = network.change(out[t], network.hidden(inp[t], between)).add_(between)
            torch.linalg.vecdot(adjoint, swapped.sub_(states[t + 2]), out=effects[t])
            if t:
                back = adjoint @ network.outputs[out[t + 1]][0]
                torch.ops.aten.threshold_backward(back, units[t + 1], 0, grad_input=back)
                adjoint.addmm_(back, network.inputs[inp[t + 1]][0])
        gains = -torch.mean(effects * (2 * error.T + effects), 1).numpy()
        chosen: list[int] = []
        for t in np.argsort(-gains).tolist():
            if gains[t] <= 0:
                break
            if t - 1 not in chosen and t + 1 not in chosen:
                chosen.append(t)
        return chosen


class RatioRecipe:
    """Diagonal dominance, ‖W_out‖_F, bubble sort by full evaluation."""

    def __init__(self, puzzle: Puzzle, rows: int = RATIO_ROWS) -> None:
        self.network = PlainNetwork(puzzle, rows)
        self.w_in = torch.stack([weight for weight, _ in self.network.inputs])
        self.w_out = torch.stack([weight for weight, _ in self.network.outputs])

    def pairing(self) -> Indices:
        """(L,) output layer of every input layer: the assignment of greatest abs(tr)/‖M‖_F."""
        from scipy.optimize import linear_sum_assignment

        products = torch.einsum("jdh,ihe->ijde", self.w_out, self.w_in)
        trace = torch.diagonal(products, dim1=2, dim2=3).sum(2).abs()
        ratio = trace / products.square().sum((2, 3)).sqrt()
        return np.asarray(linear_sum_assignment(-ratio.numpy())[1], np.intp)

    @torch.inference_mode()
    def solve(self, passes: int = 100) -> Recipe:
        """Run the recipe to its end."""
        pair = self.pairing()
        size = self.w_out.square().sum((1, 2)).sqrt()[torch.from_numpy(pair)]
        inp = np.argsort(size.numpy(), kind="stable")
        out = pair[inp]
        mse, gaps, done = self.network.mse(inp, out), [1, 2, 3, 4, 5], 0
        while gaps and mse > EXACT and done < passes:
            done += 1
            before = mse
            for t in range(len(inp) - gaps[0]):
                swap = [t, t + gaps[0]]
                for layers in (inp, out):
                    layers[swap] = layers[swap[::-1]]
                tried = self.network.mse(inp, out)
                if tried < mse:
                    mse = tried
                    continue
                for layers in (inp, out):
                    layers[swap] = layers[swap[::-1]]
            if mse >= before:
                del gaps[0]
        return Recipe(inp, out, mse, done)
