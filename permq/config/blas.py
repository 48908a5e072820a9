"""Threads and kernels of the linear algebra library.

They are chosen by environment variables that OpenBLAS, MKL and OpenMP read once, when they are
loaded. So they must stand there before numpy is imported, which is why this room imports neither
numpy nor anything that does.
"""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
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
