"""Coverage, where atheris is installed: permq's own modules count, and no others.

This module and what imports it must not load permq: only what is imported within the block counts.
"""

import contextlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TextIO


@contextlib.contextmanager
def instrumented(*, wanted: bool) -> Iterator[bool]:
    """Import permq within the block so that its branches are seen; gives whether they are."""
    if not wanted or find_spec("atheris") is None:
        yield False
        return
    import atheris

    whole = sys.stderr
    sys.stderr = _Without(whole)  # type: ignore[assignment]
    try:
        with atheris.instrument_imports(include=["permq", "workers"]):
            yield True
    finally:
        sys.stderr = whole


class _Without:
    """Standard error without a line for every module."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        if text.startswith(("INFO: Instrumenting", "WARNING: Skipping import")):
            return len(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)
