"""Which revision of the sources is at work."""

import subprocess
from pathlib import Path


def revision() -> str | None:
    """Revision of the checkout that this software runs from; None where it is none."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    try:
        told = subprocess.run(  # noqa: S603 - no word of it is the user's
            ("git", "-C", str(root), "rev-parse", "HEAD"),  # noqa: S607 - found on the path
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return told.stdout.strip() or None
