"""The tasks: one per kind of job, so that Flower tells them apart; all with one short body."""

from typing import Any

from celery import Celery

from permq.errors import BrokerError
from permq.faults import fault_point
from permq.fleet.messages import MessageError, parse
from permq.fleet.names import task_of
from permq.fleet.producer import send
from permq.jobs.kinds import KINDS
from permq.pool.claims import UnknownJobError
from permq.pool.connection import UnreachableError
from workers import dead_letters
from workers.logs import logger
from workers.runtime import runtime
from workers.slice import do_slice


def register_tasks(app: Celery) -> None:
    """Give an application a task for every kind of job."""
    for kind in KINDS:
        app.task(_body, name=task_of(kind), bind=True)


def _body(task: Any, *args: Any, **kwargs: Any) -> None:
    """Do one slice of the job that the message names, and ring for what is due next."""
    process = runtime()
    try:
        message = parse(args, kwargs)
        letters = do_slice(process, message)
    except (MessageError, UnknownJobError) as error:
        dead_letters.keep(process, str(error), args, kwargs)
        return
    except UnreachableError as error:
        logger.warning("%s; the job goes on once Postgres is back", error)
        return
    try:
        send(task.app, letters)
    except BrokerError as error:
        logger.warning("%s", error)
    fault_point("after-sending")
