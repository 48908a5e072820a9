"""The application for Flower, whose page of numbers asks nobody for a password: it is taken away.

permq's own exporter has them all, behind a password where others than this machine can ask.
"""

from flower.urls import handlers

from workers.application import app

__all__ = ["app"]

OPEN = "/metrics"

handlers[:] = [
    handler for handler in handlers if not (isinstance(handler, tuple) and handler[0] == OPEN)
]
