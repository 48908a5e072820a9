"""Settings from the environment; nothing else in permq reads it.

The number of threads and the kernels of the linear algebra library are chosen by environment
variables that OpenBLAS, MKL and OpenMP read once, when they are loaded. So they must stand there
before numpy is imported, which is why this module imports neither numpy nor anything that does.
"""

import os
import sys
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from permq.errors import OptionError

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
CORE_VARIABLE = "OPENBLAS_CORETYPE"

# What OpenBLAS' SkylakeX kernels need of a processor.
AVX512 = frozenset({"avx512f", "avx512bw", "avx512vl", "avx512dq"})
CPUINFO = Path("/proc/cpuinfo")

# Variables this process set itself: those may be changed again, the user's own may not.
_prepared: dict[str, str] = {}


@dataclass(frozen=True)
class Settings:
    """What the environment says.

    Parameters
    ----------
    threads
        Threads of one process, `PERMQ_THREADS`. One by default: OpenMP waits by spinning, so
        more of them on a shared machine make a solve many times slower.
    """

    threads: int = 1

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings.

        Parameters
        ----------
        environment
            The variables; those of this process by default.

        Raises
        ------
        OptionError
            When a variable of permq holds something it cannot mean.
        """
        variables = os.environ if environment is None else environment
        text = variables.get("PERMQ_THREADS", "").strip()
        if not text:
            return cls()
        if not (text.isascii() and text.isdigit() and int(text) > 0):
            raise OptionError(f"PERMQ_THREADS must be a whole number above 0, got {text!r}")
        return cls(threads=int(text))


@dataclass(frozen=True)
class ServiceSettings:
    """Where the servers are and where data lies; secrets stand in the environment or a file.

    Parameters
    ----------
    postgres_url, redis_url
        `PERMQ_POSTGRES_URL` and `PERMQ_REDIS_URL`; None where nothing is said.
    data
        Folder of the servers' data, spool and caches, `PERMQ_DATA`; by default the user's data
        directory (`XDG_DATA_HOME`, on macOS `~/Library/Application Support`).
    node
        Name of this node, `PERMQ_NODE`; None where nothing is said.
    """

    postgres_url: str | None
    redis_url: str | None
    data: Path
    node: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "ServiceSettings":
        """Read the settings.

        A file named by `PERMQ_CONFIG` holds lines `NAME=value` of the same names; what stands in
        the environment itself comes first.

        Parameters
        ----------
        environment
            The variables; those of this process by default.

        Raises
        ------
        OptionError
            When the file cannot be read or has a line that is no `NAME=value`.
        """
        variables = os.environ if environment is None else environment
        value = _values(variables)
        folder = value("PERMQ_DATA")
        return cls(
            postgres_url=value("PERMQ_POSTGRES_URL"),
            redis_url=value("PERMQ_REDIS_URL"),
            data=Path(folder).expanduser() if folder else _data_home(variables) / "permq",
            node=value("PERMQ_NODE"),
        )


def fault_folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """Folder in which a test names the points where a worker's process shall die.

    `PERMQ_FAULTS`; nothing outside tests sets it.
    """
    variables = os.environ if environment is None else environment
    folder = variables.get("PERMQ_FAULTS", "").strip()
    return Path(folder) if folder else None


@dataclass(frozen=True)
class FleetTimes:
    """How long things last in a fleet, in seconds; alike at all its nodes.

    `PERMQ_TIMES` changes some, as in `lease=4,beat=1`: tests do that, so as not to wait a minute
    for a node to be given up.

    Parameters
    ----------
    lease
        A claimed job belongs to its claimer so long without a word from it.
    renewal
        Between two words: progress, and whether to stop.
    beat
        Between two heartbeats of a node.
    suspect
        A node silent so long gets nothing new.
    dead
        A node silent so long has lost what it holds.
    unheard
        A job assigned to an idle slot for so long is told to the node again.
    patience
        A write is tried again for so long while Postgres is away.
    """

    lease: float = 30.0
    renewal: float = 2.0
    beat: float = 10.0
    suspect: float = 30.0
    dead: float = 60.0
    unheard: float = 3.0
    patience: float = 10.0

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "FleetTimes":
        """Read the times.

        Raises
        ------
        OptionError
            When the variable names no time, holds no number above 0, or the times contradict
            each other.
        """
        variables = os.environ if environment is None else environment
        known = {one.name for one in fields(cls)}
        given = {}
        for part in filter(None, map(str.strip, variables.get("PERMQ_TIMES", "").split(","))):
            name, _, text = (word.strip() for word in part.partition("="))
            try:
                given[name] = float(text)
            except ValueError:
                given[name] = 0.0
            if name not in known or not 0 < given[name] < float("inf"):
                raise OptionError(
                    f"PERMQ_TIMES: {part!r} is no time: NAME=SECONDS of {', '.join(sorted(known))}"
                )
        times = cls(**given)
        if not (times.renewal < times.lease and times.beat < times.suspect < times.dead):
            raise OptionError("PERMQ_TIMES: renewal < lease and beat < suspect < dead must hold")
        return times


WORK_CLASSES = ("heavy", "light", "render", "gpu")


@dataclass(frozen=True)
class WorkerSettings:
    """How a node's worker works.

    Parameters
    ----------
    classes
        Work classes it takes, `PERMQ_CLASSES` (`heavy,light`); all by default.
    weight
        Preference among equals, `PERMQ_WEIGHT`.
    log_format
        `text` or `json`, `PERMQ_LOG_FORMAT`.
    """

    classes: tuple[str, ...] = WORK_CLASSES
    weight: float = 1.0
    log_format: str = "text"

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "WorkerSettings":
        """Read the settings.

        Raises
        ------
        OptionError
            When a variable holds something it cannot mean.
        """
        variables = os.environ if environment is None else environment
        words = [word.strip() for word in variables.get("PERMQ_CLASSES", "").split(",")]
        classes = tuple(word for word in words if word) or WORK_CLASSES
        if not set(classes) <= set(WORK_CLASSES):
            raise OptionError(
                f"PERMQ_CLASSES must be some of {', '.join(WORK_CLASSES)}, got {','.join(classes)}"
            )
        text = variables.get("PERMQ_WEIGHT", "").strip() or "1"
        try:
            weight = float(text)
        except ValueError:
            weight = 0.0
        if not 0 < weight < float("inf"):
            raise OptionError(f"PERMQ_WEIGHT must be a number above 0, got {text!r}")
        log_format = variables.get("PERMQ_LOG_FORMAT", "").strip() or "text"
        if log_format not in {"text", "json"}:
            raise OptionError(f"PERMQ_LOG_FORMAT must be text or json, got {log_format!r}")
        return cls(classes, weight, log_format)


@dataclass(frozen=True)
class WatchSettings:
    """Passwords and addresses of the pages that show a fleet; None where nothing is said.

    Parameters
    ----------
    metrics_password
        Of the exporter, `PERMQ_METRICS_PASSWORD`.
    flower_password
        Of Flower, `PERMQ_FLOWER_PASSWORD`.
    dashboard_password
        Of the dashboard, `PERMQ_DASHBOARD_PASSWORD`.
    grafana_url
        Where Grafana is, `PERMQ_GRAFANA_URL`; the dashboard leads there.
    """

    metrics_password: str | None = field(default=None, repr=False)
    flower_password: str | None = field(default=None, repr=False)
    dashboard_password: str | None = field(default=None, repr=False)
    grafana_url: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "WatchSettings":
        """Read the settings, like those of `ServiceSettings` also from the file of `PERMQ_CONFIG`.

        Raises
        ------
        OptionError
            When the file cannot be read or has a line that is no `NAME=value`, or Grafana's
            address is of no web page.
        """
        value = _values(os.environ if environment is None else environment)
        grafana = value("PERMQ_GRAFANA_URL")
        if grafana is not None and not grafana.startswith(("http://", "https://")):
            raise OptionError("PERMQ_GRAFANA_URL must begin with http:// or https://")
        return cls(
            metrics_password=value("PERMQ_METRICS_PASSWORD"),
            flower_password=value("PERMQ_FLOWER_PASSWORD"),
            dashboard_password=value("PERMQ_DASHBOARD_PASSWORD"),
            grafana_url=grafana,
        )


def prepare_worker(settings: WorkerSettings) -> None:
    """Tell the processes that a node's worker will start how to work."""
    os.environ["PERMQ_CLASSES"] = ",".join(settings.classes)
    os.environ["PERMQ_WEIGHT"] = str(settings.weight)
    os.environ["PERMQ_LOG_FORMAT"] = settings.log_format


