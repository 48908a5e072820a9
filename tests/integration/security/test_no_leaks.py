"""No password stands anywhere but in its own file: a whole `permq up` is searched for them."""

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from base64 import b64encode
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, quote_plus
from urllib.request import Request, urlopen

import psycopg2
import pytest
from redis import Redis

from permq.config.addresses import with_password
from permq.dashboard.app import FLEET, PANELS
from permq.services.ports import free_port
from permq.services.processes import command_line
from tests.machines import Machine, Up
from tests.nodes import EXAMPLE
from tests.servers import run_sql

GIVEN = {
    "PERMQ_POSTGRES_READER_PASSWORD": "reader/@: 50%+word",
    "PERMQ_POSTGRES_WORKER_PASSWORD": "of-a-file #1?",
    "PERMQ_REDIS_WORKER_PASSWORD": "of-a-command&'x",
    "PERMQ_FLOWER_PASSWORD": "flowers-own-word",
    "PERMQ_METRICS_PASSWORD": "metrics-own-word",
    "PERMQ_DASHBOARD_PASSWORD": "dashboards-own-word",
}
WRONG = "mistaken/@word"
"""A password that is right nowhere; it is a secret all the same, often of another server."""

OWN_FILES = ("addresses.json", "password", "worker-word")
"""Names of files that hold passwords, and which only their owner may read."""


WAITED = ("--wait", "--keep-going", "--json")
ANNEAL = ("submit", "anneal", "--param", "steps=2000", "--param", "rows=64", *WAITED)
FAILING = (
    "INSERT INTO jobs (submission_id, puzzle_id, kind, work_class, params, seed, state,"
    " code_version) SELECT submission_id, puzzle_id, kind, work_class, '{}', seed, 'ready',"
    " code_version FROM jobs"
)
"""What no user can submit: a job without the parameters that its kind needs."""


def forms(word):
    """A password as it is and as it may be written elsewhere."""
    plain = {word, quote(word), quote(word, safe=""), quote_plus(word), json.dumps(word)[1:-1]}
    logins = {b64encode(f"permq:{word}".encode()).decode()}
    return {form.encode() for form in plain | logins}


class Search:
    """Texts from everywhere, by where they are from."""

    def __init__(self) -> None:
        self.seen: dict[str, bytes] = {}

    def note(self, where, text):
        self.seen[where] = text if isinstance(text, bytes) else str(text).encode()

    def leaks(self, words):
        """Where a password stands, and which."""
        wanted = {form: name for name, word in words.items() for form in forms(word)}
        return [
            (where, name)
            for where, text in self.seen.items()
            for form, name in wanted.items()
            if form in text
        ]


def page(url, login):
    """What a page answers, whatever it is; a refusal too is an answer."""
    headers = {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}
    try:
        with urlopen(Request(url, headers=headers), timeout=30) as answer:
            return str(answer.headers).encode() + answer.read()
    except HTTPError as error:
        with error:
            return f"{error}\n{error.headers}".encode() + error.read()


@pytest.fixture
def machine(tmp_path):
    made = Machine(tmp_path / "data")
    yield made
    for up in made.started:
        up.end()
    shutil.rmtree(tmp_path / "data" / "postgres", ignore_errors=True)


