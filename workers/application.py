"""The application: settings, one task per kind of job, and what happens when a worker starts."""

import warnings

from celery import Celery
from celery.platforms import SecurityWarning

from workers import boot
from workers.task import register_tasks

# Celery warns root of pickled messages; only JSON is accepted here.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("permq", amqp="workers.queues:NodeAMQP")
app.config_from_object("celeryconfig")
register_tasks(app)
boot.connect_signals(app)
