import pytest

from permq.config import POSTGRES_ROLES
from permq.services.members import Stage
from permq.services.nodes import processors
from permq.services.plan import make_plan, workers_each
from permq.services.servers import PostgresAddresses, RedisAddresses

POSTGRES = PostgresAddresses(
    *(f"postgresql://{role}:{role}-secret@127.0.0.1:1/permq" for role in POSTGRES_ROLES)
)
REDIS = RedisAddresses("redis://worker:w-secret@127.0.0.1:2/0", "redis://flower:f-secret@h/0")
ALONE = {"flower_port": None, "metrics_port": None, "dashboard_port": None}


@pytest.fixture
def plan(tmp_path):
    def make(**choices):
        usual = {"count": 1, "workers": 2}
        ports = {"flower_port": 5555, "metrics_port": 9808, "dashboard_port": 8050}
        return make_plan(tmp_path, POSTGRES, REDIS, **usual | ports | choices)

    return make


def test_those_that_watch_and_so_many_nodes_are_planned(plan):
    members = list(plan(count=2).members(lambda name: True))
    assert [(member.name, member.stage) for member in members] == [
        ("flower", Stage.WATCHER),
        ("metrics", Stage.WATCHER),
        ("dashboard", Stage.WATCHER),
        ("node1", Stage.WORKER),
        ("node2", Stage.WORKER),
    ]
    assert list(plan(count=0, **ALONE).members(lambda name: True)) == []


def test_no_secret_stands_in_a_command(plan):
    made = plan()
    for member in made.members(lambda name: True):
        words = " ".join(member.command)
        assert "-secret" not in words
        assert made.flower_password not in words
        assert "-secret" not in repr(made)


def test_everybody_knows_only_the_servers_and_roles_that_it_needs(plan):
    found = {
        member.name: [
            member.variables.get(name) for name in ("PERMQ_POSTGRES_URL", "PERMQ_REDIS_URL")
        ]
        for member in plan().members(lambda name: True)
    }
    assert found == {
        "flower": [None, REDIS.flower],
        "metrics": [POSTGRES.reader, None],
        "dashboard": [POSTGRES.reader, None],
        "node1": [POSTGRES.worker, REDIS.worker],
    }


def test_a_node_is_started_with_its_name_slots_and_folder(plan, tmp_path):
    (node,) = plan(**ALONE).members(lambda name: name == "node1")
    folder = tmp_path / "nodes/node1"
    words = ("worker", "start", "--name", "node1", "--slots", "2", "--data", str(folder))
    assert node.command[-8:] == words
    assert folder.is_dir()
    assert node.ready()
    assert node.may_leave


def test_processors_are_shared_out_among_nodes():
    assert workers_each(None, 1) == processors()
    assert workers_each(None, 10 * processors()) == 1
    assert workers_each(None, 0) == processors()
    assert workers_each(7, 3) == 7
