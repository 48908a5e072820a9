"""Suites: which solvers run on which regimes with which seeds, as a TOML file says it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from permq.core.dropping.recipe import Recipe
from permq.core.files import read_bounded
from permq.errors import OptionError
from permq.jobs import pipelines
from permq.jobs.kinds import KINDS, kind_named
from permq.jobs.parameters import complete, unknown
from permq.jobs.submission import Step

MAX_BYTES = 256 << 10
LARGEST_SEED = 2**53 - 1
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")

Part = TypeVar("Part")


@dataclass(frozen=True)
class Stage:
    """One step of a solver.

    Parameters
    ----------
    kind
        Of job, or `pipeline`, which stands for all its steps.
    params
        Parameters of the kind; what is left out has its default.
    count
        Jobs side by side.
    join
        Whether it is one job that takes up the best of all before it.
    """

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1
    join: bool = False

    def steps(self, blocks: int | None = None) -> list[Step]:
        """Steps to submit; a pipeline is several.

        Raises
        ------
        OptionError
            When kind or parameters are wrong.
        """
        if self.kind == pipelines.NAME:
            # pictures would count as time of the solver
            asked = {"figures": False, **self.params}
            given = complete(self.kind, pipelines.PARAMETERS, asked)
            return [Step(**vars(stage)) for stage in pipelines.stages(given)]
        if self.kind not in KINDS:
            raise unknown("kind", self.kind, (*KINDS, pipelines.NAME))
        return [
            Step(
                self.kind,
                kind_named(self.kind).complete(self.params, blocks),
                self.count,
                self.join,
            )
        ]


@dataclass(frozen=True)
class Solver:
    """What is compared: kinds of jobs one after the other.

    Parameters
    ----------
    name
        What it is called.
    steps
        First to last.
    time_limit
        Seconds of work after which each job ends with what it has; None for no limit.
    """

    name: str
    steps: tuple[Stage, ...]
    time_limit: float | None = None

    def all_steps(self, blocks: int | None = None) -> tuple[Step, ...]:
        """Steps to submit, their parameters complete."""
        return tuple(step for stage in self.steps for step in stage.steps(blocks))

    @property
    def settings(self) -> dict[str, Any]:
        """Every setting by name, flat: `anneal.steps`, `anneal.count`, `time_limit`."""
        settings: dict[str, Any] = {"time_limit": self.time_limit}
        seen: dict[str, int] = {}
        for step in self.all_steps():
            seen[step.kind] = seen.get(step.kind, 0) + 1
            name = step.kind if seen[step.kind] == 1 else f"{step.kind}{seen[step.kind]}"
            settings |= {f"{name}.{key}": value for key, value in step.params.items()}
            settings |= {f"{name}.count": step.count, f"{name}.join": step.join}
        return settings


@dataclass(frozen=True)
class Regime:
    """A way in which a network is trained, under a name that always means the same.

    Parameters
    ----------
    id
        Its name; with another recipe it needs another.
    recipe
        How its network is made.
    """

    id: str
    recipe: Recipe


@dataclass(frozen=True)
class Suite:
    """Solvers × regimes × seeds.

    Parameters
    ----------
    name
        What it is called.
    title
        What it is about.
    seeds
        Base seeds of the runs.
    solvers, regimes
        What is run on what.
    """

    name: str
    solvers: tuple[Solver, ...]
    regimes: tuple[Regime, ...]
    seeds: tuple[int, ...] = (1,)
    title: str = ""

    @property
    def runs(self) -> int:
        """How many runs it has."""
        return len(self.solvers) * len(self.regimes) * len(self.seeds)

    @property
    def spec(self) -> dict[str, Any]:
        """All of it, as JSON can hold it."""
        return asdict(self)


def shipped() -> tuple[str, ...]:
    """Names of the suites that come with permq."""
    folder = files("permq.suites") / "shipped"
    return tuple(
        sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml"))
    )


def read(text: str) -> Suite:
    """Read a suite from a file, or one that comes with permq by its name.

    Raises
    ------
    OptionError
        When there is none, or it says what it cannot mean.
    """
    if _NAME.fullmatch(text) and text in shipped():
        return parse((files("permq.suites") / "shipped" / f"{text}.toml").read_text("utf-8"), text)
    path = Path(text)
    if not path.is_file():
        known = ", ".join(shipped())
        raise OptionError(
            f"{text}: there is no such file, nor a suite of this name; known: {known}"
        )
    try:
        return parse(read_bounded(path, MAX_BYTES).decode("utf-8"), text)
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"{text}: cannot be read: {error}") from None


def parse(text: str, where: str) -> Suite:
    """Read a suite from TOML.

    Parameters
    ----------
    text
        The TOML.
    where
        What errors call it.

    Raises
    ------
    OptionError
        When a key is unknown or missing, or a value is wrong.
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise OptionError(f"{where}: is no TOML: {' '.join(str(error).split())}") from None
    try:
        return _suite(data)
    except OptionError as error:
        raise OptionError(f"{where}: {error}") from None


