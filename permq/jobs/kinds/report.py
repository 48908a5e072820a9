"""`report`: what runs came to, as a document, stored with the job."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from permq.errors import OptionError
from permq.jobs.kind import IDLE, Kind
from permq.jobs.kinds.history import pool_of
from permq.jobs.kinds.views import kept
from permq.jobs.parameters import Parameter, Params
from permq.jobs.sealed import seal, unseal
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.report.material import Material


class Report(Kind[dict[str, Any]]):
    """One report, with its page, its raw figures and its pictures."""

    name = "report"
    summary = "what runs of a benchmark, or searches of a puzzle, came to, as a document"
    work_class = "render"
    priority = IDLE
    parameters = (
        Parameter("suite", str, None, "The newest bench of this suite; the one that ran last."),
        Parameter("puzzle", str, None, "All searches of this puzzle: a name or fingerprint."),
        Parameter("notes", str, None, "Text of the analysis; else the facts that can be derived."),
    )
    needs_puzzle = False
    needs_pool = True
    repeatable = False  # more is run

    def check(self, params: Params, blocks: int | None = None) -> None:
        """Complain about two things to report on."""
        if params["suite"] is not None and params["puzzle"] is not None:
            raise OptionError("a report is about suite=NAME or puzzle=NAME, not both")

    def begin(self, task: Task) -> dict[str, Any]:
        """Nothing written."""
        return {}

    def advance(self, task: Task, state: dict[str, Any]) -> bool:
        """The unit is the whole report."""
        if task.leave():
            return False
        from permq import __version__
        from permq.pool import runs
        from permq.pool.connection import transaction
        from permq.report.writing import write

        material = _material(task)
        with tempfile.TemporaryDirectory(prefix="permq-report-") as folder:
            done = write(material, Path(folder), task.params["notes"])
            files = kept(task, done.files, f"report about {material.about}")
        with transaction(pool_of(task)) as cursor:
            number = runs.keep_report(cursor, material.about, __version__, done.summary, task.job)
        state |= {
            "report": number,
            "about": material.about,
            "files": files,
            "facts": list(done.facts),
            "skipped": [{"what": what, "why": why} for what, why in done.skipped],
        }
        return True

    def dump(self, task: Task, state: dict[str, Any]) -> bytes:
        """Pack what was written."""
        return seal(self.name, "", state)

    def load(self, task: Task, data: bytes) -> dict[str, Any]:
        """Unpack it."""
        return unseal(self.name, "", data)

    def result(self, task: Task, state: dict[str, Any]) -> dict[str, Any]:
        """The report's number, its files, and the facts that it tells."""
        return state


def _material(task: Task) -> "Material":
    from permq.bench.collecting import collect
    from permq.pool import puzzles
    from permq.pool.connection import transaction
    from permq.report.material import of_puzzle, of_suite

    pool, named = pool_of(task), task.params["puzzle"]
    collect(pool)
    if named is None:
        return of_suite(pool, task.params["suite"], task.job)
    with transaction(pool) as cursor:
        row = puzzles.find(cursor, named)
    return of_puzzle(pool, row, task.job)
