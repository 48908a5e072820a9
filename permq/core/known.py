"""Puzzles known by their contents."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """What is known of a public puzzle beyond its files.

    Parameters
    ----------
    name
        What people call it.
    activation
        Of its network.
    solution_sha256
        SHA-256 of its answer text.
    """

    name: str
    activation: str
    solution_sha256: str


JANE_STREET = Known(
    "jane-street", "relu", "093be1cf2d24094db903cbc3e8d33d306ebca49c6accaa264e44b0b675e7d9c4"
)

# by `permq.core.fingerprint`
KNOWN: dict[str, Known] = {
    "ec15a35a7e2c9d6c5d1a338f37d23bec4b218d048b993bdd6aaa38e7cb302889": JANE_STREET,
}
