"""A whole fleet over encrypted connections: who sends, a worker and its jobs, Flower."""

import pytest

from tests.flower_pages import FlowerPage
from tests.nodes import Fleet, step


@pytest.fixture
def tls_fleet(tls_postgres, tls_redis, tmp_path):
    made = Fleet(tls_postgres.trusting_url, tls_redis.trusting_url, tmp_path / "fleet")
    made.run("INSERT INTO settings VALUES ('history.seconds', '0') ON CONFLICT DO NOTHING")
    yield made
    made.close()


def test_jobs_run_and_flower_watches_over_encrypted_connections(tls_fleet, tmp_path):
    # both servers take no other connections
    page = FlowerPage(tls_fleet.environment(), tmp_path)
    try:
        node = tls_fleet.started("one")
        done = tls_fleet.submit(step("noop", 3))
        assert set(tls_fleet.until_ended(done.jobs).values()) == {"done"}
        tls_fleet.until(page.is_ready, "Flower answers")
        tls_fleet.until(
            lambda: "one@" in str(page.json("/api/workers?refresh=1")), "Flower knows the node"
        )
        queues = page.json("/api/queues/length")["active_queues"]
        assert [queue["name"] for queue in queues] == ["node.one"]
    finally:
        page.end()
    assert node.terminate() == 0
    assert "WARNING" not in node.told()


@pytest.mark.parametrize("server", ["redis", "postgres"])
def test_a_worker_does_not_wait_for_a_server_that_it_does_not_believe(
    tls_fleet, authority, stranger, server
):
    node = tls_fleet.node("one")
    name = f"PERMQ_{server.upper()}_URL"
    trusting = tls_fleet.environment()[name]
    node.start(**{name: trusting.replace(str(authority.certificate), str(stranger.certificate))})
    assert node.process.wait(60) == 1
    (line,) = node.told().splitlines()
    assert line.startswith("permq: error: ")
    assert "certificate is not of an authority that is trusted here" in line


def test_the_status_tells_what_is_wrong_and_what_is_left_open(
    tls_postgres, tls_redis, permq, monkeypatch, tmp_path
):
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path))
    monkeypatch.setenv("PERMQ_POSTGRES_URL", f"{tls_postgres.url}?sslmode=disable")
    monkeypatch.setenv("PERMQ_REDIS_URL", f"{tls_redis.url}?ssl_cert_reqs=none")
    done = permq("status")
    assert done.code == 1
    assert "this Postgres takes encrypted connections only: name the authority's" in done.out
    assert "warning: ssl_cert_reqs=none encrypts, but takes anybody for Redis" in done.out
    password = tls_postgres.url.partition("@")[0].rpartition(":")[2]
    assert password not in done.out
