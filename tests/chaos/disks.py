"""Small disks that can be filled up: a file system in memory under a node's folder."""

import ctypes
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

_OWN_MOUNTS = 0x00020000  # CLONE_NEWNS


def may_mount() -> bool:
    """Leave for a namespace of mounts, which end with this process; False where that is forbidden.

    Call it once, before any thread is begun.
    """
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    if ctypes.CDLL(None, use_errno=True).unshare(_OWN_MOUNTS) != 0:
        return False
    done = subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True, check=False)
    return done.returncode == 0


class Disk:
    """A disk of its own at a folder; `size` is in MiB."""

    def __init__(self, folder: Path, size: int = 8) -> None:
        self._folder = folder
        self._ballast = folder / "ballast"
        folder.mkdir(parents=True)
        words = ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=700", "tmpfs", str(folder)]
        subprocess.run(words, check=True, capture_output=True)

    def fill(self) -> None:
        """Leave not a byte."""
        with suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            for size in (1 << 16, 4096, 1):
                with suppress(OSError):
                    while file.write(bytes(size)):
                        pass

    def free(self) -> None:
        """Give it all back."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """Take it away, with what is on it."""
        subprocess.run(["umount", "-l", str(self._folder)], check=False, capture_output=True)
