"""A search that does not look at the time is left in the middle."""

import signal
import threading
import time

import pytest

from permq.cli.punctual import punctual
from permq.search.stop import Deadline, Flag, Overdue, never

LONG = 60.0


def busy(seconds: float) -> None:
    """Do not ask whether to stop."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_a_block_that_goes_on_is_left():
    waiting = Deadline(LONG)
    with pytest.raises(Overdue), punctual(Deadline(0.05), grace=0.02):
        busy(LONG)
    assert not waiting()


def test_a_flag_raised_by_a_signal_leaves_it_too():
    flag, waiting = Flag(), Deadline(LONG)
    threading.Timer(0.05, flag.raise_).start()
    with pytest.raises(Overdue), punctual(flag, grace=0.02):
        busy(LONG)
    assert not waiting()


def test_a_block_that_ends_by_itself_is_left_alone():
    with punctual(Deadline(-1), grace=LONG):
        busy(0.01)
    with punctual(never, grace=0.01):
        busy(0.1)


def test_the_alarm_of_others_is_theirs_again_afterwards():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    timer = signal.setitimer(signal.ITIMER_REAL, LONG)
    try:
        with pytest.raises(Overdue), punctual(Deadline(-1), grace=0.01):
            busy(LONG)
        left, again = signal.getitimer(signal.ITIMER_REAL)
        assert 0 < left <= LONG
        assert again == 0
        signal.raise_signal(signal.SIGALRM)
        assert rung == [signal.SIGALRM]
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *timer)


def test_outside_the_main_thread_the_block_runs_as_it_is():
    ran = []

    def run() -> None:
        with punctual(Deadline(-1), grace=0.01):
            busy(0.1)
            ran.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert ran == [True]
