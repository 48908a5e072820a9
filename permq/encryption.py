"""TLS to Redis and Postgres: what an address says of it, and what a refusal means.

Libraries refuse in words that name a line of their source, and one of them, when it is told to
encrypt and nothing else, checks nobody's certificate. So addresses are read here, once for all who
connect, and refusals are told as what to do about them.
"""

import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from permq.errors import OptionError

PROBE_SECONDS = 3.0
REDIS_PORT, POSTGRES_PORT = 6379, 5432

_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_CHECKED = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_SSL_REQUEST = bytes.fromhex("0000000804d2162f")  # what asks a Postgres for TLS

# libpq's modes that are asked for in so many words and leave a door open
_WEAK_MODES = {
    "allow": "encrypts only if the server insists",
    "prefer": "goes on unencrypted if the server wants it so",
    "require": "encrypts, but takes anybody for the server",
    "verify-ca": "takes whoever has a certificate of that authority for the server",
}


@dataclass(frozen=True)
class RedisAddress:
    """A Redis, and how the connection is encrypted.

    Parameters
    ----------
    url
        Without the settings of TLS.
    tls
        What redis-py and Celery take: `ssl_cert_reqs` and the like; None for no encryption.
    """

    url: str = field(repr=False)
    tls: Mapping[str, Any] | None

    @property
    def weakness(self) -> str | None:
        """What is left open, as a sentence; None where nothing is."""
        if self.tls is None:
            return None
        if self.tls["ssl_cert_reqs"] == "none":
            return (
                "ssl_cert_reqs=none encrypts, but takes anybody for Redis: use required and "
                "ssl_ca_certs=FILE"
            )
        if not self.tls["ssl_check_hostname"]:
            return (
                "ssl_check_hostname=false takes whoever has a certificate of that authority for "
                "Redis: leave it out"
            )
        return None


def redis_address(url: str) -> RedisAddress:
    """Read an address such as `rediss://:password@host:6380/0?ssl_ca_certs=/etc/permq/ca.crt`.

    Certificates are checked, and names too, unless the address says otherwise.

    Parameters
    ----------
    url
        `redis://…`, or `rediss://…` with `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile` (files, as
        whole paths), `ssl_cert_reqs` (`required` or `none`) and `ssl_check_hostname`.

    Raises
    ------
    OptionError
        When one of them is unknown, says nothing that it can mean, or stands beside `redis://`.
    """
    try:
        parts = urlsplit(url)
        words = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        raise OptionError("PERMQ_REDIS_URL: is no address: redis://:PASSWORD@HOST:PORT/0") from None
    given = {name: value for name, value in words if name.startswith("ssl_")}
    rest = [(name, value) for name, value in words if not name.startswith("ssl_")]
    plain = parts._replace(query=urlencode(rest)).geturl()
    if parts.scheme != "rediss":
        if given:
            raise OptionError(
                f"PERMQ_REDIS_URL: {min(given)} has no meaning without encryption: begin with "
                "rediss://"
            )
        return RedisAddress(plain, None)
    return RedisAddress(plain, _tls_of(given))


def postgres_weakness(facts: Mapping[str, str]) -> str | None:
    """What an address of Postgres leaves open, as a sentence; None where nothing is.

    Parameters
    ----------
    facts
        The address as libpq's words.
    """
    mode = facts.get("sslmode", "")
    if mode not in _WEAK_MODES:
        return None
    return f"sslmode={mode} {_WEAK_MODES[mode]}: use verify-full&sslrootcert=FILE"


