"""Stopping criteria."""

from math import inf

from permq.search.stop import Deadline, Either, Flag, never


def test_a_deadline_in_the_past_stops_and_one_without_end_does_not():
    assert Deadline(-1)()
    assert not Deadline(inf)()
    assert Deadline(inf).left == inf


def test_a_raised_flag_stays_up():
    flag = Flag()
    assert not flag()
    flag.raise_()
    assert flag()
    assert flag()


def test_either_stops_for_any_reason():
    flag = Flag()
    stop = Either(never, flag)
    assert not stop()
    flag.raise_()
    assert stop()
