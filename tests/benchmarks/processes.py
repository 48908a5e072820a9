"""Whole processes: their wall time, processor time and peak memory, as the system accounts them."""

import json
import os
import subprocess
import sys
from typing import NamedTuple

from permq.config import CORE_VARIABLE, THREAD_VARIABLES

# A new process inherits its parent's peak memory until it runs its own program, and this one has
# loaded torch: a small one in between starts the command.
_STARTER = """
import json, os, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
begun = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(child, 0)
wall = time.perf_counter() - begun
print(json.dumps([os.waitstatus_to_exitcode(status), wall, used.ru_utime + used.ru_stime,
                  used.ru_maxrss]))
"""


class Run(NamedTuple):
    """One finished process: exit status, seconds of wall and processor time, peak bytes."""

    status: int
    wall: float
    cpu: float
    peak: int


def run_process(*command: str) -> Run:
    """Run a command to its end, its output thrown away.

    It starts as from a shell: what this process set for its own linear algebra is not handed on.
    """
    ours = {*THREAD_VARIABLES, CORE_VARIABLE}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    printed = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _STARTER, *command],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    status, wall, cpu, peak = json.loads(printed)
    return Run(status, wall, cpu, peak * (1 if sys.platform == "darwin" else 1024))