def redis_refusal(url: str, error: str) -> str | None:
    """What to do about a refused connection, where it was for want of the right encryption.

    Parameters
    ----------
    url
        The address as it was given.
    error
        What redis-py said.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or REDIS_PORT
    if parts.scheme != "rediss":
        if not re.search(r"reset|closed|Protocol Error|Broken pipe", error):
            return None
        if _handshake(host, port) is None:
            return (
                "this port takes encrypted connections only: begin PERMQ_REDIS_URL with rediss:// "
                "and name the authority's certificate, ssl_ca_certs=FILE"
            )
        return None
    if "CERTIFICATE_VERIFY_FAILED" in error:
        return _distrusted("Redis", host, error, "PERMQ_REDIS_URL, ssl_ca_certs=FILE")
    if "CERTIFICATE_REQUIRED" in error:
        return (
            "Redis asks who we are: name a certificate and its key in PERMQ_REDIS_URL, "
            "ssl_certfile=FILE&ssl_keyfile=FILE"
        )
    if "ALERT" in error:
        return (
            "Redis refuses the certificate of ssl_certfile: it must be valid, and of an authority "
            "that the server trusts"
        )
    if _answers_plainly(host, port):
        return (
            "this port is not encrypted: name the server's TLS port in PERMQ_REDIS_URL, or begin "
            "with redis:// to do without"
        )
    if found := re.search(r"\[(?:SSL|X509|PEM)[^\]]*\] [^(]+", error):
        return f"encryption fails: {found.group().strip()}: check the files in PERMQ_REDIS_URL"
    return None


def postgres_refusal(facts: Mapping[str, str], error: str) -> str | None:
    """What to do about a refused connection, where it was for want of the right encryption.

    Parameters
    ----------
    facts
        The address as libpq's words.
    error
        What libpq said.
    """
    host = facts.get("host", "localhost")
    authority = "PERMQ_POSTGRES_URL, sslmode=verify-full&sslrootcert=FILE"
    if "certificate verify failed" in error:
        # libpq does not tell an expired certificate from a stranger's
        port, file = int(facts.get("port") or POSTGRES_PORT), facts.get("sslrootcert")
        return _distrusted(
            "Postgres", host, _handshake(host, port, file, _SSL_REQUEST) or "", authority
        )
    if "does not match host name" in error:
        return _distrusted("Postgres", host, "mismatch", authority)
    if "root certificate file" in error:
        return (
            "the authority's certificate cannot be read: name its file in PERMQ_POSTGRES_URL, "
            "sslrootcert=FILE"
        )
    if "does not support SSL" in error:
        return (
            "this Postgres does not encrypt (the one of `permq up` never does, it listens to this "
            "machine alone): switch ssl on at the server, or leave sslmode out of "
            "PERMQ_POSTGRES_URL"
        )
    if "no encryption" in error and facts.get("sslmode") == "disable":
        return (
            "this Postgres takes encrypted connections only: name the authority's certificate in "
            f"{authority}"
        )
    if "requires a valid client certificate" in error:
        return (
            "Postgres asks who we are: name a certificate and its key in PERMQ_POSTGRES_URL, "
            "sslcert=FILE&sslkey=FILE"
        )
    if " alert " in error:
        return (
            "Postgres refuses the certificate of sslcert: it must be valid, and of an authority "
            "that the server trusts"
        )
    return None


def _tls_of(given: Mapping[str, str]) -> dict[str, Any]:
    """Settings of an address as redis-py takes them."""
    known = (*_FILES, "ssl_cert_reqs", "ssl_check_hostname")
    for name in given:
        if name not in known:
            raise OptionError(f"PERMQ_REDIS_URL: {name} is not known; {', '.join(known)} are")
    demanded = given.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    if demanded not in {"required", "none"}:
        raise OptionError("PERMQ_REDIS_URL: ssl_cert_reqs must be required or none")
    checked = _CHECKED.get(given.get("ssl_check_hostname", "true").lower())
    if checked is None:
        raise OptionError("PERMQ_REDIS_URL: ssl_check_hostname must be true or false")
    found: dict[str, Any] = {
        "ssl_cert_reqs": demanded,
        "ssl_check_hostname": checked and demanded == "required",
    }
    for name in _FILES:
        if name not in given:
            continue
        path = Path(given[name])
        # not every process that connects runs in the same folder
        if not path.is_absolute():
            raise OptionError(f"PERMQ_REDIS_URL: {name}={path}: give the whole path")
        try:
            path.open("rb").close()
        except OSError as error:
            raise OptionError(f"PERMQ_REDIS_URL: {name}={path}: {error.strerror}") from None
        found[name] = str(path)
    return found


def _distrusted(server: str, host: str, reason: str, authority: str) -> str:
    """What to do about a certificate that is not believed."""
    if "expired" in reason:
        return f"{server}'s certificate has expired: renew it at the server"
    if "not yet valid" in reason:
        return f"{server}'s certificate is not valid yet: compare the clocks of both machines"
    if "mismatch" in reason:
        return (
            f"{server}'s certificate is not for the name {host}: connect by a name that it is for, "
            "or give the server another"
        )
    return (
        f"{server}'s certificate is not of an authority that is trusted here: name that "
        f"authority's certificate in {authority}"
    )


def _handshake(
    host: str, port: int, authority: str | None = None, before: bytes = b""
) -> str | None:
    """Try TLS with a server; None where it succeeds, otherwise why it does not.

    Nothing but the handshake is sent, so nothing is lost to a stranger.

    Parameters
    ----------
    authority
        A file of certificates; without one any certificate will do.
    before
        What the server wants to hear first.
    """
    try:
        context = ssl.create_default_context(cafile=authority)
        context.check_hostname = False
        if authority is None:
            context.verify_mode = ssl.CERT_NONE
        with socket.create_connection((host, port), PROBE_SECONDS) as plain:
            if before:
                plain.sendall(before)
                plain.recv(1)
            context.wrap_socket(plain).close()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except (OSError, ValueError) as error:
        return str(error) or type(error).__name__
    return None


def _answers_plainly(host: str, port: int) -> bool:
    """Whether a server speaks Redis' language without encryption."""
    try:
        with socket.create_connection((host, port), PROBE_SECONDS) as plain:
            plain.settimeout(PROBE_SECONDS)
            plain.sendall(b"PING\r\n")
            return plain.recv(1) in {b"+", b"-"}
    except OSError:
        return False
