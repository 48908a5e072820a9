"""`views`: runs of benchmarks compared, as pictures and as pages, stored with the job."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from permq.errors import CheckpointError, OptionError
from permq.jobs.kind import IDLE, Kind
from permq.jobs.kinds.history import pool_of
from permq.jobs.parameters import Parameter, Params, unknown
from permq.jobs.sealed import seal, unseal
from permq.jobs.task import Task

ALL = "all"


def check_views(text: str) -> str:
    """Names of views, each once, joined by commas; an OptionError says what is wrong."""
    if text.strip() == ALL:
        return ALL
    from permq.bench.views.registry import VIEWS

    names = listed(text)
    for name in names:
        if name not in VIEWS:
            raise unknown("view", name, VIEWS)
    return ",".join(names) if names else ALL


def listed(text: str) -> tuple[str, ...]:
    """Words of a list joined by commas, each once."""
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


@dataclass(eq=False)
class Viewing:
    """Views under way.

    Parameters
    ----------
    names
        Of those that are wanted.
    done
        How many of them were tried.
    files
        Names of what was made.
    skipped
        What cannot be shown, and why.
    """

    names: tuple[str, ...]
    done: int = 0
    files: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


class Views(Kind[Viewing]):
    """Draw views of runs; those whose columns are missing are skipped and listed."""

    name = "views"
    summary = "runs of benchmarks compared, as pictures and as pages that open offline"
    work_class = "render"
    priority = IDLE
    parameters = (
        Parameter("suites", str, "", "Suites, joined by commas; the one that ran last."),
        Parameter("views", str, ALL, "Views, joined by commas, or all.", check=check_views),
        Parameter("metrics", str, "", "Columns, joined by commas; all that hold numbers."),
        Parameter(
            "normalise",
            str,
            "min-max",
            "How a radar brings its metrics to one scale.",
            choices=("min-max", "percentile", "absolute"),
        ),
    )
    needs_puzzle = False
    needs_pool = True
    repeatable = False  # more is run

    def total(self, params: Params, blocks: int) -> int | None:
        """Views."""
        return len(_names(str(params["views"])))

    def begin(self, task: Task) -> Viewing:
        """Nothing drawn."""
        return Viewing(_names(task.params["views"]))

    def advance(self, task: Task, state: Viewing) -> bool:
        """A unit is one view, of every metric."""
        if task.leave():
            return False
        from permq.bench.collecting import of_suites
        from permq.bench.render import render
        from permq.bench.views.view import Options

        table = of_suites(pool_of(task), listed(task.params["suites"]))
        metrics, options = listed(task.params["metrics"]), Options(task.params["normalise"])
        with tempfile.TemporaryDirectory(prefix="permq-views-") as folder:
            for name in state.names[state.done :]:
                done = render(table, Path(folder), views=[name], metrics=metrics, options=options)
                state.files += kept(task, done.files, f"view of {table.name}")
                state.skipped += [one for one in done.skipped if one not in state.skipped]
                state.done += 1
                # a view has no cost
                task.report(state.done, float("inf"), float("inf"), name)
                if task.stop():
                    break
        return state.done == len(state.names)

    def dump(self, task: Task, state: Viewing) -> bytes:
        """Pack what was made and what was not; the files are stored already."""
        body = {"done": state.done, "files": state.files, "skipped": state.skipped}
        return seal(self.name, "", body)

    def load(self, task: Task, data: bytes) -> Viewing:
        """Unpack and check it."""
        state, body = self.begin(task), unseal(self.name, "", data)
        try:
            state.done = range(len(state.names) + 1)[body["done"]]
            state.files = [str(file) for file in body["files"]]
            state.skipped = [(str(what), str(why)) for what, why in body["skipped"]]
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"the checkpoint is damaged: {error}") from None
        return state

    def result(self, task: Task, state: Viewing) -> dict[str, Any]:
        """Files that were made, and why others were not."""
        skipped = [{"what": what, "why": why} for what, why in state.skipped]
        return {"files": state.files, "skipped": skipped}


def kept(task: Task, files: Iterable[Path], what: str) -> list[str]:
    """Store files with the job, and tell of each in the pool's log; gives their names.

    Raises
    ------
    OptionError
        When a file is of no type that the pool keeps.
    """
    from permq.pool import jobs
    from permq.pool.artifacts import SUFFIXES
    from permq.pool.connection import transaction

    media_types = {suffix: media_type for media_type, suffix in SUFFIXES.items()}
    names = []
    for path in files:
        if path.suffix not in media_types:
            raise OptionError(f"{path.name}: the pool keeps no such files")
        task.keep(path.stem, media_types[path.suffix], path.read_bytes())
        names.append(path.name)
    with transaction(pool_of(task)) as cursor:
        for name in names:
            jobs.log(cursor, f"{what}: {name}", job=task.job)
    return names


def _names(text: str) -> tuple[str, ...]:
    from permq.bench.views.registry import VIEWS

    return tuple(VIEWS) if text == ALL else listed(text)
