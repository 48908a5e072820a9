"""Who may ask, and what every answer says to the browser."""

import base64
import binascii
import hmac
from dataclasses import dataclass, field

USER = "permq"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})

# Nothing from elsewhere, nothing inline, nobody may frame it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Of pictures opened on their own: SVG holds styles, and could hold scripts."""

HEADERS = {
    "Server": "permq",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True)
class Guard:
    """Decides who may ask.

    Parameters
    ----------
    names
        Host names that a request may be made to: a page of another name that leads to this
        machine would read the answers otherwise. None for any.
    password
        Asked for beside the name `permq`; None for nothing.
    """

    names: frozenset[str] | None = LOOPBACK_NAMES
    password: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What every answer says; what a password guards does not stay in a browser's cache."""
        return HEADERS | ({} if self.password is None else {"Cache-Control": "no-store"})

    def knows_host(self, name: str) -> bool:
        """Whether a request to a host of this name is meant for this server."""
        return self.names is None or name.lower() in self.names

    def admits(self, authorization: str) -> bool:
        """Whether an Authorization header holds the password, where one is needed."""
        if self.password is None:
            return True
        scheme, _, word = authorization.partition(" ")
        try:
            given = base64.b64decode(word.strip(), validate=True)
        except (binascii.Error, ValueError):
            given = b""
        wanted = f"{USER}:{self.password}".encode()
        return hmac.compare_digest(given, wanted) and scheme.lower() == "basic"
