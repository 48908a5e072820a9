"""What a message holds: which job, and the fencing token that makes it valid. Nothing else.

A message may be lost, late or doubled, so it carries no facts of its own: a worker reads them from
the job's row, and only while the row still has the message's token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from permq.errors import InputError

VERSION = 1

# Postgres' bigint
_LARGEST = 2**63 - 1


class MessageError(InputError):
    """A message is not of the form that this version reads; its job is still a row."""


@dataclass(frozen=True, slots=True)
class Message:
    """Ids of one slice that a node shall work on.

    Parameters
    ----------
    job
        Id of the job.
    token
        The job's fencing token when it was assigned.
    version
        Form of the message.
    """

    job: int
    token: int
    version: int = VERSION

    def to_args(self) -> list[dict[str, int]]:
        """Positional arguments of the task: one object with a name for every number."""
        return [asdict(self)]


def parse(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Message:
    """Read what a task was called with.

    Parameters
    ----------
    args, kwargs
        As they came from the broker.

    Raises
    ------
    MessageError
        When anything is missing, too much, of another type or of another version.
    """
    if kwargs or len(args) != 1 or not isinstance(args[0], Mapping):
        raise MessageError("a message must hold one object and nothing else")
    fields = args[0]
    version = fields.get("version")
    # asked first: another version may well have other fields
    if type(version) is not int or version != VERSION:
        raise MessageError(f"a message of version {version!r}; this software reads {VERSION}")
    wanted = {"job", "token", "version"}
    if fields.keys() != wanted:
        odd = ", ".join(sorted(map(str, fields.keys() ^ wanted)))
        raise MessageError(f"a message must hold job, token and version; missing or unknown: {odd}")
    return Message(job=_id(fields, "job", 1), token=_id(fields, "token", 0))


def _id(fields: Mapping[str, Any], name: str, least: int) -> int:
    value = fields[name]
    # bool is an int to isinstance
    if type(value) is not int or not least <= value <= _LARGEST:
        raise MessageError(f"a message's {name} must be a whole number from {least}")
    return value
