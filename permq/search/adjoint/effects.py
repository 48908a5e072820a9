"""First-order effects of putting other layers at other positions.

One forward pass keeps every state x_t, one backward pass every adjoint g_t = ∂ŷ/∂x_t. To first
order a change δ of the stream at t changes the prediction by g_t · δ, so the effect of running
input layer a with output layer o at position t is g_{t+1} · (W_out_o φ(W_in_a x_t + b_in_a) +
b_out_o). The sum over hidden units splits into a part that knows a and one that knows o; computing
both for all layers at once costs about L forward passes and ranks all L² moves of each kind.

Two neighbours that exchange blocks or layers see each other's change, and what the exchange does is
of the same order as that: the first-order sum misses by more than the whole effect. It is therefore
computed exactly in the stream, for two more passes, and only carried to the answer by the adjoint.
"""

from dataclasses import dataclass

import numpy as np

from permq.core.network import Array, Network
from permq.core.puzzle import Floats, Indices
from permq.search.stop import Stop, never


@dataclass(frozen=True, eq=False)
class Effects:
    """Effects on the prediction, per row and output, around one arrangement.

    All arrays end in an axis of k = m · n entries, outputs times rows; positions stand for the
    layers that the arrangement has there.

    Parameters
    ----------
    error
        (k,) answer minus `pred`.
    blocks
        (L, L, k) `blocks[t, s]`: effect at position t of the block from position s.
    own
        (L, k) effect of each block where it stands, `blocks[t, t]`.
    outputs
        (L, L, k) `outputs[t, s]`: input layer of t with the output layer of s, at t; or None.
    inputs
        (L, L, k) `inputs[t, s]`: input layer of s with the output layer of t, at t; or None.
    neighbours, neighbour_outputs, neighbour_inputs
        (L - 1, k) effect of the exchange between t and t + 1 of blocks, output layers and input
        layers, exact in the stream; the last two may be None.
    """

    error: Array
    blocks: Array
    own: Array
    outputs: Array | None
    inputs: Array | None
    neighbours: Array
    neighbour_outputs: Array | None
    neighbour_inputs: Array | None


def exchange(
    network: Network, inp: Indices, out: Indices, states: Array, t: int, work: Array
) -> Array:
    """Change of the stream after t + 1 when other layers run at t and t + 1.

    Parameters
    ----------
    inp, out
        (2,) input and output layers to run there.
    states
        (L + 1, d + 1, n) of `Network.column_states`.
    work
        (h + 1, n) to work in.

    Returns
    -------
    (d, n) array
    """
    turned, change = np.empty_like(states[0]), np.empty_like(states[0])
    network.step(inp[0], out[0], states[t], turned, work, change)
    network.step(inp[1], out[1], turned, turned, work, change)
    turned -= states[t + 2]
    return np.asarray(turned[: network.width])


def effects(
    network: Network,
    inp: Indices,
    out: Indices,
    x: Floats,
    pred: Floats,
    *,
    repair: bool,
    reach: int | None = None,
    stop: Stop = never,
) -> Effects | None:
    """First-order effects around an arrangement.

    Parameters
    ----------
    inp, out
        (L,) local indices in running order.
    x, pred
        (n, d) and (n, m) rows to look at; a few dozen carry the ranking.
    repair
        Whether effects of re-pairing are wanted too.
    reach
        Effects are computed for positions at most this far apart (all by default) and zero beyond.
    stop
        Asked at every position; None is returned once it is true.
    """
    blocks, hidden, width = len(inp), network.hidden + 1, network.width
    n, m = len(x), network.outputs
    reach = blocks if reach is None else reach
    states = network.column_states(inp, out, network.columns(x))
    adjoints = network.column_adjoints(inp, out, states)
    error = network.readout @ states[-1] - pred.T
    inward = network.inward[inp]
    outward = np.ascontiguousarray(network.outward[out, :width].transpose(0, 2, 1))
    units = np.empty((blocks, hidden, n), network.dtype)
    back = np.empty((blocks, hidden, n), network.dtype)
    shape = (blocks, blocks, m, n)
    whole = np.zeros(shape, network.dtype)
    outputs = np.zeros(shape, network.dtype) if repair else None
    inputs = np.zeros(shape, network.dtype) if repair else None
    for t in range(blocks):
        if stop():
            return None
        near = slice(max(0, t - reach), min(blocks, t + reach + 1))
        near_units, near_back = units[near], back[near]
        np.dot(inward[near].reshape(-1, width + 1), states[t], out=near_units.reshape(-1, n))
        if network.activation.name == "relu":
            np.maximum(near_units, 0, out=near_units)
        else:
            network.activation.apply(near_units.reshape(-1, n))
            near_units[:, -1] = 1
        for k in range(m):
            np.dot(
                outward[near].reshape(-1, width), adjoints[t + 1, k], out=near_back.reshape(-1, n)
            )
            np.einsum("skn,skn->sn", near_units, near_back, out=whole[t, near, k])
            if outputs is not None and inputs is not None:
                np.einsum("kn,skn->sn", units[t], near_back, out=outputs[t, near, k])
                np.einsum("skn,kn->sn", near_units, back[t], out=inputs[t, near, k])
    sides = [_exchanges(network, inp, out, states, adjoints, True, True)]
    if repair:
        sides.append(_exchanges(network, inp, out, states, adjoints, False, True))
        sides.append(_exchanges(network, inp, out, states, adjoints, True, False))
    whole = whole.reshape(blocks, blocks, m * n)
    diagonal = np.arange(blocks)
    return Effects(
        error=error.reshape(m * n),
        blocks=whole,
        own=whole[diagonal, diagonal],
        outputs=None if outputs is None else outputs.reshape(blocks, blocks, m * n),
        inputs=None if inputs is None else inputs.reshape(blocks, blocks, m * n),
        neighbours=sides[0],
        neighbour_outputs=sides[1] if repair else None,
        neighbour_inputs=sides[2] if repair else None,
    )


def _exchanges(
    network: Network,
    inp: Indices,
    out: Indices,
    states: Array,
    adjoints: Array,
    inputs: bool,
    outputs: bool,
) -> Array:
    """(L - 1, k) effects of neighbours that exchange their input layers, output layers, or both."""
    found = np.empty((len(inp) - 1, network.outputs, states.shape[2]), network.dtype)
    work = np.empty((network.hidden + 1, states.shape[2]), network.dtype)
    for t in range(len(found)):
        a, o = inp[t : t + 2], out[t : t + 2]
        there = a[::-1] if inputs else a, o[::-1] if outputs else o
        change = exchange(network, *there, states, t, work)
        np.einsum("mdn,dn->mn", adjoints[t + 2], change, out=found[t])
    return found.reshape(len(found), network.outputs * states.shape[2])
