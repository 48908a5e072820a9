"""How long things last, in seconds by Postgres' clock."""

LEASE = 30.0
"""A claimed job belongs to its claimer so long without a word from it."""
RENEWAL = 2.0
"""Between two words: progress, and whether to stop."""
BEAT = 10.0
"""Between two heartbeats of a node."""
SUSPECT = 30.0
"""A node silent so long gets nothing new."""
DEAD = 60.0
"""A node silent so long has lost what it holds."""
UNHEARD = 3.0
"""A job assigned to an idle slot for so long is told to the node again."""
ATTEMPTS = 5
"""Tries of one slice before the job is given up."""
