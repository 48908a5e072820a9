"""What jobs an order becomes, before any database is asked."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.errors import OptionError
from permq.jobs import seeds
from permq.jobs.kinds import kind_named
from permq.jobs.submission import MAX_COUNT, Order, Step, identified, plan
from permq.pool.puzzles import PuzzleRow

PUZZLE = PuzzleRow(
    id=7,
    fingerprint="ab" * 32,
    name="toy",
    activation="relu",
    blocks=5,
    width=4,
    hidden=6,
    outputs=1,
    rows=20,
    answer_sha256=None,
    added_at=datetime(2026, 1, 1, tzinfo=UTC),
    solved_at=None,
)


def step(kind: str = "anneal", count: int = 1, *, join: bool = False, **given: object) -> Step:
    return Step(kind, kind_named(kind).complete(given), count, join)


def order(*steps: Step, **facts: object) -> Order:
    return Order(steps, puzzle=PUZZLE, **facts)


def test_a_count_makes_so_many_jobs_with_different_seeds():
    jobs = plan(order(step(count=50)), 3)
    assert len(jobs) == 50
    assert len({job.seed for job in jobs}) == 50
    assert all(job.puzzle_id == PUZZLE.id for job in jobs)


def test_the_first_job_has_the_seed_that_was_given():
    assert plan(order(step()), 3)[0].seed == 3


def test_every_job_has_a_chain_of_its_own():
    jobs = plan(order(step(count=3), step("noop"), step("noop")), 0)
    assert [job.parents for job in jobs] == [
        (), (), (),
        (0,), (1,), (2,),
        (3,), (4,), (5,),
    ]  # fmt: skip


def test_a_join_makes_one_child_of_all():
    jobs = plan(order(step(count=3), step("noop", join=True), step("noop")), 0)
    assert [job.parents for job in jobs[3:]] == [(0, 1, 2), (3,)]
    assert jobs[3].join_mode == "best"


def test_a_step_of_several_jobs_fans_out_from_its_parent():
    jobs = plan(order(step("noop"), step(count=4), step("noop", join=True)), 0)
    assert [job.parents for job in jobs] == [(), (0,), (0,), (0,), (0,), (1, 2, 3, 4)]


def test_more_jobs_than_are_allowed_are_refused():
    with pytest.raises(OptionError, match="in parts"):
        plan(order(step(count=MAX_COUNT), step("noop")), 0)


def test_a_kind_that_needs_no_puzzle_gets_none():
    assert plan(order(step("noop")), 0)[0].puzzle_id is None


def test_the_same_order_is_recognised_and_another_seed_or_parameter_is_not():
    def identity(seed: int, **given: object) -> str | None:
        asked = order(step(**given))
        return identified(plan(asked, seed), asked)[0].identity

    assert identity(1) == identity(1) is not None
    assert len({identity(1), identity(2), identity(1, steps=7)}) == 3


def test_a_child_is_recognised_by_all_that_came_before_it():
    def identity(steps: int) -> str | None:
        asked = order(step(steps=steps), step("noop"))
        return identified(plan(asked, 1), asked)[1].identity

    assert identity(10) != identity(11)


@given(st.integers(0, seeds.LARGEST), st.lists(st.integers(0, 1000), min_size=1, max_size=3))
def test_derived_seeds_stay_whole_numbers_in_json(base, path):
    seed = seeds.derived(base, *path)
    assert 0 <= seed <= seeds.LARGEST
    assert seed == seeds.derived(base, *path)
