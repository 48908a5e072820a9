"""Numbers, times and tables of jobs as people read them."""

import math
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

WIDTH = 100
NONE = "-"


def duration(seconds: float | None) -> str:
    """Seconds as `0.4s`, `12s`, `3m12s`, `2h05m` or `3d04h`."""
    if seconds is None or not math.isfinite(seconds):
        return NONE
    seconds = max(seconds, 0.0)
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h{minutes:02d}m"
    days, hours = divmod(hours, 24)
    return f"{days}d{hours:02d}h"


def moment(at: datetime | None, now: datetime | None = None) -> str:
    """A time by this machine's clock: of day, with the date where it is another day's."""
    if at is None:
        return NONE
    local = at.astimezone()
    today = (now or datetime.now().astimezone()).astimezone().date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%Y-%m-%d %H:%M:%S}"


def cost(value: float | None) -> str:
    """A cost, six digits of it."""
    return NONE if value is None else f"{value:.6g}"


def rate(value: float | None) -> str:
    """Steps per second, in few characters."""
    if value is None:
        return NONE
    if value >= 999_500:
        return f"{value / 1e6:.3g}M"
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def share(done: int, total: int | None) -> str:
    """How much is done; the number itself where the total is not known."""
    if not total:
        return f"{done:,}" if done else NONE
    return f"{min(100 * done // total, 100)}%"  # rounded down: nearly all is not all


def one_line(text: str | None) -> str:
    """A text without line breaks."""
    return " ".join((text or "").split())


def numbers(values: Sequence[int]) -> str:
    """Ascending numbers, neighbours joined: `3, 5-9`."""
    from permq.jobs.places import places_text

    return places_text(values).replace(",", ", ")


def job_list(jobs: Sequence[int]) -> str:
    """Ascending numbers of jobs, with the word before them: `job 3`, `2 jobs (3, 5)`."""
    if len(jobs) == 1:
        return f"job {jobs[0]}"
    return f"{len(jobs):,} jobs ({clipped(numbers(jobs), 60)})"


def page_width() -> int:
    """Characters of a line: the terminal's, and 100 where the output is no terminal."""
    if not sys.stdout.isatty():
        return WIDTH
    return shutil.get_terminal_size((WIDTH, 24)).columns


def clipped(text: str, width: int) -> str:
    """A text that ends in `…` where it is cut."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: str = "",
    width: int = WIDTH,
    limits: Mapping[str, int] | None = None,
) -> list[str]:
    """Lines of a table; the last column takes what room is left, and is cut there.

    Parameters
    ----------
    heads
        Names of the columns.
    rows
        Texts, as many as there are columns.
    right
        Names of the columns that stand right, blanks between them; `_` stands for a blank in one.
    width
        Characters of a line at most.
    limits
        Most characters of a column, by name.
    """
    most = limits or {}
    ends = {name.replace("_", " ") for name in right.split()}
    cut = [
        [clipped(text, most.get(head, width)) for head, text in zip(heads, row, strict=True)]
        for row in rows
    ]
    wide = [max(map(len, column)) for column in zip(heads, *cut, strict=True)]

    def line(texts: Sequence[str]) -> str:
        cells = [
            text.rjust(room) if head in ends else text.ljust(room)
            for head, text, room in zip(heads, texts, wide, strict=True)
        ]
        return clipped("  ".join(cells).rstrip(), width)

    return [line(heads), *map(line, cut)]


def facts(row: Any) -> dict[str, Any]:
    """A named tuple as JSON can hold it: times as ISO texts."""
    values: Mapping[str, Any] = row._asdict()
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
