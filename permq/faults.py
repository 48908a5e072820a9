"""Points at which a test may strike a process: between any two steps that matter.

A test names a folder in `PERMQ_FAULTS`. A process that comes to a point whose file lies there
removes the file, so that it happens once, and dies as by kill -9. A file that says `STOP` only
halts it there, for a test that means to kill others along with it.
"""

import os
import signal

from permq.config import fault_folder

SLICE = (
    "before-claim",
    "after-claim",
    "after-work",
    "after-solutions",
    "after-slice",
    "before-commit",
    "after-commit",
    "after-sending",
)
"""What a worker's process goes through with every slice."""

FIRST = (
    "password-half",
    "worker.password-half",
    "postgres-password-made",
    "initdb-begun",
    "initdb-done",
    "database-begun",
    "database-made",
    "cluster-named",
    "owner.password-half",
)
"""What the first `permq up` on a data folder goes through."""

SERVERS = (
    "lock-taken",
    "lock-written",
    "leftovers-swept",
    "guard-started",
    "redis-launched",
    "members.json-half",
    "redis-known",
    "redis-ready",
    "redis-port-chosen",
    "postgres-launched",
    "postgres-known",
    "postgres-ready",
    "postgres-port-chosen",
    "roles-made",
)
"""What every `permq up` goes through until its servers run."""

MIGRATION = (
    "migration-locked",
    "migration-applied",
    "migration-committed",
)
"""What everybody goes through who brings a database to a newer schema."""

START = (
    "schema-ready",
    "flower-launched",
    "metrics-launched",
    "dashboard-launched",
    "node1-launched",
    "worker-known",
    "worker-ready",
    "addresses.json-half",
    "addresses-saved",
)
"""What a `permq up` goes through from then on until it says that it is ready."""

END = (
    "addresses-forgotten",
    "worker-asked",
    "worker-ended",
    "watcher-asked",
    "watcher-ended",
    "postgres-asked",
    "postgres-ended",
    "redis-asked",
    "redis-ended",
    "guard-gone",
    "lock-emptied",
)
"""What it goes through when it is asked to end."""

RESTORE = (
    "restore-emptied",
    "restore-filled",
)
"""What `permq db restore` goes through in its one transaction."""

_folder = fault_folder()


def fault_point(name: str) -> None:
    """Die or halt here when a test wants it."""
    if _folder is None:
        return
    file = _folder / name
    try:
        how = file.read_text(encoding="ascii").strip() or "KILL"
        file.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.Signals[f"SIG{how}"])
