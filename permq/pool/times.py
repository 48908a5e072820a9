"""How long things last, in seconds by Postgres' clock; see `permq.config.FleetTimes`."""

from permq.config import FleetTimes

_times = FleetTimes.read()

LEASE = _times.lease
"""A claimed job belongs to its claimer so long without a word from it."""
RENEWAL = _times.renewal
"""Between two words: progress, and whether to stop."""
BEAT = _times.beat
"""Between two heartbeats of a node."""
SUSPECT = _times.suspect
"""A node silent so long gets nothing new."""
DEAD = _times.dead
"""A node silent so long has lost what it holds."""
UNHEARD = _times.unheard
"""A job assigned to an idle slot for so long is told to the node again."""
PATIENCE = _times.patience
"""A write is tried again for so long while Postgres is away."""
ATTEMPTS = 5
"""Tries of one slice before the job is given up."""