def test_no_password_is_told_to_anybody(machine, run, tmp_path):
    word = tmp_path / "worker-word"
    word.touch(0o600)
    word.write_text(GIVEN["PERMQ_POSTGRES_WORKER_PASSWORD"] + "\n")
    show = tmp_path / "show-word"
    show.write_text(f"print({GIVEN['PERMQ_REDIS_WORKER_PASSWORD']!r})\n")
    machine.variables |= GIVEN | {
        "PERMQ_POSTGRES_WORKER_PASSWORD": "",
        "PERMQ_POSTGRES_WORKER_PASSWORD_FILE": str(word),
        "PERMQ_REDIS_WORKER_PASSWORD": "",
        "PERMQ_REDIS_WORKER_PASSWORD_COMMAND": f"{sys.executable} '{show}'",
    }
    ports = {name: free_port() for name in ("flower", "metrics", "dashboard")}
    words = [word for name, port in ports.items() for word in (f"--{name}-port", port)]
    up = machine.up("--workers", 1, *words)
    assert up.ready, up.text
    search = Search()
    jobs = work(machine, run, search)
    provoke(machine, run, search)
    look(machine, up, run, search, ports, jobs)
    search.note("up itself", (up.end(), up.text))
    for log in (machine.data / "logs").iterdir():
        search.note(f"log {log.name}", log.read_bytes())
    kept = {
        str(file.relative_to(machine.data)): file.read_text().strip()
        for file in machine.data.glob("*/*password")
    }
    secrets = {**GIVEN, "wrong": WRONG, **kept}
    assert len(kept) == 4  # the other three were given
    for file in machine.data.rglob("*"):
        if file.is_file() and not file.name.endswith(OWN_FILES):
            search.note(f"file {file}", file.read_bytes())
        elif file.is_file():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(search.seen) > 300
    assert search.leaks(secrets) == []
    # the search itself finds what there is to be found
    search.note("a test", f"redis://worker:{quote(WRONG, safe='')}@somewhere")
    assert search.leaks(secrets) == [("a test", "wrong")]


@pytest.fixture
def run(machine, permq, monkeypatch):
    """Run a command on the data folder, and note what it says."""

    def call(search, *words, **variables):
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("PERMQ_")]:
                patch.delenv(name)
            for name, value in (machine.variables | variables).items():
                patch.setenv(name, value)
            done = permq(*words, "--data", machine.data)
        search.note(f"{words} {variables}", done.out + done.err)
        assert "Traceback" not in done.err, (words, variables, done.err)
        return done

    return call


def work(machine, run, search):
    """Jobs that succeed and one that fails; gives their numbers."""
    assert run(search, "puzzle", "add", EXAMPLE).code == 0
    done = run(search, *ANNEAL)
    assert done.code == 0, done.err
    run_sql(json.loads((machine.data / "addresses.json").read_text())["postgres_url"], FAILING)
    while True:
        jobs = json.loads(run(search, "jobs", "--json").out)["jobs"]
        if "failed" in {job["state"] for job in jobs}:
            break
        time.sleep(0.1)
    return [job["id"] for job in jobs]


def provoke(machine, run, search):
    """Errors of every sort that has to do with servers."""
    record = json.loads((machine.data / "addresses.json").read_text())
    postgres, redis = record["postgres_url"], record["redis_url"]
    place = postgres.rpartition("@")[2]
    bad = {
        "wrong password": with_password(f"postgresql://permq_worker@{place}", WRONG),
        "not encoded": f"postgresql://permq_worker:{WRONG}@{place}",
        "nobody there": with_password("postgresql://permq_worker@127.0.0.1:1/permq", WRONG),
        "no such host": with_password("postgresql://me@nowhere.invalid/permq", WRONG),
        "words": f"host=127.0.0.1 port=1 password='{WRONG}'",
        "words that are none": f"host=127.0.0.1 pasword='{WRONG}'",
        "no port": f"postgresql://me:{WRONG.partition('/')[0]}",
    }
    for name, url in bad.items():
        for words in (("status",), ("submit", "noop"), ("metrics", "--once"), ("db", "roles")):
            done = run(search, *words, PERMQ_POSTGRES_URL=url)
            assert done.code, (name, words)
    place = redis.rpartition("@")[2]
    for name, url in {
        "wrong password": with_password(f"redis://worker@{place}", WRONG),
        "nobody there": with_password("redis://worker@127.0.0.1:1/0", WRONG),
        "not encoded": f"redis://worker:{WRONG}@{place}",
        "no port": f"redis://:{WRONG.partition('/')[0]}",
    }.items():
        for words in (("status",), ("submit", "noop")):
            done = run(search, *words, PERMQ_REDIS_URL=url)
            # a job whose message cannot be sent is kept, which is no error
            assert done.code or words[0] == "submit", (name, words)
    for server, url in (("POSTGRES", bad["wrong password"]), ("REDIS", redis.replace(place, "h"))):
        both = {"PERMQ_POSTGRES_URL": postgres, "PERMQ_REDIS_URL": redis}
        wrong = both | {f"PERMQ_{server}_URL": url}
        if server == "REDIS":
            wrong["PERMQ_REDIS_URL"] = with_password(f"redis://worker@{place}", WRONG)
        worker(machine, search, f"worker of a wrong {server}", wrong)


