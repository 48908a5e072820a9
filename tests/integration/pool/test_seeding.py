"""What jobs begin with."""

import json
from collections import Counter

import pytest

from permq.errors import OptionError
from permq.pool import solutions
from permq.pool.connection import transaction
from permq.pool.elites import elites
from permq.pool.seeding import Shares, draw


@pytest.fixture
def cursor(connection, stored):
    with transaction(connection) as one:
        yield one


def test_elites_are_cheap_and_far_apart(cursor, stored, wrong):
    several = wrong(100)
    solutions.record(cursor, stored.id, several)
    found = elites(cursor, stored.id, count=5, distance=0.9)
    assert found[0].cost == min(one.verification.mse for one in several)
    assert [one.cost for one in found] == sorted(one.cost for one in found)
    for place, one in enumerate(found):
        for other in found[:place]:
            pairs = zip(one.permutation[:-1:2], other.permutation[:-1:2], strict=True)
            assert sum(a != b for a, b in pairs) >= 0.9 * stored.blocks


def test_an_empty_pool_has_no_elites(cursor, stored):
    assert elites(cursor, stored.id, count=5, distance=0.1) == []


def test_a_pool_of_near_copies_still_shows_what_else_it_has(cursor, stored, monkeypatch, wrong):
    several = wrong(100)
    solutions.record(cursor, stored.id, several)
    monkeypatch.setattr("permq.pool.elites.CHEAPEST", 1)
    found = elites(cursor, stored.id, count=20, distance=0.5)
    assert len(found) > 1
    assert found[0].cost == min(one.verification.mse for one in several)


def test_a_draw_is_the_same_for_the_same_seed_and_pool(cursor, stored, wrong):
    solutions.record(cursor, stored.id, wrong(60))
    draws = [draw(cursor, stored.id, seed, shares=Shares()) for seed in range(30)]
    again = [draw(cursor, stored.id, seed, shares=Shares()) for seed in range(30)]
    assert draws == again
    assert json.loads(json.dumps(draws)) == draws
    assert len({json.dumps(one) for one in draws}) > 5


def test_sources_come_in_their_shares(cursor, stored, wrong):
    solutions.record(cursor, stored.id, wrong(30))
    shares = Shares(random=1, score=2, elite=1)
    sources = Counter(draw(cursor, stored.id, seed, shares=shares)["source"] for seed in range(400))
    assert sources["random"] == pytest.approx(100, abs=35)
    assert sources["score"] == pytest.approx(200, abs=40)
    assert sources["elite"] == pytest.approx(100, abs=35)


def test_an_elite_comes_with_its_row_and_the_moves_to_make_on_it(cursor, stored, wrong):
    solutions.record(cursor, stored.id, wrong(30))
    found = draw(cursor, stored.id, 3, shares=Shares(0, 0, 1, perturbation=9))
    assert found["source"] == "elite"
    assert found["perturbation"] == 9
    row = solutions.by_id(cursor, found["solution_id"])
    assert found["permutation"] == list(row.permutation)


@pytest.mark.parametrize(
    ("shares", "sources"),
    [
        (Shares(0, 0, 1), {"score"}),
        (Shares(1, 0, 1), {"random"}),
        (Shares(1, 1, 1), {"random", "score"}),
    ],
)
def test_in_an_empty_pool_the_elites_turn_goes_to_the_others(cursor, stored, shares, sources):
    found = [draw(cursor, stored.id, seed, shares=shares) for seed in range(40)]
    assert {one["source"] for one in found} == sources
    assert all(one["solution_id"] is None and one["perturbation"] == 0 for one in found)


@pytest.mark.parametrize("shares", [(0, 0, 0), (-1, 1, 1), (float("nan"), 1, 1)])
def test_shares_that_say_nothing_are_refused(shares):
    with pytest.raises(OptionError, match="shares of seeds"):
        Shares(*shares)
