"""Processes that search side by side."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from permq.search.solve import SolveSettings, solve
from permq.search.solve.portfolio import companions
from permq.search.solve.session import Session
from permq.search.stop import Deadline, Either, never
from tests.toys import toy_puzzle

PATIENCE = 60.0
"""Seconds after which a test gives up waiting for other processes."""


def wait_for(what):
    """Ask until it is true."""
    waiting = Deadline(PATIENCE)
    while not (found := what()):
        assert not waiting()
        time.sleep(0.02)
    return found


@pytest.fixture
def unsolvable():
    """Noise and no known hash: nothing can ever say solved."""
    puzzle, _ = toy_puzzle(1, blocks=6, noise=0.3)
    return replace(puzzle, solution_sha256=None)


def test_what_a_companion_finds_ends_the_search_here():
    puzzle, answer = toy_puzzle(1, blocks=6)
    session = Session(puzzle, SolveSettings(), 0, never)
    with companions(session, puzzle, 0, 1):
        wait_for(session.stop)
    assert session.verification.solved
    assert session.elites[0].arrangement == answer
    assert not multiprocessing.active_children()


def test_companions_of_any_seed_share_what_they_find_and_none_stays_behind(unsolvable):
    session = Session(unsolvable, SolveSettings(), 0, never)
    with companions(session, unsolvable, 0, 2):
        assert len(multiprocessing.active_children()) == 2
        wait_for(lambda: session.stop() or len(session.elites) > 1)
    assert not session.over
    assert not multiprocessing.active_children()
    costs = [elite.mse for elite in session.elites]
    assert costs == sorted(costs)


def test_a_companion_that_dies_is_missed_by_nobody(unsolvable):
    session = Session(unsolvable, SolveSettings(), 0, never)
    with companions(session, unsolvable, 0, 2):
        victim, other = multiprocessing.active_children()
        os.kill(victim.pid, signal.SIGKILL)
        victim.join(PATIENCE)
        wait_for(lambda: session.stop() or session.elites)
        assert other.is_alive()
    assert not multiprocessing.active_children()


def test_an_error_here_ends_the_companions(unsolvable):
    session = Session(unsolvable, SolveSettings(), 0, never)
    with pytest.raises(ZeroDivisionError), companions(session, unsolvable, 0, 1):
        raise ZeroDivisionError
    assert not multiprocessing.active_children()
    assert session.listen is None


def test_solve_with_two_processes_finds_the_answer_and_leaves_none_behind():
    puzzle, answer = toy_puzzle(1, blocks=6)
    found = solve(puzzle, threads=2, stop=Deadline(PATIENCE))
    assert found.arrangement == answer
    assert not multiprocessing.active_children()


def test_solve_with_two_processes_ends_when_told_to(unsolvable):
    begun = []

    def met() -> bool:
        begun.append(len(multiprocessing.active_children()))
        return begun[-1] == 1

    found = solve(unsolvable, threads=2, stop=Either(met, Deadline(PATIENCE)))
    assert begun[-1] == 1
    assert not found.verification.solved
    assert not multiprocessing.active_children()


def test_the_first_companion_is_sheltered_from_ctrl_c_from_its_start():
    # in a process of its own: only its first start meets multiprocessing's own process
    program = (
        "import signal, subprocess, sys\n"
        "from multiprocessing import get_context\n"
        "from permq.search.solve.portfolio import _sheltered\n"
        "if __name__ == '__main__':\n"
        "    with _sheltered():\n"
        "        get_context('spawn').Process(target=print, daemon=True).start()\n"
        "        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())\n"
        "    print(signal.SIGINT in blocked)\n"
    )
    done = subprocess.run(
        [sys.executable, "-"], input=program, capture_output=True, text=True, check=True
    )
    assert "True" in done.stdout