def worker(machine, search, what, variables):
    """A worker that cannot log in, until it has said so."""
    words = machine.words("worker", "start", "--name", "lost")
    environment = machine.environment | variables
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if "assword" in line or "AUTH" in line or "login" in line:
                process.kill()
        search.note(what, "".join(said))
    assert said, what


def look(machine: Machine, up: Up, run, search: Search, ports, jobs):
    """Look everywhere where somebody could look."""
    for pid in (up.process.pid, *up.tree()):
        search.note(f"command line {pid}", command_line(pid))
        # an environment may hold passwords: the system shows it to its user alone
        environment = Path(f"/proc/{pid}/environ")
        assert stat.S_IMODE(environment.stat().st_mode) == 0o400
        if pid != up.process.pid:
            words = environment.read_bytes()
            # the owner and the administrators are known to nobody who was started here
            own = ("postgres/password", "postgres/owner.password", "redis/password")
            for name in own:
                assert (machine.data / name).read_bytes().strip() not in words, pid
    for job in jobs:
        for words in (("show", job, "--json"), ("show", job), ("logs", job)):
            run(search, *words)
    for words in ("status --json", "nodes --json", "settings list", "watch --once", "db check"):
        run(search, *words.split())
    run(search, "db", "backup", machine.data / "pool.backup")
    flower = f"http://127.0.0.1:{ports['flower']}"
    login = f"permq:{GIVEN['PERMQ_FLOWER_PASSWORD']}"
    answer = page(f"{flower}/api/workers?refresh=1", login)
    workers = json.loads(answer[answer.index(b"{") :])
    assert workers
    for path in (
        *("/api/workers?refresh=1", "/api/tasks", "/api/queues/length", "/workers", "/tasks"),
        *("/broker", "/metrics", *(f"/worker/{name}" for name in workers)),
    ):
        for who in (login, "permq:wrong"):
            search.note(f"flower {path} {who == login}", page(flower + path, who))
    dashboard = f"http://127.0.0.1:{ports['dashboard']}"
    login = f"permq:{GIVEN['PERMQ_DASHBOARD_PASSWORD']}"
    for path in ("", "api/links", *(f"api/{name}" for name in FLEET)):
        search.note(f"dashboard {path}", page(f"{dashboard}/{path}", login))
    for name in PANELS:
        search.note(f"dashboard {name}", page(f"{dashboard}/api/puzzles/1/{name}", login))
    metrics = f"http://127.0.0.1:{ports['metrics']}/metrics"
    search.note("metrics", page(metrics, f"permq:{GIVEN['PERMQ_METRICS_PASSWORD']}"))
    assert b"permq_up 1" in search.seen["metrics"]
    look_into_servers(machine, search)


def look_into_servers(machine, search):
    """Every row of every table and every key, as an administrator reads them."""
    record = json.loads((machine.data / "addresses.json").read_text())
    place = record["postgres_url"].rpartition("@")[2]
    admin = with_password(
        f"postgresql://permq@{place}", (machine.data / "postgres/password").read_text().strip()
    )
    with closing(psycopg2.connect(admin)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v')"
            " AND (n.nspname = 'public' OR c.relname IN"
            " ('pg_authid', 'pg_stat_activity', 'pg_settings', 'pg_db_role_setting'))"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {name} t")
            search.note(f"table {name}", "\n".join(row for (row,) in cursor.fetchall()))
    place = record["redis_url"].rpartition("@")[2]
    password = (machine.data / "redis/password").read_text().strip()
    with Redis.from_url(with_password(f"redis://admin@{place}", password)) as client:
        for words in ("ACL LIST", "ACL LOG", "CLIENT LIST", "SLOWLOG GET 128", "CONFIG GET *"):
            search.note(f"redis {words}", client.execute_command(*words.split()))
        readers = {
            b"string": client.get,
            b"list": lambda key: client.lrange(key, 0, -1),
            b"set": client.smembers,
            b"hash": client.hgetall,
            b"zset": lambda key: client.zrange(key, 0, -1),
        }
        for key in client.scan_iter():
            search.note(f"redis {key}", readers[client.type(key)](key))
