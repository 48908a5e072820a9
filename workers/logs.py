"""Log lines with time, level, node and job; the same under a terminal, nohup, systemd, launchd."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

import celery.apps.worker

FORMATS = ("text", "json")

logger = logging.getLogger("permq.worker")

job_at_work: ContextVar[int | None] = ContextVar("job_at_work", default=None)


class Lines(logging.Formatter):
    """One line per record.

    Parameters
    ----------
    node
        This node's name, on every line.
    as_json
        An object per line instead of words.
    """

    def __init__(self, node: str, *, as_json: bool) -> None:
        super().__init__()
        self._node = node
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        job = job_at_work.get()
        message = record.getMessage()
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        if self._as_json:
            facts = {
                "time": at,
                "level": record.levelname,
                "node": self._node,
                "job": job,
                "logger": record.name,
                "message": message,
            }
            return json.dumps(facts | ({"trace": trace} if trace else {}))
        # what came from outside must not look like a line of its own
        message = message.replace("\r", "\\r").replace("\n", "\\n")
        told = f"{at} {record.levelname:<7} {self._node} job={job or '-'} {message}"
        return f"{told}\n{trace}" if trace else told


def set_up(node: str, *, as_json: bool = False, level: int = logging.INFO) -> None:
    """Send all logging to standard error, line by line.

    Parameters
    ----------
    node
        This node's name.
    as_json
        See `Lines`.
    level
        Least level that is written.
    """
    handler = logging.StreamHandler(sys.stderr)  # flushes after every record
    handler.setFormatter(Lines(node, as_json=as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Celery tells of every message it gets and of every task: the pool's log is about jobs
    for chatty in ("celery.worker.strategy", "celery.app.trace", "celery.pool", "kombu"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    if as_json:
        # what Celery says to a person at the terminal, past all logging
        celery.apps.worker.safe_say = _say_nothing


def _say_nothing(*_: object) -> None:
    """Take the place of a function that writes what is no log line."""
