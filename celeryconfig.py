"""Celery's settings; the reason stands with every one that is not a default.

Postgres is the truth about jobs, Redis a doorbell: a lost message is sent again from Postgres, a
doubled one finds nothing to claim. So these settings are for calm and speed, not for safety.
"""

from kombu.entity import Queue

from permq.config import ServiceSettings, SigningSettings
from permq.encryption import redis_address
from permq.fleet.routes import queues, routes
from permq.fleet.signing import serializer
from permq.fleet.transport import transport_options
from permq.jobs.kinds import KINDS

_settings = ServiceSettings.read()

# Without an address the worker's boot says what to set, instead of trying a guest at localhost.
_broker = redis_address(_settings.redis_url) if _settings.redis_url else None
broker_url = _broker.spelled_out if _broker else None
# Of what an address says about encryption Flower knows nothing; and where nothing is said, kombu
# checks nobody's certificate.
broker_use_ssl = _broker.tls if _broker else None
broker_transport_options = transport_options(_settings.node)
# Redis may come later than the worker, and go away at any time; a supervisor need not notice.
broker_connection_retry_on_startup = True
broker_connection_max_retries = None

# Nothing but JSON crosses the wire, signed where the fleet has keys: pickle would run a stranger's
# code.
task_serializer = serializer(SigningSettings.read())
result_serializer = task_serializer
accept_content = [task_serializer]
result_accept_content = [task_serializer]
# Whatever is no message of permq's is kept for people to look at, and goes no further.
worker_consumer = "workers.consuming:NodeConsumer"

# Rows in Postgres are the results.
task_ignore_result = True
result_backend = None

# Every node has its queue; `workers.queues` declares it by its name. A misspelt one is an error.
task_create_missing_queues = False
task_queues = [
    Queue(**queue)  # type: ignore[no-untyped-call]
    for queue in queues([_settings.node] if _settings.node else [])
]
# The dispatcher names the node's queue; what is sent from a node without one stays there.
task_routes = routes(KINDS, _settings.node) if _settings.node else {}
task_inherit_parent_priority = False
task_default_priority = 5

# A message stays with its node until the slice is written, so `permq nodes` and Flower agree.
task_acks_late = True
# A child that was killed is noticed by its node, which hands the job out again: a message put back
# by Celery would be void, and one that kills its worker would come back for ever.
task_reject_on_worker_lost = False
# One message beyond what a slot works on is what the dispatcher sends ahead anyhow.
worker_prefetch_multiplier = 1
# A lost connection to Redis is no reason to stop a slice: Postgres has its lease.
worker_cancel_long_running_tasks_on_connection_loss = False

# Children start afresh: numpy's and torch's threads do not survive a fork.
worker_pool_start_method = "spawn"
worker_proc_alive_timeout = 60
# What a library leaks in a thousand slices, some hours, is given back.
worker_max_tasks_per_child = 20_000

# What Flower shows.
worker_send_task_events = True
task_send_sent_event = True
task_track_started = True

# Logging is set up by `workers.logs`: time, level, node and job on every line.
worker_hijack_root_logger = False
worker_redirect_stdouts = False
# Remote control answers Flower's questions; its replies need not be kept.
control_queue_expires = 60
event_queue_expires = 60
event_queue_ttl = 10