def prepare_node(settings: ServiceSettings, node: str) -> None:
    """Tell the processes that a node's worker will start who they are and where the servers are.

    Parameters
    ----------
    settings
        Addresses and data folder.
    node
        Name of the node.
    """
    os.environ["PERMQ_NODE"] = node
    os.environ["PERMQ_DATA"] = str(settings.data)
    for name, url in (
        ("PERMQ_POSTGRES_URL", settings.postgres_url),
        ("PERMQ_REDIS_URL", settings.redis_url),
    ):
        if url is not None:
            os.environ[name] = url


def _values(variables: Mapping[str, str]) -> Callable[[str], str | None]:
    """What stands under a name in the environment, or else in the file of `PERMQ_CONFIG`."""
    named = variables.get("PERMQ_CONFIG", "").strip()
    saved = _read_assignments(Path(named)) if named else {}
    return lambda name: variables.get(name, "").strip() or saved.get(name) or None


def _data_home(variables: Mapping[str, str]) -> Path:
    """The user's data directory."""
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support"
    home = variables.get("XDG_DATA_HOME", "").strip()
    return Path(home) if home else Path.home() / ".local/share"


def _read_assignments(path: Path) -> dict[str, str]:
    """Lines `NAME=value`; empty lines and those beginning with # are passed over."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"PERMQ_CONFIG: {path} cannot be read: {error}") from None
    found = {}
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ").strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not (equals and name.isidentifier()):
            # the line itself may hold a password
            raise OptionError(f"PERMQ_CONFIG: {path}, line {number}: not of the form NAME=value")
        found[name] = value.strip().strip("\"'")
    return found


def child_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process to be started: this one's, and what it is given besides.

    Parameters
    ----------
    variables
        What to add or to replace.
    """
    return {**os.environ, **variables}


