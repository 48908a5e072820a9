"""A fleet whose nodes have the workers' rights alone, and pages that have the reader's."""

import json
import time
from base64 import b64encode
from hashlib import sha256
from urllib.request import Request, urlopen

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError

from permq.dashboard.app import FLEET, PANELS
from permq.fleet.names import queue_of
from permq.services import acl, flower
from permq.services.binaries import find_redis
from permq.services.members import Member, Running, Stage
from permq.services.ports import free_port
from permq.services.redis import is_ready
from tests.chaos.workload import HOT, RANDOM
from tests.dashboards import Served
from tests.integration.security.conftest import make_roles
from tests.nodes import Fleet, step
from tests.servers import run_sql

SMALL = {**RANDOM, **HOT}


@pytest.fixture
def fleet(role_url, redis_users, tmp_path):
    """A fleet of least rights; Redis has refused nothing until now."""
    with Redis.from_url(redis_users(acl.ADMIN)) as admin:
        admin.acl_log_reset()
    made = Fleet(role_url("worker"), redis_users(acl.WORKER), tmp_path / "fleet")
    made.run("INSERT INTO settings (key, value) VALUES ('history.seconds', '0')")
    yield made
    made.close()


def test_every_path_of_a_fleet_needs_no_more_than_the_workers_rights(
    fleet, role_url, redis_users, permq, monkeypatch
):
    node = fleet.started("one", slots=2)
    asked = {"puzzle": fleet.add_puzzle(), "keep_going": True}
    jobs = [
        *fleet.submit(step("noop", 3)).jobs,
        *fleet.submit(
            step("anneal", steps=3_000, **SMALL),
            step("refine", steps=2, rows=64),
            step("figures", names="convergence"),
            **asked,
        ).jobs,
        *fleet.submit(step("sweep", count=5, parts=2, **RANDOM), **asked).jobs,
        *fleet.submit(step("twin", epochs=2, rows=20), **asked).jobs,
        *fleet.submit(
            step("anneal", steps=300, **SMALL), step("history"), step("embed"), **asked
        ).jobs,
    ]
    # messages that no job stands behind are kept, which takes the right to add and not to read
    with Redis.from_url(redis_users(acl.WORKER)) as broker:
        broker.lpush(queue_of("one"), "no message")
    # what a script of the earlier pool inserts is judged and becomes a solution
    assert set(fleet.until_ended(jobs).values()) == {"done"}, node.told()
    ((best,),) = fleet.rows("SELECT permutation FROM solutions ORDER BY cost LIMIT 1")
    fleet.run("INSERT INTO js_puzzle_pool (permutation, worker) VALUES (%s, 'script')", best)
    fleet.until(lambda: fleet.rows("SELECT state FROM incoming") == [("accepted",)], "it is judged")
    reported = fleet.submit(step("report", puzzle="small")).jobs
    assert set(fleet.until_ended(reported).values()) == {"done"}, node.told()
    # orders of whoever submits
    monkeypatch.setenv("PERMQ_POSTGRES_URL", fleet.postgres_url)
    monkeypatch.setenv("PERMQ_REDIS_URL", fleet.redis_url)
    for words in (
        ("submit", "noop", "--count", "2", "--wait"),
        ("pause", str(jobs[0])),
        ("cancel", "--all"),
        ("settings", "set", "slice.seconds", "21"),
        ("worker", "drain", "one"),
        ("worker", "drain", "one", "--undo"),
        ("nodes",),
        ("status",),
        ("pool", "top"),
    ):
        done = permq(*words)
        assert done.code == 0, (words, done.err)
    assert "refuse" not in node.told().replace("message refused", "")
    assert node.terminate() == 0
    with Redis.from_url(redis_users(acl.ADMIN)) as admin:
        assert admin.acl_log() == []


def test_pages_read_with_the_readers_rights(fleet, role_url, permq, monkeypatch):
    fleet.started("one")
    puzzle = fleet.add_puzzle()
    done = fleet.submit(step("anneal", steps=300, **SMALL), step("history"), puzzle=puzzle)
    fleet.until_ended(done.jobs)
    served = Served(role_url("reader"))
    try:
        panels = [f"puzzles/{puzzle.id}/{name}" for name in PANELS]
        for path in (*FLEET, *panels):
            answer = served.ask(f"/api/{path}")
            assert answer.status == 200, (path, answer.body)
    finally:
        served.end()
    monkeypatch.setenv("PERMQ_POSTGRES_URL", role_url("reader"))
    for words in (
        ("metrics", "--once"),
        ("watch", "--once"),
        ("jobs",),
        ("nodes",),
        ("show", str(done.jobs[0])),
        ("pool", "best"),
        ("history", "show"),
        ("settings", "list"),
        ("db", "check"),
    ):
        told = permq(*words)
        assert told.code == 0, (words, told.err)
    assert "permq_up 1" in permq("metrics", "--once").out
    # and nothing else
    for words in (("submit", "noop"), ("db", "roles"), ("settings", "set", "slice.seconds", "21")):
        told = permq(*words)
        assert told.code == 1, words
        assert "permq_reader" in told.err
        assert "permq db roles" in told.err


def test_a_worker_that_lacks_a_right_says_which_and_goes_on_once_it_is_given(fleet, postgres_url):
    run_sql(postgres_url, "REVOKE DELETE ON checkpoints FROM permq_worker")
    node = fleet.node("one")
    node.start(PERMQ_TIMES="beat=1")
    fleet.until(lambda: "waiting" in node.told(), "it says what it lacks")
    assert "role permq_worker lacks DELETE on checkpoints, which a worker needs" in node.told()
    assert "permq db roles" in node.told()
    make_roles(postgres_url)
    fleet.await_node("one")


