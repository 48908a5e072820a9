"""Neighbourhoods of exchanges, counted and compared with the plain definition."""

from itertools import combinations
from math import comb

import numpy as np
import pytest

from permq.errors import OptionError
from permq.search.exchange import check_layers, rotations, swaps

INP, OUT = np.arange(10, 18), np.arange(20, 28)


def arrangements(exchanges):
    inps, outs = exchanges.made(INP, OUT, slice(None))
    return {(*a.tolist(), *o.tolist()) for a, o in zip(inps, outs, strict=True)}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8])
def test_swaps_are_all_pairs_of_positions_once(count):
    exchanges = swaps(np.arange(count))
    assert len(exchanges) == comb(count, 2)
    assert len(arrangements(exchanges)) == comb(count, 2)


@pytest.mark.parametrize("count", [0, 2, 3, 4, 8])
def test_rotations_are_both_directions_of_every_triple_once(count):
    exchanges = rotations(np.arange(count))
    assert len(exchanges) == 2 * comb(count, 3)
    assert len(arrangements(exchanges)) == 2 * comb(count, 3)
    inps, _ = exchanges.made(INP, OUT, slice(None))
    assert ((inps != INP).sum(axis=1) == 3).all()


def test_forty_eight_blocks_have_34592_rotations():
    assert len(rotations(np.arange(48))) == 34_592


def test_a_swap_exchanges_two_blocks():
    inps, outs = swaps(np.arange(8)).made(INP, OUT, np.array([0]))
    assert inps.tolist() == [[11, 10, *range(12, 18)]]
    assert outs.tolist() == [[21, 20, *range(22, 28)]]


@pytest.mark.parametrize(("layers", "moved"), [("input", (True, False)), ("output", (False, True))])
def test_one_kind_of_layers_is_exchanged_alone(layers, moved):
    inps, outs = swaps(np.arange(8), layers=layers).made(INP, OUT, slice(None))
    assert ((inps != INP).any(), (outs != OUT).any()) == moved


def test_reach_and_span_are_counted_in_free_positions():
    free = np.array([0, 3, 4, 7])
    assert {tuple(pair) for pair in swaps(free, 1).targets} == {(0, 3), (3, 4), (4, 7)}
    assert {tuple(three) for three in rotations(free, 2).targets} == {(0, 3, 4), (3, 4, 7)}


def test_a_span_keeps_the_triples_within_it():
    wanted = {three for three in combinations(range(8), 3) if three[2] - three[0] <= 4}
    exchanges = rotations(np.arange(8), 4)
    assert {tuple(three) for three in exchanges.targets.tolist()} == wanted
    assert len(exchanges) == 2 * len(wanted)


def test_unknown_layers_are_named():
    with pytest.raises(OptionError, match="'weights'"):
        check_layers("weights")
