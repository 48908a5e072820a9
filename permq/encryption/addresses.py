"""What the addresses of Redis and Postgres say about encryption."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from permq.errors import OptionError

_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_WORDS = (*_FILES, "ssl_cert_reqs", "ssl_check_hostname")
_CHECKED = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

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
    def spelled_out(self) -> str:
        """The address with every setting of TLS in it, as kombu reads them."""
        if self.tls is None:
            return self.url
        words = urlencode(
            {
                name: str(value).lower() if isinstance(value, bool) else value
                for name, value in self.tls.items()
            }
        )
        return f"{self.url}?{words}"

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
        url.encode("ascii")
        parts = urlsplit(url)
        # kombu takes what a ; parts for several addresses
        whole = re.fullmatch(r"rediss?://[^;]+", url) and parts.netloc and parts.port != 0
        known = bool(whole and re.fullmatch(r"(/\d{0,4})?", parts.path))
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        known = False
    if not known:
        raise OptionError(
            "PERMQ_REDIS_URL: is no address such as redis://:PASSWORD@HOST:PORT/0; letters like "
            "@ : ; / ? # of a password must be percent-encoded"
        ) from None
    # libraries take other words for arguments of theirs, and fail; it is not quoted, because it may
    # be what follows a ? in a password
    if not given.keys() <= set(_WORDS):
        raise OptionError(
            f"PERMQ_REDIS_URL: behind the ? may stand {', '.join(_WORDS)}; a ? or # of a password "
            "must be percent-encoded"
        )
    plain = parts._replace(query="").geturl()
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


def _tls_of(given: Mapping[str, str]) -> dict[str, Any]:
    """Settings of an address as redis-py takes them."""
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
        except (OSError, ValueError) as error:  # a NUL is in no path
            reason = getattr(error, "strerror", None) or "is no path"
            raise OptionError(f"PERMQ_REDIS_URL: {name}={path}: {reason}") from None
        found[name] = str(path)
    return found
