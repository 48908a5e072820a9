"""What a refused connection means: advice in place of a line of OpenSSL's source."""

import re
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

PROBE_SECONDS = 3.0
REDIS_PORT, POSTGRES_PORT = 6379, 5432

_SSL_REQUEST = bytes.fromhex("0000000804d2162f")  # what asks a Postgres for TLS
_UNKNOWN_CLIENT = (
    "Redis asks who we are: name a certificate and its key in PERMQ_REDIS_URL, "
    "ssl_certfile=FILE&ssl_keyfile=FILE"
)
_REFUSED_CLIENT = (
    "Redis refuses the certificate of ssl_certfile: it must be valid, and of an authority that the "
    "server trusts"
)


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
        return _UNKNOWN_CLIENT
    if "ALERT" in error:
        return _REFUSED_CLIENT
    # an end without a word: an alert may be lost to the end of the connection behind it
    if re.search(r"EOF|reset|closed|Broken pipe", error) and _handshake(host, port) is None:
        return _UNKNOWN_CLIENT if "ssl_certfile" not in url else _REFUSED_CLIENT
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
    host = facts.get("host", "localhost").partition(",")[0]
    authority = "PERMQ_POSTGRES_URL, sslmode=verify-full&sslrootcert=FILE"
    if "SSL error" in error and " alert " not in error:
        # libpq does not tell an expired certificate from a stranger's
        port, file = facts.get("port", "").partition(",")[0], facts.get("sslrootcert")
        reason = _handshake(host, int(port or POSTGRES_PORT), file, _SSL_REQUEST)
        if reason is not None or "certificate verify failed" in error:
            return _distrusted("Postgres", host, reason or "", authority)
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
