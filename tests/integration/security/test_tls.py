"""Encrypted servers: the right certificate connects, everything else is refused with advice."""

from datetime import timedelta

import pytest

from permq.config import ServiceSettings
from permq.errors import PermqError
from permq.pool.connection import connect
from permq.services import redis
from permq.services.addresses import Addresses
from permq.services.health import OK, UNREACHABLE, survey
from tests.tls_servers import TlsRedis
from workers.boot import check_encryption, open_to_strangers


def verdict(postgres_url=None, redis_url=None):
    """What `permq status` says of a server, and what a worker says before it starts."""
    place = 0 if postgres_url else 1
    health = survey(Addresses(postgres_url, redis_url), None)[place]
    with pytest.raises(PermqError) as caught:
        check_encryption(ServiceSettings(postgres_url, redis_url, None))
    told = str(caught.value)
    assert health.health == UNREACHABLE
    assert health.problem in told
    assert "\n" not in told
    return health.problem


@pytest.fixture
def redis_of(authority, tmp_path):
    started = []

    def start(pair, **options):
        started.append(TlsRedis(tmp_path / f"redis{len(started)}", authority, pair, **options))
        started[-1].start()
        return started[-1]

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def postgres_of(tls_postgres, server_pair):
    """The module's Postgres, with another certificate for one test."""

    def present(pair):
        tls_postgres.stop()
        tls_postgres.present(pair)
        tls_postgres.start()
        return tls_postgres

    yield present
    tls_postgres.demand()
    present(server_pair)


def test_the_right_certificate_connects(tls_postgres, tls_redis):
    found = survey(Addresses(tls_postgres.trusting_url, tls_redis.trusting_url), None)
    assert [(one.health, one.warning) for one in found] == [(OK, None)] * 2
    settings = ServiceSettings(tls_postgres.trusting_url, tls_redis.trusting_url, None)
    check_encryption(settings)
    assert open_to_strangers(settings) == []
    with connect(tls_postgres.trusting_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert cursor.fetchall() == [(True,)]
    connection.close()


def test_a_certificate_of_another_authority_is_refused(tls_postgres, tls_redis, stranger):
    told = verdict(redis_url=f"{tls_redis.url}?ssl_ca_certs={stranger.certificate}")
    assert told == (
        "Redis's certificate is not of an authority that is trusted here: name that authority's "
        "certificate in PERMQ_REDIS_URL, ssl_ca_certs=FILE"
    )
    # without a word about certificates they are checked all the same
    assert verdict(redis_url=tls_redis.url) == told
    url = f"{tls_postgres.url}?sslmode=verify-full&sslrootcert={stranger.certificate}"
    assert verdict(url) == (
        "Postgres's certificate is not of an authority that is trusted here: name that authority's "
        "certificate in PERMQ_POSTGRES_URL, sslmode=verify-full&sslrootcert=FILE"
    )


def test_a_certificate_for_another_name_is_refused(authority, redis_of, postgres_of):
    pair = authority.issue("elsewhere", "elsewhere.example")
    end = (
        "certificate is not for the name 127.0.0.1: connect by a name that it is for, or give the "
        "server another"
    )
    assert verdict(redis_url=redis_of(pair).trusting_url) == f"Redis's {end}"
    assert verdict(postgres_of(pair).trusting_url) == f"Postgres's {end}"


def test_an_expired_certificate_is_refused(authority, redis_of, postgres_of):
    pair = authority.issue("old", "127.0.0.1", until=timedelta(days=-1))
    end = "certificate has expired: renew it at the server"
    assert verdict(redis_url=redis_of(pair).trusting_url) == f"Redis's {end}"
    assert verdict(postgres_of(pair).trusting_url) == f"Postgres's {end}"


def test_a_plain_connection_to_an_encrypted_port_is_refused(tls_postgres, tls_redis):
    told = verdict(redis_url=tls_redis.url.replace("rediss://", "redis://"))
    assert told.startswith("this port takes encrypted connections only: begin PERMQ_REDIS_URL")
    told = verdict(f"{tls_postgres.url}?sslmode=disable")
    assert told.startswith("this Postgres takes encrypted connections only: name the authority's")


def test_an_encrypted_connection_to_a_plain_port_is_refused(
    postgres_url, redis_url, authority, monkeypatch
):
    monkeypatch.setattr(redis, "SECONDS", 0.3)  # a plain Redis waits for the rest of a line
    url = redis_url.replace("redis://", "rediss://") + f"?ssl_ca_certs={authority.certificate}"
    assert verdict(redis_url=url).startswith("this port is not encrypted: name the server's TLS")
    for mode in ("require", f"verify-full&sslrootcert={authority.certificate}"):
        told = verdict(f"{postgres_url}?sslmode={mode}")
        assert told.startswith("this Postgres does not encrypt (the one of `permq up` never does")


def test_a_client_shows_a_certificate_of_its_own(
    authority, stranger, redis_of, postgres_of, server_pair
):
    mine, theirs = authority.issue("client"), stranger.issue("client")
    url = redis_of(server_pair, ask_clients=True).trusting_url
    assert verdict(redis_url=url).startswith("Redis asks who we are")
    wrong = f"{url}&ssl_certfile={theirs.certificate}&ssl_keyfile={theirs.key}"
    assert verdict(redis_url=wrong).startswith("Redis refuses the certificate of ssl_certfile")
    assert redis.is_ready(f"{url}&ssl_certfile={mine.certificate}&ssl_keyfile={mine.key}")

    postgres_of(server_pair).demand("clientcert=verify-ca")
    url = postgres_of(server_pair).trusting_url
    assert verdict(url).startswith("Postgres asks who we are")
    wrong = f"{url}&sslcert={theirs.certificate}&sslkey={theirs.key}"
    assert verdict(wrong).startswith("Postgres refuses the certificate of sslcert")
    connect(f"{url}&sslcert={mine.certificate}&sslkey={mine.key}").close()


def test_a_missing_file_of_the_authority_is_told(tls_postgres, tls_redis, tmp_path):
    told = verdict(redis_url=f"{tls_redis.url}?ssl_ca_certs={tmp_path}/none.crt")
    assert told == f"PERMQ_REDIS_URL: ssl_ca_certs={tmp_path}/none.crt: No such file or directory"
    told = verdict(f"{tls_postgres.url}?sslmode=verify-full&sslrootcert={tmp_path}/none.crt")
    assert told.startswith("the authority's certificate cannot be read: name its file")


def test_weak_settings_connect_with_a_warning(tls_postgres, tls_redis):
    weak = f"{tls_postgres.url}?sslmode=require", f"{tls_redis.url}?ssl_cert_reqs=none"
    postgres, redis = survey(Addresses(*weak), None)
    assert (postgres.health, redis.health) == (OK, OK)
    assert postgres.warning == (
        "sslmode=require encrypts, but takes anybody for the server: use "
        "verify-full&sslrootcert=FILE"
    )
    assert redis.warning == (
        "ssl_cert_reqs=none encrypts, but takes anybody for Redis: use required and "
        "ssl_ca_certs=FILE"
    )
    found = open_to_strangers(ServiceSettings(*weak, None))
    assert found == [f"PERMQ_REDIS_URL: {redis.warning}", f"PERMQ_POSTGRES_URL: {postgres.warning}"]
