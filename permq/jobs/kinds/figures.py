"""`figures`: pictures of the puzzle and its pool, stored with the job."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from permq.errors import CheckpointError
from permq.jobs.kind import IDLE, Kind
from permq.jobs.parameters import Parameter, Params
from permq.jobs.sealed import seal, unseal
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.figures.figure import Sources

ALL = "all"
_FATES = _MADE, _MISSING, _FAILED = "made", "missing", "failed"


def check_names(text: str) -> str:
    """Names of figures, each once, joined by commas; an OptionError says what is wrong."""
    if text.strip() == ALL:
        return ALL
    from permq.figures.registry import figures_named

    names = [name for name in text.split(",") if name.strip()]
    return ",".join(figure.name for figure in figures_named(names)) if names else ALL


def check_method(text: str) -> str:
    """Check the name of a pairing method; an OptionError says what is wrong."""
    from permq.jobs.beginning import check_pairs

    return check_pairs(text)


@dataclass(eq=False)
class Pictures:
    """Figures under way.

    Parameters
    ----------
    names
        Of those that are wanted.
    fate
        What became of each that was tried: `made`, `missing` or `failed`, and why.
    """

    names: tuple[str, ...]
    fate: dict[str, tuple[str, str | None]] = field(default_factory=dict)


class Figures(Kind[Pictures]):
    """Draw figures; one that fails does not keep the others from being drawn."""

    name = "figures"
    summary = "pictures of the puzzle and its pool"
    work_class = "render"
    priority = IDLE
    parameters = (
        Parameter("names", str, ALL, "Figures, joined by commas, or all.", check=check_names),
        Parameter("top", int, 100, "Best solutions to compare.", low=1, high=1000),
        Parameter(
            "method", str, "gradient-mse", "Pairing method of the cost matrix.", check=check_method
        ),
        Parameter("target", float, None, "Cost to mark in the convergence.", above=0),
        Parameter("by", str, "method", "What tells solutions apart.", choices=("method", "node")),
        Parameter("gif", bool, False, "Also animations over the snapshots, where there are any."),
    )
    needs_pool = True
    repeatable = False  # the pool grows

    def total(self, params: Params, blocks: int) -> int | None:
        """Figures."""
        return len(_names(str(params["names"])))

    def begin(self, task: Task) -> Pictures:
        """Nothing drawn."""
        return Pictures(_names(task.params["names"]))

    def advance(self, task: Task, state: Pictures) -> bool:
        """A unit is one figure."""
        from permq.figures.animation import ANIMATED, moving
        from permq.figures.registry import figure_named
        from permq.figures.render import attempt

        sources: Sources | None = None
        for name in state.names:
            if name in state.fate:
                continue
            if task.leave():
                break
            sources = sources or _sources(task)
            outcome = attempt(figure_named(name), sources)
            if outcome.picture is not None:
                state.fate[name] = (_MADE, None)
                for media_type, content in outcome.picture.files.items():
                    task.keep(name, media_type, content)
                if task.params["gif"] and name in ANIMATED:
                    moved = attempt(figure_named(name), sources, moving)
                    if moved.picture is None:
                        state.fate[name] = (_MADE, f"no animation: {moved.problem}")
                    else:
                        task.keep(name, *next(iter(moved.picture.files.items())))
            else:
                state.fate[name] = (_MISSING if outcome.missing else _FAILED, outcome.problem)
            # a picture has no cost
            task.report(len(state.fate), float("inf"), float("inf"), name)
            if task.stop():
                break
        return len(state.fate) == len(state.names)

    def dump(self, task: Task, state: Pictures) -> bytes:
        """Pack what became of the figures; the files are stored already."""
        fate = [[name, *told] for name, told in state.fate.items()]
        return seal(self.name, _fingerprint(task), {"fate": fate})

    def load(self, task: Task, data: bytes) -> Pictures:
        """Unpack and check it."""
        state = self.begin(task)
        try:
            for name, fate, problem in unseal(self.name, _fingerprint(task), data)["fate"]:
                known = _FATES[_FATES.index(fate)]  # a ValueError for what is none
                state.fate[str(name)] = (known, None if problem is None else str(problem))
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"the checkpoint is damaged: {error}") from None
        if tuple(state.fate) != state.names[: len(state.fate)]:
            raise CheckpointError("the checkpoint is damaged: its figures are not those of the job")
        return state

    def result(self, task: Task, state: Pictures) -> dict[str, Any]:
        """Figures that were made, and why others were not."""
        told = {_MADE: [n for n, (fate, _) in state.fate.items() if fate == _MADE]}
        why = {
            kept: {name: problem for name, (fate, problem) in state.fate.items() if fate == kept}
            for kept in (_MISSING, _FAILED)
        }
        return {**told, **why}


def _names(text: str) -> tuple[str, ...]:
    from permq.figures.registry import FIGURES

    return FIGURES if text == ALL else tuple(text.split(","))


def _fingerprint(task: Task) -> str:
    return "" if task.puzzle is None else task.puzzle.fingerprint


def _sources(task: Task) -> "Sources":
    from permq.figures.gather import gather
    from permq.jobs.beginning import whole
    from permq.pool import puzzles
    from permq.pool.connection import transaction

    if task.pool is None:
        raise RuntimeError("figures need the pool")
    puzzle = whole(task)
    with transaction(task.pool) as cursor:
        row = puzzles.find(cursor, puzzle.fingerprint)
    options = {name: value for name, value in task.params.items() if name not in ("names", "gif")}
    return gather(task.pool, row, options, puzzle)
