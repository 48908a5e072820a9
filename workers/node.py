"""The node itself: a thread of the worker's main process that registers, beats and looks after.

It hands out again what a killed child worked on and what Redis forgot. One node at a time also
looks after the whole fleet, whoever comes first once it is due: leases that ran out, dead nodes.
"""

import os
import threading
import time
from collections.abc import Callable

from celery import Celery

from permq.errors import OldSchemaError, PermqError, PoolError, RightsError, SchemaError
from permq.fleet.producer import Letter, send
from permq.jobs import control
from permq.jobs.dispatching import dispatch, letters
from permq.jobs.observing import observe
from permq.pool import claims, holdings, nodes, tallies
from permq.pool.connection import (
    Connection,
    ContentionError,
    UnreachableError,
    connect,
    transaction,
)
from permq.pool.migrate import check, migrate, refusal
from permq.pool.nodes import Registration
from permq.pool.rights import require_rights
from permq.pool.times import BEAT, UNHEARD
from workers.duties import Duties
from workers.logs import logger
from workers.reminders import Reminders

TICK = 1.0
"""Seconds between two looks at this node's jobs."""
CARE = 5.0
"""Seconds between two looks at the whole fleet, by whichever node comes first."""


class Node:
    """The thread; see the module.

    Parameters
    ----------
    app
        The worker's application, to ring with.
    url
        Of Postgres.
    registration
        What the node is.
    duties
        What it does for the pool besides.
    end
        Called when the node cannot go on: its name was taken, or the schema is a later one.
    """

    def __init__(
        self,
        app: Celery,
        url: str,
        registration: Registration,
        duties: Duties,
        end: Callable[[str], None],
    ) -> None:
        self._app = app
        self._url = url
        self._registration = registration
        self._duties = duties
        self._reminders = Reminders(UNHEARD)
        self._end = end
        self._incarnation: int | None = None
        self._connection: Connection | None = None
        self._leaving = threading.Event()
        self._away = False
        self._waits = False
        self.outdated = False
        self._due = {"beat": 0.0, "care": 0.0}
        self._thread = threading.Thread(target=self._run, name="node", daemon=True)

    @property
    def name(self) -> str:
        """The node's name."""
        return self._registration.name

    def start(self) -> None:
        """Register, now or as soon as Postgres answers, and look after the node from then on."""
        self._thread.start()

    def leave(self) -> None:
        """Sign off: the children stop at their next renewal, others get what is left."""
        if self._leaving.is_set():
            return
        self._leaving.set()
        self._thread.join(timeout=10)
        if self._incarnation is None:
            return
        try:
            connection = self._connected()
            with transaction(connection) as cursor:
                nodes.leave(cursor, self.name, self._incarnation)
                claims.release(cursor, holdings.held_by(cursor, self.name), "its node left")
                waiting = dispatch(cursor)
            self._ring(waiting)
        except PermqError as error:
            logger.warning("leaving without a word: %s", error)

    def _run(self) -> None:
        while not self._leaving.wait(TICK if self._incarnation is not None else 0.0):
            try:
                connection = self._connected()
                if self._incarnation is None:
                    self.register(connection)
                self.tick(connection)
                self._waits = False
                if self._away:
                    logger.info("Postgres answers again")
                    self._away = False
            except (OldSchemaError, RightsError) as error:
                if not self._waits:
                    logger.warning("%s; waiting for that", error)
                    self._waits = True
                self._leaving.wait(BEAT)
            except SchemaError as error:
                self._give_up(error)
                return
            except UnreachableError as error:
                if not self._away:
                    logger.warning("%s; trying until it answers", error)
                    self._away = True
                self._leaving.wait(TICK)
            except PoolError as error:
                # of a newer schema it may know a table no longer
                newer = refusal(self._connection)
                if newer is not None:
                    self._give_up(newer)
                    return
                logger.error("%s", error)
                self._leaving.wait(TICK if isinstance(error, ContentionError) else BEAT)
            except Exception:  # noqa: BLE001 - a node without this thread would be taken for dead
                logger.exception("looking after the node failed; trying again")
                self._leaving.wait(BEAT)

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            connection = connect(self._url, name=f"permq node {self.name}")
            try:
                migrate(connection)
                with transaction(connection) as cursor:
                    require_rights(cursor)
            except PoolError:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _give_up(self, error: SchemaError) -> None:
        """End the worker with an error: whoever starts it again may have upgraded it by then."""
        self.outdated = True
        self._end(str(error))

    def register(self, connection: Connection) -> None:
        """Become a node, and take over what an earlier start of it held."""
        with transaction(connection) as cursor:
            row, incarnation = nodes.register(cursor, self._registration)
            held = holdings.held_before(cursor, row, incarnation)
            claims.release(cursor, held, "its worker was started anew")
            waiting = dispatch(cursor)
        self._incarnation = incarnation  # not before it is committed: else the next beat finds none
        logger.info(
            "registered: %s, %d slots, %.0f steps/s each",
            self._registration.chipset,
            self._registration.slots,
            self._registration.speed,
        )
        self._ring(waiting)

    def tick(self, connection: Connection) -> None:
        """Look after this node, and where it is due after the fleet."""
        if self._is_due("beat", BEAT):
            self._beat(connection)
        with transaction(connection) as cursor:
            held = holdings.held(cursor, self.name)
        dead = [
            (one.job.id, one.job.token)
            for one in held
            if one.pid is not None and not _alive(one.pid)
        ]
        if dead:
            why = "its process was killed"
            states, waiting = control.recover_from(connection, dead, why)
            for job, state in states.items():
                logger.warning("job %d: %s; it is %s", job, why, state)
            self._ring(waiting)
        unheard = self._reminders.due(held, self._registration.slots, time.monotonic())
        self._ring(letters(unheard, {job.node_id: self.name for job in unheard}))
        self._duties.deliver(connection)
        if self._is_due("care", CARE):
            self._care(connection)

    def _beat(self, connection: Connection) -> None:
        check(connection)  # somebody may have upgraded the fleet
        with transaction(connection) as cursor:
            state = nodes.beat(cursor, self.name, self._incarnation or 0)
            taken = nodes.holder(cursor, self.name) if state is None else None
        if taken is not None:
            self._end(f"another worker has taken the name {self.name}; give this one its own")
        elif state is None:
            # nobody bears the name: the database is a restored one, which knows no node of today
            logger.warning("the database does not know this node any more; registering again")
            self._incarnation = None

    def _care(self, connection: Connection) -> None:
        """Look after the fleet, if nobody else does."""
        with transaction(connection) as cursor:
            # a little less than the time between two looks, or every other would come too early
            if not nodes.take_turn(cursor, 0.8 * CARE):
                return
            states = control.take_back_lost(cursor)
            tallies.fold(cursor)
            observe(cursor)
            waiting = dispatch(cursor)
        for job, state in states.items():
            logger.warning("job %d was lost; it is %s", job, state)
        self._ring(waiting)
        self._duties.verify_incoming(connection)

    def _ring(self, waiting: list[Letter]) -> None:
        try:
            send(self._app, waiting)
        except PermqError as error:
            logger.warning("%s", error)

    def _is_due(self, what: str, interval: float) -> bool:
        now = time.monotonic()
        if now < self._due[what]:
            return False
        self._due[what] = now + interval
        return True


def _alive(pid: int) -> bool:
    """Whether a process of this machine lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