def _suite(data: dict[str, Any]) -> Suite:
    for key in ("solvers", "regimes"):
        entries = data.get(key)
        if not (
            isinstance(entries, list) and entries and all(isinstance(e, dict) for e in entries)
        ):
            raise OptionError(f"{key} must be a list of tables, one [[{key}]] each")
    shared = data.pop("recipe", {})
    if not isinstance(shared, dict):
        raise OptionError("recipe must be a table: what the regimes' recipes have in common")
    made = {
        **data,
        "solvers": tuple(_solver(entry) for entry in data["solvers"]),
        "regimes": tuple(_regime(entry, shared) for entry in data["regimes"]),
        "seeds": tuple(_listed(data.get("seeds", [1]), "seeds")),
    }
    suite = _built(Suite, made, "the suite")
    _check_name(suite.name, "name")
    if not isinstance(suite.title, str):
        raise OptionError(f"title: {suite.title!r} is no text")
    for seed in suite.seeds:
        if type(seed) is not int or not 0 <= seed <= LARGEST_SEED:
            raise OptionError(f"seeds: {seed!r} is no whole number from 0 to {LARGEST_SEED}")
    _check_distinct([str(seed) for seed in suite.seeds], "seed")
    _check_distinct([solver.name for solver in suite.solvers], "solver")
    _check_distinct([regime.id for regime in suite.regimes], "regime")
    return suite


def _solver(entry: dict[str, Any]) -> Solver:
    what = f"solver {entry.get('name', '')!r}"
    stages = tuple(
        _stage(stage, what) for stage in _listed(entry.get("steps", []), f"{what}: steps")
    )
    solver = _built(Solver, {**entry, "steps": stages}, what)
    _check_name(solver.name, "solver")
    limit = solver.time_limit
    if limit is not None and (type(limit) not in (int, float) or not 0 < limit <= LARGEST_SEED):
        raise OptionError(f"{what}: time_limit {limit!r} is no number of seconds")
    if not stages:
        raise OptionError(f"{what}: needs steps")
    try:
        solver.all_steps()
    except OptionError as error:
        raise OptionError(f"{what}: {error}") from None
    return solver


def _stage(entry: Any, what: str) -> Stage:
    if not isinstance(entry, dict):
        raise OptionError(f'{what}: a step is a table such as {{ kind = "solve" }}')
    stage = _built(Stage, entry, f"{what}: a step")
    if type(stage.kind) is not str or type(stage.params) is not dict:
        raise OptionError(f"{what}: kind is a text and params a table")
    if type(stage.count) is not int or not 1 <= stage.count <= 1000:
        raise OptionError(f"{what}: count {stage.count!r} is no whole number from 1 to 1000")
    if not isinstance(stage.join, bool):
        raise OptionError(f"{what}: join is true or false")
    return stage


def _regime(entry: dict[str, Any], shared: dict[str, Any]) -> Regime:
    name = entry.get("id", "")
    _check_name(name, "regime")
    what = f"regime {name!r}"
    settings = {key: value for key, value in {**shared, **entry}.items() if key != "id"}
    for one in fields(Recipe):
        value, default = settings.get(one.name), one.default
        if value is None:
            continue
        if isinstance(default, float) and type(value) is int and abs(value) <= LARGEST_SEED:
            settings[one.name] = value = float(value)
        if type(value) is not type(default):
            raise OptionError(f"{what}: {one.name} = {value!r} is no {type(default).__name__}")
    try:
        return Regime(name, _built(Recipe, settings, what))
    except OptionError as error:
        told = str(error)
        raise OptionError(told if told.startswith(what) else f"{what}: {told}") from None


def _built(kind: type[Part], values: Mapping[str, Any], what: str) -> Part:
    """Unpack a table by keyword, so that nothing in it goes unread."""
    known = [one.name for one in fields(kind)]  # type: ignore[arg-type]
    for key in values:
        if key not in known:
            raise OptionError(f"{what}: {unknown('key', str(key), known)}")
    try:
        return kind(**values)
    except TypeError as error:
        missing = ", ".join(re.findall(r"'(\w+)'", str(error)))
        raise OptionError(f"{what}: needs {missing}") from None


def _listed(value: object, what: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise OptionError(f"{what}: must be a list that is not empty")
    return value


def _check_name(name: object, what: str) -> None:
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise OptionError(
            f"{what}: {name!r} is no name: lower-case letters, digits, - and _, at most 63"
        )


def _check_distinct(names: list[str], what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise OptionError(f"{what} {name!r} stands twice")
