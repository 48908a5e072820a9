"""Jobs whose messages seem lost are told of again, and less and less often."""

from itertools import pairwise

from permq.pool.assignments import Assigned
from permq.pool.holdings import Held
from workers.reminders import AT_ONCE, LONGEST, Reminders


def held(number: int = 1, *, pid: int | None = None, waited: float = 10.0, token: int = 1) -> Held:
    return Held(Assigned(number, token, 7, "noop", "light", 5, 0, None), pid, waited)


def told(reminders: Reminders, jobs: list[Held], now: float, slots: int = 1) -> list[int]:
    return [job.id for job in reminders.due(jobs, slots, now)]


def test_only_a_job_that_waits_at_an_idle_slot_is_told_of():
    reminders = Reminders(3.0)
    assert told(reminders, [held()], 0.0) == [1]
    assert told(reminders, [held(2, waited=2.0)], 0.0) == []
    assert told(reminders, [held(3), held(4, pid=9)], 0.0) == []
    assert told(reminders, [held(3), held(4, pid=9)], 0.0, slots=2) == [3]


def test_a_job_that_does_not_begin_is_told_of_less_and_less_often():
    reminders = Reminders(3.0)
    times = [now for now in range(600) if told(reminders, [held()], float(now))]
    pauses = [after - before for before, after in pairwise(times)]
    assert pauses[:5] == [3, 6, 12, 24, 48]
    assert set(pauses[5:]) == {LONGEST}


def test_a_job_that_was_assigned_anew_is_told_of_at_once():
    reminders = Reminders(3.0)
    assert told(reminders, [held()], 0.0) == [1]
    assert told(reminders, [held()], 1.0) == []
    assert told(reminders, [held(token=2)], 1.0) == [1]


def test_of_very_many_only_some_are_told_of_at_a_time_but_all_in_turn():
    reminders = Reminders(3.0)
    jobs = [held(number) for number in range(100)]
    first = told(reminders, jobs, 0.0)
    second = told(reminders, jobs, 1.0)
    assert len(first) == AT_ONCE
    assert {*first, *second} == set(range(100))
