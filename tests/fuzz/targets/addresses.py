"""Addresses of Postgres and Redis."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from permq.errors import InputError, ServiceError
from tests.fuzz.target import Target, law

AWAY = "nobody is there"


def _prepare(folder: Path) -> Callable[[bytes], object]:
    import psycopg2
    from kombu import Connection as Broker

    from permq.config import ServiceSettings
    from permq.encryption import redis_address
    from permq.pool.connection import connect
    from permq.services.addresses import shown

    def away(*_: Any, **__: Any) -> Any:
        raise psycopg2.OperationalError(AWAY)

    # the parsing is libpq's and stays; what it would dial is nobody's
    psycopg2._connect = away

    def run(data: bytes) -> None:
        url = data.decode("utf-8", "surrogateescape")
        name = "PERMQ_REDIS_URL" if data[:5] == b"redis" else "PERMQ_POSTGRES_URL"
        law(shown(url).isprintable(), "an address that cannot be shown")
        try:
            settings = ServiceSettings.read({name: url, "XDG_DATA_HOME": "/nowhere"})
            if settings.redis_url is not None:
                address = redis_address(settings.redis_url)
                with Broker(address.spelled_out, ssl=address.tls or False) as broker:
                    law(broker.transport.client.as_uri(), "no transport")
            elif settings.postgres_url is not None:
                connect(settings.postgres_url)
        except (ServiceError, InputError) as error:
            if str(error).endswith(AWAY):
                return  # it was understood
            # files are told, and mutations put the password in the place of one
            file = re.search(r"ssl_\w+=[^&]*s3cret", url)
            law(file or "s3cret" not in str(error), "the error tells the password")
            raise

    return run


def _seeds() -> list[bytes]:
    return [
        b"postgresql://permq:s3cret@127.0.0.1:5432/permq",
        b"postgres://permq@[::1]/permq?sslmode=verify-full&sslrootcert=/ca.pem",
        b"host=db port=5432 user=permq password='s 3' dbname=permq",
        b"postgresql://a:1,b:2/permq?target_session_attrs=read-write",
        b"redis://:s3cret@127.0.0.1:6379/0",
        b"rediss://permq:s3cret@db:6380/1?ssl_cert_reqs=required",
    ]


TARGETS = (
    Target(
        "addresses",
        "PERMQ_POSTGRES_URL and PERMQ_REDIS_URL",
        _prepare,
        _seeds,
        refusals=(ServiceError, InputError),
        words=(b"postgresql://", b"redis://", b"@", b":", b"/", b"?", b"%40", b"%zz", b"[::1]"),
        longest=512,
    ),
)
