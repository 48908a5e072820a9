"""Several processes on one puzzle: each searches with its own seed, all share what they find.

Threads inside one search do not pay at these sizes; searches beside each other do. A companion
sends every new best as text; the first exact arrangement ends all of them.
"""

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection

from permq.core.arrangement import Arrangement
from permq.core.puzzle import Puzzle
from permq.search.solve.session import Session
from permq.search.solve.settings import SolveSettings


def _accompany(
    puzzle: Puzzle, settings: SolveSettings, seed: int, attempts: int, line: Connection
) -> None:
    """Search in a process of its own until killed, or until nobody listens."""
    from permq.search.solve.joint import search_jointly

    def hung_up() -> bool:
        # nothing is ever sent this way: readable means that the other end is gone
        return line.poll()

    def keep(session: Session) -> None:
        best = session.elites[0]
        line.send((best.mse, best.arrangement.text))

    session = Session(puzzle, settings, seed, hung_up, keep=keep)
    session.go_on([], attempts)  # not the random numbers of an earlier run or turn
    try:
        search_jointly(session, puzzle, None)
    except (BrokenPipeError, EOFError, ConnectionResetError):
        return


@contextmanager
def _sheltered() -> Iterator[None]:
    """Start processes that never see Ctrl-C: who started them decides.

    They inherit the blocked signal, so that not even their start-up can be interrupted with a
    traceback; one that comes to this process meanwhile arrives at the end.
    """
    # multiprocessing unblocks the signal when it starts this process of its own, with the first
    # companion; so that is done before
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def companions(session: Session, puzzle: Puzzle, seed: int, count: int) -> Iterator[None]:
    """Let `count` more processes search beside this one; what they find joins the session.

    Parameters
    ----------
    session
        Its `stop` looks for news from the companions from now on.
    puzzle
        What to solve; it is sent to the processes without its path.
    seed
        Of this process; companions use seeds derived from it.
    """
    context = multiprocessing.get_context("spawn")
    lines, processes = [], []
    for number in range(count):
        mine, theirs = context.Pipe()
        process = context.Process(
            target=_accompany,
            args=(
                replace(puzzle, path=None),
                session.settings,
                seed + 7919 * (number + 1),
                session.attempts,
                theirs,
            ),
            daemon=True,
        )
        with _sheltered():
            process.start()
        theirs.close()
        lines.append(mine)
        processes.append(process)

    def listen() -> None:
        for line in list(lines):
            try:
                while not session.over and line.poll():
                    mse, text = line.recv()
                    found = Arrangement.parse(text)
                    other = puzzle.for_answer(found)
                    session.consider(other, *other.indices(found), mse)
            except (EOFError, OSError):
                lines.remove(line)  # this companion is dead; the others go on

    session.listen = listen
    try:
        yield
    finally:
        session.listen = None
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        for line in lines:
            line.close()
