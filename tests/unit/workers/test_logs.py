import json
import logging
import shutil
import subprocess
import sys
from datetime import datetime

import pytest

from workers.logs import Lines, job_at_work

WORKER = """
import logging, sys
from workers import logs
logs.set_up("alpha", as_json=sys.argv[1] == "json")
logging.getLogger("permq.worker").info("here I am")
sys.stdin.read()
"""


def record(message="found %d", *words, error=None, level=logging.WARNING):
    return logging.LogRecord("permq.worker", level, __file__, 1, message, words, error)


def caught():
    """What logging keeps of an exception."""
    try:
        int("two\nlines", base=99)
    except ValueError:
        return sys.exc_info()


@pytest.fixture
def at_work():
    token = job_at_work.set(17)
    yield
    job_at_work.reset(token)


def test_a_line_has_time_level_node_and_job(at_work):
    line = Lines("alpha", as_json=False).format(record("found %d", 3))
    at, level, node, job, *message = line.split()
    assert datetime.fromisoformat(at).utcoffset().total_seconds() == 0
    assert (level, node, job) == ("WARNING", "alpha", "job=17")
    assert message == ["found", "3"]


def test_what_belongs_to_no_job_says_so():
    assert " alpha job=- found 3" in Lines("alpha", as_json=False).format(record("found %d", 3))


def test_a_message_cannot_pretend_to_be_a_line_of_its_own():
    line = Lines("alpha", as_json=False).format(record("%s", "first\r\nsecond"))
    assert line.endswith(r" first\r\nsecond")
    assert len(line.splitlines()) == 1


def test_a_trace_follows_its_line():
    line, *trace = Lines("alpha", as_json=False).format(record("no", error=caught())).split("\n")
    assert line.endswith(" no")
    assert trace[0].startswith("Traceback")
    assert trace[-1].startswith("ValueError: ")


def test_json_is_one_object_a_line_with_the_same_facts(at_work):
    line = Lines("alpha", as_json=True).format(record("%s", 'a "word"\nä', error=caught()))
    assert len(line.splitlines()) == 1
    facts = json.loads(line)
    assert datetime.fromisoformat(facts.pop("time")).utcoffset().total_seconds() == 0
    assert "\nValueError: " in facts.pop("trace")
    assert facts == {
        "level": "WARNING",
        "node": "alpha",
        "job": 17,
        "logger": "permq.worker",
        "message": 'a "word"\nä',
    }


def test_json_has_a_trace_only_where_there_is_one():
    facts = json.loads(Lines("alpha", as_json=True).format(record("fine")))
    assert "trace" not in facts
    assert facts["job"] is None


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("under", [(), ("nohup",)], ids=["pipe", "nohup"])
def test_a_line_arrives_while_the_process_goes_on(root, under, log_format):
    """Nobody sets PYTHONUNBUFFERED here."""
    if under:
        assert shutil.which("nohup")
    process = subprocess.Popen(
        [*under, sys.executable, "-c", WORKER, log_format],
        cwd=root,
        env={"PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    line = process.stderr.readline()
    if line.startswith("nohup:"):
        line = process.stderr.readline()
    assert process.poll() is None
    assert "here I am" in line
    process.communicate("")
    assert process.returncode == 0


def test_a_file_gets_each_line_at_once(root, tmp_path):
    log = tmp_path / "worker.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER + "print('late')", "text"],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=file,
            stderr=file,
        )
    while b"here I am\n" not in log.read_bytes():
        assert process.poll() is None
    process.communicate(b"")
    assert process.returncode == 0
