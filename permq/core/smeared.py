"""A network whose blocks run everywhere at once, and what the answers say about where they belong.

Every input layer `a` is spread over `T` places of the depth with shares K[a, t] that sum to one,
and over the output layers `o` with shares Q[a, o]:

    x_{t+1} = x_t + Σ_{a,o} K[a, t] Q[a, o] (W_out_o act(W_in_a x_t + b_in_a) + b_out_o)

With equal shares this is a mean field: a network of the same layers that knows no order and no
pairs. Its answer is differentiable in all shares, so that the known answers of the real network can
be regressed on them. A permutation has shares of 0 and 1 only and is then the network itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from permq.core.network import Array, Network
from permq.core.puzzle import Indices

_CHUNK = 128  # rows at a time: the hidden units of all blocks at one place stay in the cache


@dataclass(frozen=True, eq=False)
class Shares:
    """Where every input layer runs.

    Parameters
    ----------
    place
        (L, T), the share of input layer a at each place; rows sum to 1.
    slope
        (L, T), derivative of `place` with respect to the depth of the layer.
    """

    place: Array
    slope: Array


def even_shares(blocks: int, places: int) -> Shares:
    """Every layer everywhere alike; the slope shifts it towards the end, linearly."""
    centre = (np.arange(places) + 0.5) / places - 0.5
    slope = centre / np.sum(centre**2) if places > 1 else np.zeros(1)
    return Shares(np.full((blocks, places), 1 / places), np.tile(slope, (blocks, 1)))


def shares_around(depth: Array, width: float, places: int) -> Shares:
    """Normal weights of standard deviation `width` around the depths, (L,) in [0, 1]."""
    at = (np.arange(places) + 0.5) / places
    log = -((at - depth[:, None]) ** 2) / (2 * width**2)
    place = np.exp(log - log.max(axis=1, keepdims=True))
    place /= place.sum(axis=1, keepdims=True)
    centre = place @ at
    return Shares(place, place * (at - centre[:, None]) / width**2)


class Smeared:
    """The layers of a network, ready to run smeared.

    Parameters
    ----------
    network
        The layers.
    pair
        (L,) output layer of every input layer where the pairs are known. Without it every
        input layer may run with every output layer.
    """

    def __init__(self, network: Network, pair: Indices | None = None) -> None:
        blocks, hidden, width = network.blocks, network.hidden, network.width
        self.network, self.blocks, self.hidden = network, blocks, hidden
        outward = network.outward if pair is None else network.outward[pair]
        self.inward = np.ascontiguousarray(network.inward[:, :hidden]).reshape(-1, width + 1)
        self.outward = np.ascontiguousarray(outward[:, :width, :hidden].transpose(0, 2, 1)).reshape(
            -1, width
        )
        self.bias = np.ascontiguousarray(outward[:, :width, hidden])
        self.last = network.readout

    def _units(self, state: Array) -> tuple[Array, Array]:
        """Hidden units and their slopes at (n, d + 1) states, (n, L, h) each."""
        units = state @ self.inward.T
        slope = self.network.activation.apply_with_slope(units)
        shape = (len(state), self.blocks, self.hidden)
        return units.reshape(shape), slope.reshape(shape)

    def _spread(self, units: Array, share: Array, mixing: Array | None) -> Array:
        """(n, L, h) what every output layer gets to read, from (L,) shares at one place."""
        if mixing is None:
            return np.asarray(units * share[:, None])
        return np.asarray(np.matmul((share[:, None] * mixing).T, units))

    def _states(self, shares: Array, mixing: Array | None, x: Array) -> list[Array]:
        """T + 1 arrays (n, d + 1), from (n, d) inputs."""
        state = np.ascontiguousarray(self.network.columns(x).T)
        states = [state]
        for share in shares.T:
            read = self._spread(self._units(state)[0], share, mixing)
            weight = share if mixing is None else share @ mixing
            state = state.copy()
            state[:, :-1] += read.reshape(len(x), -1) @ self.outward + weight @ self.bias
            states.append(state)
        return states

    def forward(self, shares: Shares, mixing: Array | None, x: Array) -> Array:
        """(n, m) answers at (n, d) inputs; `mixing` is Q (L, L), None for known pairs."""
        place = self._cast(shares.place)
        mixing = None if mixing is None else self._cast(mixing)
        return np.asarray(self._states(place, mixing, x)[-1] @ self.last.T)

    def derivatives(
        self, shares: Shares, mixing: Array | None, x: Array, pred: Array
    ) -> Iterator[tuple[Array, Array, Array | None]]:
        """Errors and derivatives of the answers, in chunks of rows.

        Parameters
        ----------
        shares
            Where the input layers run.
        mixing
            Q (L, L), None for known pairs.
        x, pred
            (n, d) inputs and (n, m) answers.

        Yields
        ------
        errors
            (r,) `pred` minus the smeared answer, output by output.
        by_depth
            (r, L) derivative with respect to the depth of each input layer.
        by_pair
            (r, L, L) derivative with respect to Q; None for known pairs.
        """
        place, slope = self._cast(shares.place), self._cast(shares.slope)
        mixing = None if mixing is None else self._cast(mixing)
        for first in range(0, len(x), _CHUNK):
            rows = slice(first, first + _CHUNK)
            states = self._states(place, mixing, x[rows])
            errors = pred[rows] - states[-1] @ self.last.T
            by_depth, by_pair = self._backward(states, place, slope, mixing)
            yield errors.T.ravel(), by_depth, by_pair

    def _backward(
        self, states: list[Array], place: Array, slope: Array, mixing: Array | None
    ) -> tuple[Array, Array | None]:
        rows, blocks, outputs = len(states[0]), self.blocks, len(self.last)
        by_depth = np.zeros((outputs, rows, blocks), self.network.dtype)
        by_pair = None if mixing is None else np.zeros((*by_depth.shape, blocks), by_depth.dtype)
        adjoint = np.repeat(self.last[:, None, :-1], rows, axis=1)  # (m, n, d)
        for t in range(place.shape[1] - 1, -1, -1):
            units, slopes = self._units(states[t])
            for output in range(outputs):
                back = (adjoint[output] @ self.outward.T).reshape(units.shape)
                bias = adjoint[output] @ self.bias.T
                if mixing is None or by_pair is None:
                    effect = np.einsum("nah,nah->na", units, back) + bias
                    back *= place[:, t, None]
                else:
                    effects = np.matmul(units, back.transpose(0, 2, 1))
                    effects += bias[:, None, :]
                    effect = np.einsum("nao,ao->na", effects, mixing)
                    effects *= place[:, t, None]
                    by_pair[output] += effects
                    back = np.matmul(place[:, t, None] * mixing, back)
                by_depth[output] += effect * slope[:, t]
                back *= slopes
                adjoint[output] += back.reshape(rows, -1) @ self.inward[:, :-1]
        by_depth = by_depth.reshape(-1, blocks)
        return by_depth, None if by_pair is None else by_pair.reshape(-1, blocks, blocks)

    def _cast(self, values: Array) -> Array:
        return np.asarray(values, self.network.dtype)
