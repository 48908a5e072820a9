"""How the servers are: version and whether they answer."""

from dataclasses import dataclass

from permq.encryption import postgres_refusal, postgres_weakness, redis_address, redis_refusal
from permq.errors import OptionError
from permq.services import exporter, flower, pages
from permq.services.addresses import OPAQUE, Addresses, Record, shown
from permq.services.redis import client_of

OK, NOT_RUNNING, UNREACHABLE = "ok", "not running", "unreachable"
TIMEOUT = 5


@dataclass(frozen=True)
class Health:
    """One service.

    Parameters
    ----------
    name
        `postgres`, `redis`, `flower`, `metrics` or `dashboard`.
    address
        Without user and password; None where none is known.
    version
        None where it does not say.
    health
        `ok`, `not running` (nothing is known of it) or `unreachable`.
    problem
        Why it is not ok, on one line; None where it is.
    warning
        What its address leaves open to strangers, on one line; None where nothing.
    """

    name: str
    address: str | None
    version: str | None
    health: str
    problem: str | None = None
    warning: str | None = None


def survey(addresses: Addresses, record: Record | None) -> list[Health]:
    """Ask every service that should run.

    Parameters
    ----------
    addresses
        Of the servers.
    record
        Of the running `permq up`, where there is one; it knows who watches.
    """
    found = [_postgres(addresses.postgres), _redis(addresses.redis)]
    if record is not None and record.flower is not None:
        watch = record.flower
        ready = flower.is_ready(watch.url, watch.password)
        found.append(_page("flower", watch.url, ready, flower.version()))
    if record is not None and record.metrics is not None:
        url = record.metrics
        page = url + exporter.PAGE
        found.append(_page("metrics", page, pages.is_ready(url), pages.version()))
    if record is not None and record.dashboard is not None:
        url = record.dashboard
        found.append(_page("dashboard", url, pages.is_ready(url), pages.version()))
    return found


def _postgres(url: str | None) -> Health:
    if url is None:
        return Health("postgres", None, None, NOT_RUNNING, "no address is known")
    import psycopg2

    try:
        facts = psycopg2.extensions.parse_dsn(url)
    except psycopg2.Error:
        facts = {}
    weakness = postgres_weakness(facts)
    try:
        connection = psycopg2.connect(url, connect_timeout=TIMEOUT)
    except psycopg2.Error as error:
        if advice := postgres_refusal(facts, str(error)):
            return Health("postgres", shown(url), None, UNREACHABLE, advice, weakness)
        # libpq names host, port and user; only of an address that it cannot read it quotes more
        told = " ".join(str(error).split()) if shown(url) != OPAQUE else "it does not answer"
        return Health("postgres", shown(url), None, UNREACHABLE, told, weakness)
    try:
        version = str(connection.get_parameter_status("server_version")).partition(" ")[0]
    finally:
        connection.close()
    return Health("postgres", shown(url), version, OK, warning=weakness)


def _redis(url: str | None) -> Health:
    if url is None:
        return Health("redis", None, None, NOT_RUNNING, "no address is known")
    import redis

    weakness = None
    try:
        weakness = redis_address(url).weakness
        with client_of(url) as client:
            # INFO tells more, and is not for everybody
            told = client.execute_command("HELLO")
        # by the older protocol it is names and values by turns
        facts = told if isinstance(told, dict) else dict(zip(told[::2], told[1::2], strict=True))
    except (redis.RedisError, OptionError) as error:
        told = " ".join(str(error).split())
        advice = redis_refusal(url, told) or told
        return Health("redis", shown(url), None, UNREACHABLE, advice, weakness)
    version = facts[b"version"].decode()
    return Health("redis", shown(url), version, OK, warning=weakness)


def _page(name: str, url: str, ready: bool, version: str) -> Health:
    if ready:
        return Health(name, url, version, OK)
    return Health(name, url, None, UNREACHABLE, "it does not answer")
