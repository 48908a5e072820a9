"""TOML, environment files, and settings given as text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from permq.errors import OptionError, PuzzleError
from tests.fuzz.guard import Scratch
from tests.fuzz.target import Target, law

TOML = (
    *(
        b"[",
        b"]",
        b"[[",
        b"]]",
        b"=",
        b"'''",
        b'"""',
        b"#",
        b"inf",
        b"nan",
        b"1979-05-27T07:32:00Z",
    ),
    *(b"0xff", b"0o7", b"1_000", b"{", b"}", b".", b"a.b.c = 1\n", b"\\u0000", b"\\U0010ffff"),
)


def _prepare_puzzle(folder: Path) -> Callable[[bytes], object]:
    import tomllib  # noqa: F401 - before the first case

    from permq.core.settings_file import read_settings

    scratch = Scratch(folder, "puzzle.toml")

    def run(data: bytes) -> None:
        said = read_settings(scratch.hold(data))
        law(said.name is None or said.name.isprintable(), "a name that cannot be shown")
        law(said.solution_sha256 is None or len(said.solution_sha256) == 64, "no digest")

    return run


def _puzzles() -> list[bytes]:
    from tests.puzzle_files import SMALL

    return [
        b'name = "jane-street"\nactivation = "gelu"\n',
        b'solution_sha256 = "' + b"0aF" * 21 + b'1"\n[made]\nblocks = 3\nlr = 1e-3\n',
        (SMALL / "puzzle.toml").read_bytes(),
    ]


def _prepare_suites(folder: Path) -> Callable[[bytes], object]:
    import json

    from permq.suites.suite import read

    scratch = Scratch(folder, "mine.toml")

    def run(data: bytes) -> None:
        suite = read(str(scratch.hold(data)))
        law(suite.runs >= 1, "a suite without runs")
        json.dumps(suite.spec, allow_nan=False)
        for solver in suite.solvers:
            json.dumps(solver.settings, allow_nan=False)

    return run


def _suites() -> list[bytes]:
    import permq.suites

    folder = Path(permq.suites.__file__).parent / "shipped"
    small = (
        b'name = "mine"\ntitle = "T"\nseeds = [1, 2]\n[recipe]\nblocks = 4\nlr = 1e-3\n'
        b'[[solvers]]\nname = "a"\ntime_limit = 2.5\nsteps = [{ kind = "anneal", params = '
        b'{ steps = 50, moves = "swap:1" }, count = 2 }, { kind = "refine", join = true }]\n'
        b'[[regimes]]\nid = "one"\nwidth = 8\nhalf = true\n'
    )
    pipeline = small.replace(b'kind = "refine", join = true', b'kind = "pipeline"')
    return [small, pipeline, *(path.read_bytes() for path in sorted(folder.glob("*.toml")))]


def _prepare_environment_file(folder: Path) -> Callable[[bytes], object]:
    from permq.config import ServiceSettings, WatchSettings, variables

    def never(name: str, words: str) -> str:
        raise OptionError(f"{name}: cannot be run: not here")

    # a command that a file names is run, that is what it is for
    variables._of_command = never  # type: ignore[assignment]
    scratch = Scratch(folder, "node.env")

    def run(data: bytes) -> None:
        given = {"PERMQ_CONFIG": str(scratch.hold(data)), "XDG_DATA_HOME": "/nowhere"}
        for kind in (ServiceSettings, WatchSettings):
            try:
                kind.read(given)
            except OptionError as error:
                law("s3cret" not in str(error), "the error tells a password")
                raise

    return run


def _environment_files() -> list[bytes]:
    return [
        (
            b"# the fleet's\nPERMQ_POSTGRES_URL=postgresql://permq:s3cret@db:5432/permq\n"
            b"export PERMQ_REDIS_URL='redis://:s3cret@db:6379/0'\n\nPERMQ_DATA=~/permq\n"
        ),
        b'PERMQ_NODE="studio"\nPERMQ_METRICS_PASSWORD=s3cret\nPERMQ_GRAFANA_URL=http://g:3000\n',
    ]


