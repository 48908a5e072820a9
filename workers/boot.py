"""What happens when a worker starts: it becomes a node.

Celery's own command and `permq worker start` come through here alike. The worker's main process
names the node, points its queue out to Celery, measures, and starts the node's thread; its children
inherit the environment that is prepared here.
"""

import os
import signal
import socket
from typing import Any

from celery import Celery, signals
from kombu.transport import TRANSPORT_ALIASES

from permq import __version__
from permq.config import ServiceSettings, WorkerSettings, prepare_blas, prepare_node
from permq.encryption import postgres_weakness, redis_address, redis_refusal
from permq.errors import BrokerError, PermqError, ServiceError
from permq.fleet.capability import numeric_class
from permq.fleet.chipset import detect
from permq.fleet.names import node_of_worker, queue_of
from permq.fleet.transport import transport_options
from permq.pool.connection import EncryptionError, UnreachableError, connect, words_of
from permq.pool.nodes import Registration
from permq.services.redis import client_of
from workers import logs
from workers.duties import Duties
from workers.logs import logger
from workers.measure import speed_of
from workers.node import Node
from workers.usage import memory_limit


def connect_signals(app: Celery) -> None:
    """Let an application's workers become nodes."""
    nodes: list[Node] = []

    def prepare(sender: str, conf: Any, options: Any, **_: Any) -> None:
        try:
            name = _prepare(sender, conf, options)
        except PermqError as error:
            raise SystemExit(f"permq: error: {error}") from error
        # without -Q the node's own queue, never the default one
        if not options.get("queues"):
            options["queues"] = [queue_of(name)]
            app.amqp.queues.select([queue_of(name)])

    def begin(sender: Any, **_: Any) -> None:
        name = node_of_worker(sender.hostname)
        settings = ServiceSettings.read()
        assert settings.postgres_url is not None  # noqa: S101 - `prepare` refused it
        for weakness in open_to_strangers(settings):
            logger.warning("%s", weakness)
        try:
            registered = registration(name, sender.controller.concurrency, settings)
        except PermqError as error:
            # Celery would log it and go on, as a worker that nobody knows of
            _end(str(error))
            return
        duties = Duties(settings.data, name)
        node = Node(app, settings.postgres_url, registered, duties, end=_end)
        nodes.append(node)
        node.start()

    def leave(**_: Any) -> None:
        for node in nodes:
            node.leave()

    def end(sender: Any, **_: Any) -> None:
        if any(node.outdated for node in nodes):
            sender.exitcode = 1  # else whoever started it would take it for drained

    def log(**_: Any) -> None:
        settings = ServiceSettings.read()
        logs.set_up(settings.node or "-", as_json=WorkerSettings.read().log_format == "json")

    def begin_child(**_: Any) -> None:
        log()
        # the main process alone decides when a terminal's Ctrl-C ends a slice
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    signals.celeryd_init.connect(prepare, weak=False)
    signals.setup_logging.connect(log, weak=False)
    signals.worker_ready.connect(begin, weak=False)
    signals.worker_shutting_down.connect(leave, weak=False)
    signals.worker_shutdown.connect(end, weak=False)
    signals.worker_process_init.connect(begin_child, weak=False)


def registration(name: str, slots: int, settings: ServiceSettings) -> Registration:
    """Look at this machine and measure it.

    Parameters
    ----------
    name
        Of the node.
    slots
        Processes it works with.
    settings
        Where its folder is.

    Raises
    ------
    ServiceError
        When the measurement fails.
    """
    chip = detect()
    computes = numeric_class()
    wanted = WorkerSettings.read()
    return Registration(
        name=name,
        host=socket.gethostname(),
        pid=os.getpid(),
        chipset=chip.name,
        apple=chip.apple,
        arch=chip.arch,
        gpu=chip.gpu,
        numeric_class=computes,
        slots=slots,
        weight=wanted.weight,
        speed=speed_of(settings.data, f"{chip.name} {computes} {__version__}"),
        classes=tuple(
            work_class for work_class in wanted.classes if work_class != "gpu" or chip.gpu
        ),
        version=__version__,
        memory=memory_limit(),
    )


def check_encryption(settings: ServiceSettings) -> None:
    """Refuse servers whose encryption does not fit: waiting would not help.

    A server that does not answer is no matter here; the worker waits for it.

    Raises
    ------
    EncryptionError, BrokerError
        When one of them is refused; the text says what to do.
    OptionError
        When an address says something about encryption that it cannot mean.
    """
    from redis import RedisError

    if settings.redis_url is not None:
        try:
            with client_of(settings.redis_url) as client:
                client.ping()
        except RedisError as error:
            if advice := redis_refusal(settings.redis_url, str(error)):
                raise BrokerError(f"Redis is not connected to: {advice}") from None
    if settings.postgres_url is not None:
        try:
            connect(settings.postgres_url).close()
        except EncryptionError:
            raise
        except UnreachableError:
            pass


def open_to_strangers(settings: ServiceSettings) -> list[str]:
    """What the servers' addresses leave open, a sentence each."""
    found = []
    if settings.redis_url and (weakness := redis_address(settings.redis_url).weakness):
        found.append(f"PERMQ_REDIS_URL: {weakness}")
    if settings.postgres_url and (weakness := postgres_weakness(words_of(settings.postgres_url))):
        found.append(f"PERMQ_POSTGRES_URL: {weakness}")
    return found


def _prepare(worker: str, conf: Any, options: Any) -> str:
    """Name the node and point Celery at its queue."""
    settings = ServiceSettings.read()
    for name, url in (
        ("PERMQ_REDIS_URL", settings.redis_url),
        ("PERMQ_POSTGRES_URL", settings.postgres_url),
    ):
        if url is None:
            raise ServiceError(
                f"{name} is not set; a worker needs the fleet's addresses, in the environment or "
                "in the file that PERMQ_CONFIG names"
            )
    name = node_of_worker(worker)
    queues = options.get("queues") or []
    wanted = queues.split(",") if isinstance(queues, str) else list(queues)
    if wanted and wanted != [queue_of(name)]:
        raise ServiceError(
            f"node {name} works on its own queue alone: -Q {queue_of(name)}, not {','.join(wanted)}"
        )
    check_encryption(settings)
    prepare_node(settings, name)
    prepare_blas(1)
    conf.broker_transport_options = transport_options(name)
    # under the names that addresses begin with: logs and Flower tell the transport by its name
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "workers.broker:NodeTransport"))
    return name


def _end(why: str) -> None:
    """End this worker, from whatever thread."""
    logger.critical("%s", why)
    os.kill(os.getpid(), signal.SIGTERM)
