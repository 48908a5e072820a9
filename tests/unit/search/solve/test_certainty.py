"""How sure pairs and positions are."""

from itertools import permutations
from math import inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.core.arrangement import Arrangement
from permq.search.solve.certainty import placements
from permq.search.solve.session import Elite


def elite(mse, inputs, outputs):
    return Elite(mse, Arrangement(tuple(inputs), tuple(10 + o for o in outputs), 99))


@st.composite
def pools(draw: st.DrawFn):
    """Elites, best first, of any cost that a search may end with."""
    blocks = draw(st.integers(1, 6))
    costs = draw(
        st.lists(
            st.floats(0, 1e6) | st.sampled_from([0.0, inf, 1e-300, 1e300]), min_size=1, max_size=8
        )
    )
    order = st.permutations(range(blocks))
    return [elite(mse, draw(order), draw(order)) for mse in sorted(costs)]


@given(pools())
def test_probabilities_are_such_and_entropies_are_not_negative(elites):
    placed = placements(elites, solved=False)
    best = elites[0].arrangement
    assert [(p.inp, p.out) for p in placed] == list(zip(best.inputs, best.outputs, strict=True))
    choices = max(len(elites), len(placed))
    for p in placed:
        assert 0 < p.here <= p.pair <= 1
        assert 0 <= p.entropy <= log(choices) + 1e-12
        if len(placed) > 1:
            assert p.pair < 1


@given(pools())
def test_what_is_solved_is_certain(elites):
    assert {(p.pair, p.here, p.entropy) for p in placements(elites, solved=True)} == {(1, 1, 0)}


def test_a_single_elite_is_half_believed():
    (only, _) = placements([elite(0.5, [0, 1], [1, 0])], solved=False)
    assert (only.pair, only.here) == pytest.approx((0.75, 0.75))
    assert only.entropy == pytest.approx(-0.75 * log(0.75) - 0.25 * log(0.25))


def test_one_block_leaves_no_choice():
    (only,) = placements([elite(0.5, [0], [0])], solved=False)
    assert (only.pair, only.here, only.entropy) == (1, 1, 0)


def test_elites_of_equal_cost_share_the_probability():
    elites = [elite(0.5, [0, 1, 2], [0, 1, 2]), elite(0.5, [1, 0, 2], [1, 0, 2])]
    placed = placements(elites, solved=False)
    # two votes of elites and an even one for three choices
    assert [p.pair for p in placed] == pytest.approx([7 / 9] * 3)
    assert [p.here for p in placed] == pytest.approx([4 / 9, 4 / 9, 7 / 9])
    assert placed[0].entropy == placed[1].entropy > placed[2].entropy > 0


def test_many_that_agree_are_believed():
    elites = [elite(0.5, [0, 1, *rest], range(6)) for rest in permutations(range(2, 6))]
    placed = placements(elites, solved=False)
    assert min(p.here for p in placed[:2]) > 0.95
    assert max(p.here for p in placed[2:]) < 0.3


def test_another_partner_is_doubt_about_the_pair():
    elites = [elite(0.5, [0, 1], [0, 1]), elite(0.5, [0, 1], [1, 0])]
    assert [p.pair for p in placements(elites, solved=False)] == pytest.approx([0.5, 0.5])


def test_a_worse_elite_counts_less_and_a_hopeless_one_nothing():
    elites = [elite(0.5, [0, 1], [0, 1]), elite(0.5, [1, 0], [1, 0])]
    even = placements(elites, solved=False)[0].here
    elites[1] = elite(1.0, [1, 0], [1, 0])
    less = placements(elites, solved=False)[0].here
    elites[1] = elite(inf, [1, 0], [1, 0])
    nothing = placements(elites, solved=False)[0].here
    assert even < less < nothing == pytest.approx(placements(elites[:1], solved=False)[0].here)