_VARIABLES = ("PERMQ_TIMES", "PERMQ_THREADS", "PERMQ_CLASSES", "PERMQ_WEIGHT", "PERMQ_LOG_FORMAT")


def _prepare_variables(folder: Path) -> Callable[[bytes], object]:
    from permq.config import FleetTimes, Settings, WorkerSettings

    def run(data: bytes) -> None:
        name, _, value = data.decode("utf-8", "surrogateescape").partition("=")
        wanted = name if name in _VARIABLES else _VARIABLES[0]
        given = {wanted: value}
        times = FleetTimes.read(given)
        law(0 < times.renewal < times.lease < float("inf"), "times that contradict each other")
        law(Settings.read(given).threads > 0, "no thread at all")
        law(0 < WorkerSettings.read(given).weight < float("inf"), "no weight")

    return run


def _prepare_fleet(folder: Path) -> Callable[[bytes], object]:
    from permq.pool.settings import KNOWN, known

    def run(data: bytes) -> None:
        key, _, text = data.decode("utf-8", "replace").partition("=")
        setting = known(key)
        value = setting.parse(text)
        law(type(value) is type(setting.default), f"{key} is of another type")
        if not isinstance(value, str):
            law(setting.low <= value <= setting.high, f"{key} is out of its range")
            law(setting.parse(str(value)) == value, "what it is stored as reads otherwise")

    del KNOWN
    return run


def _fleet_settings() -> list[bytes]:
    from permq.pool.settings import KNOWN

    return [f"{key}={setting.default}".encode() for key, setting in KNOWN.items()]


def _fleet_words() -> tuple[bytes, ...]:
    return tuple(seed.partition(b"=")[0] for seed in _fleet_settings())


_TOML_KEYS: tuple[Any, ...] = (
    *(b"name", b"title", b"seeds", b"solvers", b"regimes", b"recipe", b"kind", b"params"),
    *(b"count", b"join", b"steps", b"time_limit", b"id", b"made", b"activation", b"pipeline"),
)

TARGETS = (
    Target(
        "puzzle-toml",
        "puzzle.toml",
        _prepare_puzzle,
        _puzzles,
        refusals=(PuzzleError,),
        words=(*TOML, *_TOML_KEYS),
        longest=2048,
    ),
    Target(
        "suites",
        "suites of the bench, TOML",
        _prepare_suites,
        _suites,
        words=(*TOML, *_TOML_KEYS),
        weight=2,
        longest=2048,
    ),
    Target(
        "config-files",
        "files of PERMQ_CONFIG",
        _prepare_environment_file,
        _environment_files,
        refusals=(OptionError,),
        words=(b"export ", b"PERMQ_DATA=", b"PERMQ_NODE=", b"PERMQ_GRAFANA_URL=", b"#", b"~root"),
        longest=1024,
    ),
    Target(
        "variables",
        "PERMQ_TIMES, PERMQ_THREADS, PERMQ_CLASSES, …",
        _prepare_variables,
        lambda: [
            b"PERMQ_TIMES=lease=4,beat=1,renewal=.5,suspect=3,dead=6,unheard=1,patience=2",
            b"PERMQ_TIMES=",
            b"PERMQ_THREADS=2",
            b"PERMQ_CLASSES=heavy, light,render",
            b"PERMQ_WEIGHT=0.5",
            b"PERMQ_LOG_FORMAT=json",
        ],
        refusals=(OptionError,),
        words=(*(name.encode() for name in _VARIABLES), b"lease=", b",", b"=", b"gpu"),
        longest=512,
    ),
    Target(
        "fleet-settings",
        "permq settings set",
        _prepare_fleet,
        _fleet_settings,
        refusals=(OptionError,),
        words=_fleet_words(),
        weight=2,
        longest=256,
    ),
)
