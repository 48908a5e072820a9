import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from permq.errors import ServiceError
from permq.services import leftovers
from permq.services.guard import remaining
from permq.services.leftovers import Trace
from permq.services.members import Member, Stage
from permq.services.processes import identity
from permq.services.supervisor import InterruptedStartError, Supervisor


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(tmp_path, said):
    return Supervisor(tmp_path, said.append)


def member(folder, name, stage, script="while :; do sleep 0.02; done", **settings):
    """A member that notes its start and end; ready once it runs."""
    frame = f"""
        trap 'echo end {name} >> "$0/order"; exit 0' TERM
        echo start {name} >> "$0/order"
        echo $$ > "$0/{name}.pid"
        touch "$0/{name}.ready"
        {script}
    """
    ready = folder / f"{name}.ready"
    command = ("/bin/sh", "-c", frame, str(folder))
    return Member(name=name, stage=stage, command=command, ready=ready.exists, **settings)


def order(folder):
    return (folder / "order").read_text().splitlines()


def pid_of(folder, name):
    return int((folder / f"{name}.pid").read_text())


def until(condition):
    while not condition():
        time.sleep(0.01)


def later(condition, action):
    """Do something in another thread once a condition holds."""
    thread = threading.Thread(target=lambda: (until(condition), action()), daemon=True)
    thread.start()
    return thread


def end_me():
    os.kill(os.getpid(), signal.SIGTERM)


def test_members_end_in_order_workers_first_and_redis_last(supervisor, tmp_path):
    with supervisor:
        supervisor.start(member(tmp_path, "redis", Stage.REDIS))
        supervisor.start(member(tmp_path, "postgres", Stage.POSTGRES))
        supervisor.start(
            member(tmp_path, "flower", Stage.WATCHER), member(tmp_path, "node1", Stage.WORKER)
        )
    began, ended = order(tmp_path)[:4], order(tmp_path)[4:]
    assert began[:2] == ["start redis", "start postgres"]
    assert ended == ["end node1", "end flower", "end postgres", "end redis"]


def test_a_signal_ends_the_watch(supervisor, tmp_path):
    with supervisor:
        supervisor.start(member(tmp_path, "node1", Stage.WORKER))
        thread = later(lambda: True, end_me)
        supervisor.watch()
        thread.join()
    assert order(tmp_path) == ["start node1", "end node1"]


def test_signals_are_given_back(supervisor):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with supervisor:
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_member_that_dies_is_started_again(supervisor, tmp_path, said):
    with supervisor:
        supervisor.start(member(tmp_path, "node1", Stage.WORKER))
        first = pid_of(tmp_path, "node1")
        os.kill(first, signal.SIGKILL)
        thread = later(lambda: any("runs again" in line for line in said), end_me)
        supervisor.watch()
        thread.join()
        assert pid_of(tmp_path, "node1") != first
    assert order(tmp_path) == ["start node1", "start node1", "end node1"]
    assert "node1 has ended with status -9" in said[0]


def test_a_member_that_leaves_in_order_is_not_started_again(supervisor, tmp_path, said):
    with supervisor:
        supervisor.start(member(tmp_path, "node1", Stage.WORKER, may_leave=True))
        os.kill(pid_of(tmp_path, "node1"), signal.SIGTERM)
        thread = later(lambda: said == ["node1 has left"], end_me)
        supervisor.watch()
        thread.join()
    assert order(tmp_path) == ["start node1", "end node1"]


def test_a_member_that_fails_at_its_start_is_told_and_the_others_end(supervisor, tmp_path):
    broken = Member(
        name="node1",
        stage=Stage.WORKER,
        command=("/bin/sh", "-c", "echo broken; exit 4"),
        ready=lambda: False,
    )
    with supervisor:
        supervisor.start(member(tmp_path, "redis", Stage.REDIS))
        with pytest.raises(ServiceError, match=r"node1 has ended with status 4.*broken"):
            supervisor.start(broken)
    assert order(tmp_path) == ["start redis", "end redis"]


def test_a_signal_while_members_start_ends_them(supervisor, tmp_path):
    slow = Member(
        name="slow", stage=Stage.WORKER, command=("/bin/sleep", "60"), ready=lambda: False
    )
    with supervisor:
        thread = later(lambda: True, end_me)
        with pytest.raises(InterruptedStartError):
            supervisor.start(slow)
        thread.join()