def test_flower_sees_workers_as_its_own_user(fleet, redis_users, tmp_path):
    fleet.started("one")
    port = free_port()
    member = flower.member({"PERMQ_REDIS_URL": redis_users(acl.FLOWER)}, port, "word", tmp_path)
    running = Running(member, tmp_path)

    def ask(path):
        login = b64encode(b"permq:word").decode()
        page = Request(
            f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Basic {login}"}
        )
        with urlopen(page, timeout=30) as answer:
            return json.loads(answer.read())

    try:
        running.launch()
        fleet.until(running.check, "Flower answers")
        fleet.until(lambda: bool(ask("/api/workers")), "it hears of the worker")
        jobs = fleet.submit(step("noop", 3)).jobs
        fleet.until_ended(jobs)
        fleet.until(lambda: len(ask("/api/tasks")) == len(jobs), "it hears of the jobs")
        (worker,) = ask("/api/workers?refresh=1").values()
        assert worker["active_queues"][0]["name"] == queue_of("one")
        assert "active_queues" in ask("/api/queues/length")
    finally:
        running.stop()
    with Redis.from_url(redis_users(acl.ADMIN)) as admin:
        assert admin.acl_log() == []


MIGHTY = (
    *("FLUSHALL", "FLUSHDB", "KEYS *", "SCAN 0", "RANDOMKEY", "DBSIZE", "SWAPDB 0 1", "INFO"),
    *("CONFIG GET *", "CONFIG SET dir /tmp", "CONFIG REWRITE", "SAVE", "BGSAVE", "BGREWRITEAOF"),
    *("ACL LIST", "ACL SETUSER worker on", "ACL WHOAMI", "SHUTDOWN NOSAVE"),
    *("MONITOR", "CLIENT LIST", "CLIENT KILL ID 1", "CLIENT PAUSE 1", "SLOWLOG GET", "ROLE"),
    *("REPLICAOF 127.0.0.1 1", "PSYNC ? -1", "MODULE LIST", "FUNCTION LIST", "SCRIPT FLUSH"),
    *("EVAL x 0", "SCRIPT KILL", "OBJECT ENCODING node.one", "DUMP node.one", "MOVE node.one 1"),
    *("RENAME node.one node.two", "MIGRATE h 1 node.one 0 1", "PUBSUB CHANNELS", "LATENCY DOCTOR"),
    *("GET other", "SET other 1", "DEL other", "LPUSH celery x", "LPUSH other x", "BRPOP other 1"),
    *("SADD other x", "HSET other a b", "ZADD other 1 a", "PUBLISH other x", "PUBLISH /0.other x"),
    *("PSUBSCRIBE *", "SUBSCRIBE __redis__:invalidate", "COPY node.one other"),
)


@pytest.mark.parametrize("user", [acl.WORKER, acl.FLOWER])
def test_a_user_of_redis_may_not(redis_users, user):
    allowed = []
    for words in MIGHTY:
        # a connection each: some would end it, or turn it into something else
        with Redis.from_url(redis_users(user)) as client:
            try:
                client.execute_command(*words.split())
                allowed.append(words)
            except NoPermissionError:
                pass
    assert not allowed
    with Redis.from_url(redis_users(acl.ADMIN)) as admin:  # the server itself refuses it to all
        assert b"no permissions" in admin.acl_dryrun(user, "DEBUG", "SLEEP", "0")
    with Redis.from_url(redis_users(user)) as client:
        client.ping()
        # a script may do what its user may, and no more
        script = client.register_script("return redis.call('FLUSHALL')")
        with pytest.raises(Exception, match=r"ACL failure|permissions"):
            script()


def test_flower_puts_nothing_into_a_nodes_queue_and_takes_nothing_out(redis_users):
    with Redis.from_url(redis_users(acl.FLOWER)) as client:
        assert client.llen("node.one") == 0
        for words in ("LPUSH node.one x", "BRPOP node.one 1", "DEL node.one", "DEL unacked.one"):
            with pytest.raises(NoPermissionError):
                client.execute_command(*words.split())


def test_a_redis_of_ones_own_takes_the_users_from_a_file(root, tmp_path):
    text = (root / "ops/redis/users.acl").read_text(encoding="utf-8")
    for user in acl.RULES:
        text = text.replace(f"{user.upper()}_SHA256", sha256(f"{user} word".encode()).hexdigest())
    (tmp_path / "users.acl").write_text(text)
    port = free_port()
    member = Member(
        name="redis",
        stage=Stage.REDIS,
        command=(str(find_redis().path), "-"),
        stdin=f'bind 127.0.0.1\nport {port}\naclfile "{tmp_path}/users.acl"\n'.encode(),
        folder=tmp_path,
        ready=lambda: is_ready(f"redis://admin:admin%20word@127.0.0.1:{port}/0"),
    )
    running = Running(member, tmp_path)
    try:
        running.launch()
        while not running.check():
            time.sleep(0.02)
        for user in (acl.WORKER, acl.FLOWER):
            with Redis.from_url(f"redis://{user}:{user}%20word@127.0.0.1:{port}/0") as client:
                assert client.llen("node.one") == 0
                with pytest.raises(NoPermissionError):
                    client.flushall()
        assert not is_ready(f"redis://127.0.0.1:{port}/0")
    finally:
        running.stop()


def test_nobody_logs_in_without_a_name(redis_users):
    place = redis_users(acl.ADMIN).rpartition("@")[2]
    word = redis_users(acl.ADMIN).split(":")[2].partition("@")[0]
    for login in ("", f":{word}@", "default:word@", "worker:wrong@", f"worker:{word}@"):
        assert not is_ready(f"redis://{login}{place}"), login
    with pytest.raises(AuthenticationError), Redis.from_url(f"redis://{place}") as client:
        client.ping()
