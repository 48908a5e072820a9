"""Checkpoints of jobs: JSON that says whose it is."""

import json
from typing import Any

from permq.errors import CheckpointError

FORMAT = "permq-job"
VERSION = 1


def seal(kind: str, fingerprint: str, body: dict[str, Any]) -> bytes:
    """Pack a state's data.

    Parameters
    ----------
    kind
        The kind of job.
    fingerprint
        Of the puzzle; empty where there is none.
    body
        What JSON can hold, without infinities.
    """
    sealed = {
        "format": FORMAT,
        "version": VERSION,
        "kind": kind,
        "fingerprint": fingerprint,
        "body": body,
    }
    return json.dumps(sealed, allow_nan=False, separators=(",", ":")).encode()


def unseal(kind: str, fingerprint: str, data: bytes) -> dict[str, Any]:
    """Unpack what `seal` packed.

    Raises
    ------
    CheckpointError
        When it is damaged, of another version, or of another kind of job or puzzle.
    """
    from permq.search.checkpoint_fields import parsed

    sealed = parsed(data)
    if not isinstance(sealed, dict) or sealed.get("format") != FORMAT:
        raise CheckpointError("this is no checkpoint of a job")
    for name, wanted in (("version", VERSION), ("kind", kind), ("fingerprint", fingerprint)):
        if sealed.get(name) != wanted:
            raise CheckpointError(
                f"the checkpoint has {name} {sealed.get(name)!r}, wanted is {wanted!r}"
            )
    body = sealed.get("body")
    if not isinstance(body, dict):
        raise CheckpointError("the checkpoint is damaged: it has no body")
    return body
