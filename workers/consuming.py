"""What comes from Redis: only a message of permq's goes on to a child.

Celery leaves it to the children to read a message's body, and takes some forms of it without
asking; one that it does not expect can end the worker. So all of it is looked at here first.
"""

from typing import Any

from celery.worker.consumer import Consumer
from kombu.message import Message

from permq.fleet.names import TASK_PREFIX
from permq.fleet.signing import AUTH, CONTENT_TYPES
from workers import dead_letters
from workers.logs import logger

MAX_BODY = 64 << 10
"""Bytes; a message of permq's has a few hundred, and some more with its signature."""

# what a message could ask Celery for besides its task, and permq's never do
_ASKING = ("eta", "expires")
_NO_LIMITS: tuple[Any, ...] = (None, [], [None, None])


class NodeConsumer(Consumer):  # type: ignore[misc]
    """Celery's consumer, which keeps what it refuses among the dead letters."""

    def create_task_handler(self, *words: Any, **named: Any) -> Any:
        """Wrap Celery's handler of messages."""
        handle = super().create_task_handler(*words, **named)
        tasks, accepted = self.app.tasks, self.app.conf.accept_content[0]

        def check(message: Message) -> None:
            reason = refusal(message, tasks, accepted)
            if reason is None:
                handle(message)
            else:
                self._refuse(message, reason)

        return check

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        """Refuse what cannot be read: to this comes what is sent to remote control too."""
        self._refuse(message, unreadable(self.app.conf.accept_content[0], exc))

    def on_unknown_message(self, body: Any, message: Message) -> None:
        """Refuse what names no task."""
        self._refuse(message, "names no task")

    def on_invalid_task(self, body: Any, message: Message, exc: Exception) -> None:
        """Refuse what Celery cannot make a task of."""
        self._refuse(message, f"is no message of permq's: {exc}")

    def _refuse(self, message: Message, reason: str) -> None:
        dead_letters.refuse(reason, message.body)
        # taken from the queue whatever it is: it would come back for ever
        message.reject_log_error(logger, self.connection_errors)  # type: ignore[no-untyped-call]


def refusal(message: Message, tasks: Any, accepted: str) -> str | None:
    """Why a message is not one of permq's; None where it is.

    Parameters
    ----------
    message
        As it came.
    tasks
        Names of all tasks.
    accepted
        The serializer that messages must be written with.
    """
    headers, body = message.headers, message.body
    if not (isinstance(headers, dict) and isinstance(headers.get("task"), str)):
        return "names no task"
    if headers["task"] not in tasks or not headers["task"].startswith(TASK_PREFIX):
        return f"names no task of permq's: {headers['task'][:80]!r}"
    if not isinstance(headers.get("id"), str):
        return "has no id"
    if any(headers.get(name) is not None for name in _ASKING):
        return f"asks for one of {', '.join(_ASKING)}"
    if headers.get("timelimit") not in _NO_LIMITS:
        return "asks for limits of time"
    if not isinstance(body, str | bytes) or len(body) > MAX_BODY:
        return f"has a body that is no text, or of more than {MAX_BODY:,} bytes"
    # "application/text" Celery would take from anybody
    if message.content_type != CONTENT_TYPES[accepted]:
        return unreadable(accepted, f"its form is {str(message.content_type)[:80]!r}")
    try:
        content = message.decode()  # type: ignore[no-untyped-call]
    except Exception as error:  # noqa: BLE001 - nothing that a stranger sends may end the worker
        return unreadable(accepted, error)
    match content:
        case [list(), dict(), dict() | None as more] if not any((more or {}).values()):
            return None
    return "has another form than arguments without callbacks"


def unreadable(accepted: str, why: object) -> str:
    """The reason why a message was not read, as one line."""
    what = "is not signed by one that this node trusts" if accepted == AUTH else "is no JSON"
    return f"{what}: {' '.join(str(why).split())[:300]}"
