"""Seeds of jobs, all derived from one base seed."""

import hashlib
import secrets

LARGEST = 2**53 - 1
"""Seeds stay whole numbers in JSON and JavaScript too."""


def fresh() -> int:
    """Draw a base seed from the system's randomness."""
    return secrets.randbelow(LARGEST)


def derived(base: int, *path: int) -> int:
    """Seed of one job among those of a submission.

    Parameters
    ----------
    base
        The submission's seed.
    path
        Which job: its place, and so on. The first place of all has the base seed itself, so that
        one job does what the command of its name does with that seed.

    Returns
    -------
    int
        Between 0 and `LARGEST`, by SHA-256, so the same on every machine.
    """
    if not any(path):
        return base
    text = "permq seed " + " ".join(map(str, (base, *path)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % (LARGEST + 1)
