"""Addresses of servers: read without telling what they hold, and given their passwords."""

import re
from urllib.parse import quote, urlsplit

from permq.errors import OptionError

ENCODE = (
    "letters like @ : / ? # of a password must be percent-encoded in an address, or give the "
    "password by {password}"
)


def checked(name: str, url: str, password_name: str) -> str:
    """An address of which it is certain where its password stands.

    Where it is not, libraries take a part of the password for a host or a port, and tell it.

    Parameters
    ----------
    name
        The variable that holds it, for the error.
    url
        The address, or libpq's `key=value` words.
    password_name
        The variable that may hold the password instead.

    Raises
    ------
    OptionError
        When it is none; the text holds nothing of it.
    """
    hint = ENCODE.format(password=password_name)
    if "://" not in url:
        if "=" in url:
            return url
        raise OptionError(f"{name}: is no address, which is like scheme://user@host:port/name")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise OptionError(f"{name}: is no address; {hint}") from None
    place, at, rest = parts.netloc, "@" in parts.netloc, parts.path + parts.fragment
    if place.count("@") > 1 or "@" in rest or ("@" in parts.query and not at):
        raise OptionError(f"{name}: an @ stands where none belongs; {hint}")
    user, _, hosts = place.rpartition("@")
    if user.count(":") > 1:
        raise OptionError(f"{name}: a : stands where none belongs; {hint}")
    for host in hosts.split(","):
        if not re.fullmatch(r"(\[[^\[\]]*\]|[^:\[\]]*)(:\d{0,5})?", host):
            raise OptionError(f"{name}: its port is no number; {hint}")
    return url


def with_password(url: str, password: str | None) -> str:
    """An address with a password, where it holds none of its own.

    Parameters
    ----------
    url
        The address, or libpq's `key=value` words.
    password
        As it is, not encoded; None for none.
    """
    if password is None:
        return url
    if "://" not in url:
        if re.search(r"(?:^|\s)password\s*=", url):
            return url
        escaped = password.replace("\\", r"\\").replace("'", r"\'")
        return f"{url} password='{escaped}'"
    parts = urlsplit(url)
    user, _, hosts = parts.netloc.rpartition("@")
    if ":" in user or re.search(r"(?:^|&)password=", parts.query):
        return url
    scheme, _, rest = url.partition("://")
    place = f"{user}:{quote(password, safe='')}@{hosts}"
    return f"{scheme}://{place}{rest.removeprefix(parts.netloc)}"