def processor_flags(cpuinfo: Path = CPUINFO) -> frozenset[str]:
    """Instruction sets of the first processor.

    Parameters
    ----------
    cpuinfo
        The kernel's list of processors; only its first flags line is read.

    Returns
    -------
    frozenset of str
        Empty where the list cannot be read (other systems) or has no flags (ARM).
    """
    try:
        with cpuinfo.open(encoding="ascii", errors="replace") as lines:
            for line in lines:
                if line.startswith("flags"):
                    return frozenset(line.partition(":")[2].split())
                if not line.strip():
                    break
    except OSError:
        pass
    return frozenset()


def blas_environment(threads: int = 1) -> dict[str, str]:
    """Variables that hold linear algebra to a number of threads and to fitting kernels.

    Parameters
    ----------
    threads
        Threads per process.

    Returns
    -------
    dict of str to str
        The thread variables. On a processor with AVX-512 also the core type: OpenBLAS takes
        AMD's Zen 4 and 5 for a Haswell, at half the speed. It is left out where the user chose
        a core type.
    """
    variables = dict.fromkeys(THREAD_VARIABLES, str(threads))
    if _is_open(CORE_VARIABLE, os.environ) and processor_flags() >= AVX512:
        variables[CORE_VARIABLE] = "SkylakeX"
    return variables


def prepare_blas(threads: int = 1, *, override: bool = False) -> None:
    """Put `blas_environment` into this process' environment, for libraries loaded from now on.

    A variable the user has set stays, and one that this function set earlier is changed. Once
    numpy is loaded this has no effect on it any more.

    Parameters
    ----------
    threads
        Threads per process.
    override
        Replace the user's thread variables too (for a number of threads given in so many words).
    """
    _set(os.environ, blas_environment(threads), override=override)


def _is_open(name: str, environment: Mapping[str, str]) -> bool:
    """Whether a variable is unset, or set by this process rather than by the user."""
    return name not in environment or environment[name] == _prepared.get(name)


def _set(
    environment: MutableMapping[str, str], variables: Mapping[str, str], *, override: bool
) -> None:
    for name, value in variables.items():
        if _is_open(name, environment) or (override and name in THREAD_VARIABLES):
            environment[name] = value
            _prepared[name] = value
