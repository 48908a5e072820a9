"""The Celery application of a node: `celery -A workers worker -n NAME@%h -Q node.NAME`."""

from workers.application import app

__all__ = ["app"]
