"""The application: settings, one task per kind of job, and what happens when a worker starts."""

from celery import Celery

from workers import boot
from workers.task import register_tasks

app = Celery("permq", amqp="workers.queues:NodeAMQP")
app.config_from_object("celeryconfig")
register_tasks(app)
boot.connect_signals(app)
