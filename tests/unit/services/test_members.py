import signal
import time
from dataclasses import replace

import pytest

from permq.errors import ServiceError
from permq.services.members import FIRST_PAUSE, LONGEST_PAUSE, Member, Running, Stage
from permq.services.processes import command_line, identity


def shell(script, **settings):
    """A member that runs a line of shell; `$0` is a folder of the test's."""
    chosen = {"name": "member", "stage": Stage.WORKER, "command": ("/bin/sh", "-c", script)}
    return Member(**chosen | settings)


@pytest.fixture
def start(tmp_path):
    """Start members; whatever still runs at the end is killed."""
    started = []

    def call(member):
        running = Running(replace(member, command=(*member.command, str(tmp_path))), tmp_path)
        started.append(running)
        running.launch()
        return running

    yield call
    for running in started:
        running.kill()


def until(condition):
    while not condition():
        time.sleep(0.01)


def test_a_member_is_ready_when_it_says_so(start, tmp_path):
    running = start(shell("echo hello; read go; touch $0/ready; sleep 60", stdin=b"go\n"))
    running.member = replace(running.member, ready=(tmp_path / "ready").exists)
    until(running.check)
    assert running.log.read_text() == "hello\n"
    assert running.runs


def test_a_member_that_ends_at_its_start_is_told_with_the_end_of_its_log(start):
    running = start(shell("echo one; echo the reason; exit 3", ready=lambda: False))
    with pytest.raises(ServiceError, match=r"member has ended with status 3.*one \| the reason"):
        until(running.check)


def test_only_the_log_of_the_last_start_is_told(start):
    running = start(shell("echo line $$; exit 3"))
    first = running.process.pid
    running.process.wait()
    running.launch()
    second = running.process.pid
    running.process.wait()
    assert f"line {second}" in running.told()
    assert f"line {first}" not in running.told()
    assert f"line {first}" in running.log.read_text()


def test_a_member_that_does_not_become_ready_is_told(start):
    running = start(shell("sleep 60", ready=lambda: False, start_seconds=0.1))
    with pytest.raises(ServiceError, match=r"member is not ready after 0\.1 s"):
        until(running.check)


def test_a_program_that_is_not_there_is_told(start):
    running = start(Member(name="none", stage=Stage.WORKER, command=("/no/such/program",)))
    running.process.wait()
    with pytest.raises(ServiceError, match="No such file"):
        running.check()


def test_variables_reach_the_member(start):
    running = start(shell("echo $PERMQ_TOLD", variables={"PERMQ_TOLD": "a word"}))
    running.process.wait()
    assert running.log.read_text() == "a word\n"


def test_a_member_ends_by_its_own_signal(start, tmp_path):
    script = "trap 'echo asked; exit 0' INT; touch $0/ready; while :; do sleep 0.01; done"
    running = start(shell(script, stop_signal=signal.SIGINT))
    until((tmp_path / "ready").exists)
    assert running.stop()
    assert running.log.read_text() == "asked\n"


def test_a_member_that_does_not_end_is_killed_with_its_children(start, tmp_path):
    script = "trap '' TERM; sleep 60 & echo $! > $0/child; touch $0/ready; wait; sleep 60"
    running = start(shell(script, stop_seconds=0.1))
    until((tmp_path / "ready").exists)
    child = int((tmp_path / "child").read_text())
    assert identity(child) is not None
    assert not running.stop()
    until(lambda: identity(child) is None)


def test_pauses_between_starts_grow(start):
    running = start(shell("exit 1"))
    pauses = [running.schedule() for _ in range(10)]
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_log_that_has_grown_long_is_put_aside(start, tmp_path, monkeypatch):
    monkeypatch.setattr("permq.services.members.LOG_LIMIT", 10)
    running = start(shell("echo more than ten bytes"))
    running.process.wait()
    running.launch()
    running.process.wait()
    assert running.log.read_text() == "more than ten bytes\n"
    assert (tmp_path / "member.log.1").read_text() == "more than ten bytes\n"


def test_a_process_is_told_from_a_later_one_of_its_number(start):
    running = start(shell("sleep 60"))
    known = identity(running.process.pid)
    until(lambda: command_line(running.process.pid).startswith("/bin/sh -c sleep"))
    assert known is not None
    assert identity(running.process.pid) == known
    running.kill()
    assert identity(2**22 + 1) is None
    assert command_line(2**22 + 1) == ""
