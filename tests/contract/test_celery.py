"""What Celery is told and what the fleet sends fit together."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from permq.fleet.messages import Message, MessageError, parse
from permq.fleet.names import queue_of, task_of
from permq.fleet.producer import Letter, sender
from permq.jobs.kinds import KINDS

OURS = {task_of(kind) for kind in KINDS}


@pytest.fixture
def settings(monkeypatch):
    """The settings as the worker of node `one` reads them."""
    monkeypatch.setenv("PERMQ_NODE", "one")
    monkeypatch.setenv("PERMQ_REDIS_URL", "redis://127.0.0.1:1/0")
    import celeryconfig

    yield importlib.reload(celeryconfig)
    monkeypatch.undo()
    importlib.reload(celeryconfig)


@pytest.fixture(scope="module")
def app():
    from workers import app

    return app


def test_every_kind_of_job_has_a_task_and_every_task_a_kind(app):
    assert {name for name in app.tasks if not name.startswith("celery.")} == OURS


def test_declared_queues_are_the_routed_ones_and_every_task_has_a_route(settings):
    declared = {queue.name for queue in settings.task_queues}
    assert set(settings.task_routes) == OURS
    assert {route["queue"] for route in settings.task_routes.values()} == declared == {"node.one"}


def test_a_queue_of_a_node_is_declared_by_its_name_and_no_other(app):
    assert app.amqp.queues["node.somewhere"].name == "node.somewhere"
    with pytest.raises(KeyError):
        app.amqp.queues["celery2"]
    with pytest.raises(KeyError):
        app.amqp.queues["node.Not A Name"]


def test_nothing_but_json_is_sent_or_accepted(app, settings):
    assert settings.accept_content == settings.result_accept_content == ["json"]
    assert settings.task_serializer == settings.result_serializer == "json"
    assert sender("redis://127.0.0.1:1/0").conf.accept_content == ["json"]


def test_senders_and_workers_agree_on_how_messages_lie_in_redis(settings):
    sent = sender("redis://127.0.0.1:1/0").conf.broker_transport_options
    worked = settings.broker_transport_options
    shared = ("priority_steps", "queue_order_strategy", "visibility_timeout")
    assert {name: sent[name] for name in shared} == {name: worked[name] for name in shared}
    assert worked["unacked_key"] == "unacked.one"


def test_every_setting_has_its_reason(root):
    lines = (root / "celeryconfig.py").read_text(encoding="utf-8").splitlines()
    reasoned = False
    for line in lines:
        if line.startswith("#"):
            reasoned = True
        elif not line.strip():
            reasoned = False
        elif line[:1].isalpha() and " = " in line and not line.startswith("_"):
            assert reasoned, line


def test_a_message_holds_ids_only_and_its_envelope_tells_people_the_rest():
    letter = Letter("one", "anneal", Message(7, 3), 5, "jane-street", 2)
    assert letter.message.to_args() == [{"job": 7, "token": 3, "version": 1}]
    assert letter.told == "(jane-street, anneal, job 7, slice 2)"
    assert letter.task_id == "job-7-3"
    assert queue_of(letter.node) == "node.one"


def test_what_is_sent_is_what_is_read():
    message = Message(7, 3)
    assert parse(message.to_args(), {}) == message
    with pytest.raises(MessageError):
        parse([*message.to_args(), "more"], {})


def test_permq_never_imports_the_workers(root):
    for source in (root / "permq").rglob("*.py"):
        text = source.read_text(encoding="utf-8")
        assert "import workers" not in text, source
        assert "from workers" not in text, source
        assert "celeryconfig" not in text, source


def test_a_worker_of_cpu_kinds_needs_no_torch_and_no_pandas():
    program = (
        "import sys\n"
        "import workers\n"
        "import workers.slice, workers.task, permq.jobs.kinds\n"
        "assert not {'torch', 'pandas', 'matplotlib'} & set(sys.modules), sys.modules.keys()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