def test_a_second_signal_does_not_wait_for_workers(supervisor, tmp_path, said):
    stubborn = member(tmp_path, "node1", Stage.WORKER, "trap '' TERM; sleep 60", stop_seconds=60)
    with supervisor:
        supervisor.start(member(tmp_path, "redis", Stage.REDIS), stubborn)
        end_me()
        end_me()
        supervisor.watch()
    assert said == ["node1 takes too long and is killed"]
    assert order(tmp_path)[-1] == "end redis"


def test_a_stubborn_member_is_killed_when_its_time_is_over(supervisor, tmp_path, said):
    stubborn = member(tmp_path, "node1", Stage.WORKER, "trap '' TERM; sleep 60", stop_seconds=0.1)
    with supervisor:
        supervisor.start(stubborn)
        pid = pid_of(tmp_path, "node1")
    assert said == ["node1 takes too long and is killed"]
    assert identity(pid) is None


def test_nobody_reading_what_is_said_does_no_harm(tmp_path):
    def closed(line):
        raise BrokenPipeError

    stubborn = member(tmp_path, "node1", Stage.WORKER, "trap '' TERM; sleep 60", stop_seconds=0.1)
    with Supervisor(tmp_path, closed) as supervisor:
        supervisor.start(stubborn)
        pid = pid_of(tmp_path, "node1")
    assert identity(pid) is None


SUPERVISE = """
import sys
from pathlib import Path
from permq.services.supervisor import Supervisor
sys.path.insert(0, sys.argv[2])
from tests.unit.services.test_supervisor import member
from permq.services.members import Stage
folder = Path(sys.argv[1])
with Supervisor(folder, print) as supervisor:
    orphan = "(trap '' TERM HUP; exec sleep 60) & echo $! > \\"$0/orphan\\"; wait"
    supervisor.start(
        member(folder, "redis", Stage.REDIS), member(folder, "node1", Stage.WORKER, orphan)
    )
    print("ready", flush=True)
    supervisor.watch()
"""


@pytest.fixture
def apart(tmp_path, root):
    """A supervisor in a process of its own, with two members and a child of one."""
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, tmp_path, root], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        until((tmp_path / "orphan").exists)
        yield process
        process.kill()


def test_nothing_is_left_when_the_supervisor_is_killed(apart, tmp_path):
    pids = [pid_of(tmp_path, "redis"), pid_of(tmp_path, "node1")]
    until(lambda: (tmp_path / "orphan").read_text().strip())
    pids.append(int((tmp_path / "orphan").read_text()))
    assert all(identity(pid) for pid in pids)
    apart.kill()
    until(lambda: not any(identity(pid) for pid in pids))


def test_the_next_supervisor_ends_what_is_left(tmp_path, said):
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as left:
        trace = Trace("node1", left.pid, identity(left.pid), 3, int(signal.SIGTERM), 5.0)
        leftovers.save(tmp_path, [trace])
        with Supervisor(tmp_path, said.append):
            left.wait()
    assert left.returncode == -signal.SIGTERM
    assert said == ["ended what was left of an earlier start: node1"]


def test_a_later_process_of_the_same_number_is_left_alone(tmp_path, said):
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as another:
        trace = Trace("node1", another.pid, "another time", 3, int(signal.SIGTERM), 5.0)
        leftovers.save(tmp_path, [trace])
        with Supervisor(tmp_path, said.append):
            assert another.poll() is None
        assert another.poll() is None
        another.kill()
    assert said == []


def test_half_a_line_from_a_dying_supervisor_does_not_count():
    whole = '{"members": [{"name": "a", "pid": 1, "identity": null, "stage": 0, "stop_signal": 15, '
    lines = [whole + '"stop_seconds": 1.0}]}\n', whole]
    assert [trace.name for trace in remaining(lines)] == ["a"]
    assert remaining([]) == []


def test_a_guard_that_was_killed_is_replaced(supervisor, tmp_path):
    with supervisor:
        first = supervisor._guard._process
        first.kill()
        first.wait()
        supervisor.start(member(tmp_path, "redis", Stage.REDIS))
        assert supervisor._guard._process.pid != first.pid
        assert supervisor._guard._process.poll() is None


def test_a_member_runs_in_a_session_of_its_own(supervisor, tmp_path):
    with supervisor:
        supervisor.start(member(tmp_path, "redis", Stage.REDIS))
        pid = pid_of(tmp_path, "redis")
        assert os.getsid(pid) == os.getpgid(pid) == pid
