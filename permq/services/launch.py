"""Become another program that gets a signal when the process that started it dies.

Run by its path with `python -I -S`, so it imports nothing of permq: it costs 20 ms. Done here
rather than between fork and exec of the supervisor, where Python code is not safe beside threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000


def main(words: list[str]) -> None:
    """Replace this process.

    Parameters
    ----------
    words
        The parent's process id; the signal to get at its death; `1` to leave for a user namespace
        without rights, where root is nobody (Postgres refuses to run as root), else `0`; the
        program; its arguments.
    """
    parent, signal, namespace, *command = words
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        # before the signal is asked for: a change of rights forgets it
        if namespace == "1" and libc.unshare(CLONE_NEWUSER) != 0:
            reason = os.strerror(ctypes.get_errno())
            sys.exit(
                f"root cannot leave for a user namespace ({reason}), and Postgres refuses to run "
                "as root: start permq as an ordinary user, or set PERMQ_POSTGRES_URL"
            )
        libc.prctl(PR_SET_PDEATHSIG, int(signal), 0, 0, 0)
    if os.getppid() != int(parent):  # it died before the signal was asked for
        sys.exit("the process that started this one is gone")
    os.execv(command[0], command)  # noqa: S606 - the words come from the supervisor


if __name__ == "__main__":
    main(sys.argv[1:])
