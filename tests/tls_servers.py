"""Servers that encrypt, for tests: a Postgres and a Redis of the system's.

Those of the wheels cannot. `.ci/run` installs both where it may; where they are missing tests are
skipped and say so, but not in continuous integration.
"""

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

import psycopg2
import pytest

from permq.services import binaries, postgres
from permq.services.binaries import PostgresPrograms, RedisProgram
from permq.services.files import kept_password, private_folder
from permq.services.members import Member, Stage
from permq.services.ports import LOOPBACK, free_port
from tests.certificates import Authority, Pair
from tests.servers import Server


class TlsPostgres(Server):
    """A Postgres that takes encrypted connections only."""

    def __init__(self, folder: Path, authority: Authority, pair: Pair) -> None:
        programs = _postgres_programs()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(postgres, "find_postgres", lambda major=None: programs)
            self._cluster = postgres.prepare(folder / "postgres", sync=False)
        self._files = Pair(folder / "server.crt", folder / "server.key")
        settings = {
            "ssl": "on",
            "ssl_cert_file": str(self._files.certificate),
            "ssl_key_file": str(self._files.key),
            "ssl_ca_file": str(authority.certificate),
        }
        port = free_port()
        member = self._cluster.member(port, postgres.THROWAWAY | settings)
        url = self._cluster.url(port)
        super().__init__(replace(member, ready=partial(_is_up, url)), url, folder / "logs")
        self.authority = authority.certificate
        self.present(pair)
        self.demand()

    @property
    def trusting_url(self) -> str:
        """Address that checks the server's certificate."""
        return f"{self.url}?sslmode=verify-full&sslrootcert={self.authority}"

    def present(self, pair: Pair) -> None:
        """Show this certificate from the next start on."""
        for source, target in zip(pair, self._files, strict=True):
            shutil.copy(source, target)

    def demand(self, more: str = "") -> None:
        """What encrypted connections need besides the password, from the next start on."""
        rules = f"hostssl all all {LOOPBACK}/32 scram-sha-256 {more}\n"
        (self._cluster.data / "pg_hba.conf").write_text(rules)


class TlsRedis(Server):
    """A Redis that takes encrypted connections only."""

    def __init__(
        self, folder: Path, authority: Authority, pair: Pair, *, ask_clients: bool = False
    ) -> None:
        program = _redis_program()
        port = free_port()
        password = kept_password(private_folder(folder) / "password")
        lines = (
            *(f"bind {LOOPBACK}", "port 0", f"tls-port {port}", 'save ""', f'dir "{folder}"'),
            *(f"requirepass {password}", f'tls-ca-cert-file "{authority.certificate}"'),
            *(f'tls-cert-file "{pair.certificate}"', f'tls-key-file "{pair.key}"'),
            f"tls-auth-clients {'yes' if ask_clients else 'no'}",
        )
        url = f"rediss://:{password}@{LOOPBACK}:{port}/0"
        member = Member(
            name="redis",
            stage=Stage.REDIS,
            command=(str(program.path), "-"),
            stdin="".join(f"{line}\n" for line in lines).encode(),
            ready=partial(_listens, port),
            stop_signal=signal.SIGKILL,
        )
        super().__init__(member, url, folder / "logs")
        self.authority = authority.certificate

    @property
    def trusting_url(self) -> str:
        """Address that checks the server's certificate."""
        return f"{self.url}?ssl_cert_reqs=required&ssl_ca_certs={self.authority}"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that no server and no client trusts."""
    return Authority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="session")
def server_pair(authority: Authority) -> Pair:
    """The certificate of this machine's servers."""
    return authority.issue("server", "localhost", LOOPBACK)


@pytest.fixture(scope="module")
def tls_postgres(
    authority: Authority, server_pair: Pair, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TlsPostgres]:
    """A Postgres for the tests of one module, with the schema."""
    from permq.pool.migrate import migrate

    server = TlsPostgres(tmp_path_factory.mktemp("tls-postgres"), authority, server_pair)
    try:
        server.start()
        migrate(server.trusting_url)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def tls_redis(
    authority: Authority, server_pair: Pair, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TlsRedis]:
    """A Redis for the tests of one module."""
    server = TlsRedis(tmp_path_factory.mktemp("tls-redis"), authority, server_pair)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def _is_up(url: str) -> bool:
    """Whether a Postgres decides about connections by now, in whatever way."""
    try:
        psycopg2.connect(url, connect_timeout=5).close()
    except psycopg2.OperationalError as error:
        return "refused" not in str(error) and "starting up" not in str(error)
    return True


def _listens(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), 5).close()
    except OSError:
        return False
    return True


def _postgres_programs() -> PostgresPrograms:
    for folder in binaries._postgres_folders():
        version = binaries._version(folder / "postgres")
        if version is not None and not _of_a_wheel(folder):
            return PostgresPrograms(folder, version)
    return _missing("Postgres")


def _redis_program() -> RedisProgram:
    for path in binaries._redis_paths():
        version = binaries._version(path)
        if version is not None and not _of_a_wheel(path):
            return RedisProgram(path, version)
    return _missing("Redis or Valkey")


def _of_a_wheel(path: Path) -> bool:
    return "site-packages" in path.parts


def _missing(what: str) -> NoReturn:
    told = f"no {what} of the system here, and the wheel's has no TLS"
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(told)
    pytest.skip(told)
