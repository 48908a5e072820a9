"""Signed messages: who sends one proves it, and nobody else's is taken."""

from functools import cache
from typing import TYPE_CHECKING, Any

from permq.config import SigningSettings
from permq.errors import OptionError
from permq.fleet.transport import SERIALIZER

if TYPE_CHECKING:
    from celery.security.serialization import SecureSerializer

AUTH = "auth"
"""Celery's name for the serializer that signs."""

CONTENT_TYPES = {SERIALIZER: "application/json", AUTH: "application/data"}
"""What a message says of itself, by serializer."""


def serializer(settings: SigningSettings | None) -> str:
    """Name of the serializer for messages, made known to Celery.

    Raises
    ------
    OptionError
        When a key or certificate cannot be used, or the library for it is missing.
    """
    if settings is None:
        return SERIALIZER
    _register(settings)
    return AUTH


@cache
def _register(settings: SigningSettings) -> None:
    """Give Celery the serializer that signs with a key."""
    try:
        import cryptography  # noqa: F401 - Celery imports it, and says less clearly that it misses
    except ImportError:
        raise OptionError(
            "PERMQ_SIGN_KEY: signing needs the library cryptography: pip install 'permq[signed]'"
        ) from None
    from kombu.serialization import registry

    made = _made(settings)
    registry.register(  # type: ignore[no-untyped-call]
        AUTH,
        made.serialize,
        made.deserialize,
        content_type=CONTENT_TYPES[AUTH],
        content_encoding="utf-8",
    )


def _made(settings: SigningSettings) -> "SecureSerializer":
    from celery.exceptions import SecurityError
    from celery.security.certificate import Certificate, FSCertStore
    from celery.security.key import PrivateKey
    from celery.security.serialization import SecureSerializer

    class JsonOnly(SecureSerializer):  # type: ignore[misc]
        """Celery's serializer; but what kind of text was signed, which is not, cannot be chosen."""

        def _unpack(self, *words: Any, **named: Any) -> dict[str, Any]:
            found: dict[str, Any] = super()._unpack(*words, **named)
            if found["content_type"] != CONTENT_TYPES[SERIALIZER]:
                raise SecurityError("what is signed is not JSON")
            return found

    name, path = "KEY", settings.key
    try:
        key = PrivateKey(path.read_text(encoding="ascii"))
        name, path = "CERTIFICATE", settings.certificate
        certificate = Certificate(path.read_text(encoding="ascii"))
        name, path = "STORE", settings.store
        store = FSCertStore(str(path))
        if certificate.get_id() not in {one.get_id() for one in store.itercerts()}:
            raise OptionError(
                f"PERMQ_SIGN_STORE: {path}: holds no copy of {settings.certificate.name}, so "
                "nobody here would believe this machine itself"
            )
    except (SecurityError, TypeError, ValueError, OSError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())[:200]
        raise OptionError(f"PERMQ_SIGN_{name}: {path}: {reason}") from None
    return JsonOnly(key, certificate, store, serializer=SERIALIZER)
