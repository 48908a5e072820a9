"""Which nodes compute the same bits: the numeric class.

Sums of floats depend on the order in which they are added up, so on the kernels that numpy and its
linear algebra library choose for a processor, on their versions and on the number of threads.
Nodes that agree in all of these give equal results for the same seed.
"""

import ctypes
import platform
import re
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from permq.config import AVX512, processor_flags
from permq.fleet.chipset import detect

# Entry points that tell OpenBLAS' kernels, by the prefix and suffix its builds were given.
_CORE_NAMES = (
    "scipy_openblas_get_corename64_",
    "scipy_openblas_get_corename",
    "openblas_get_corename64_",
    "openblas_get_corename",
)


@cache
def numeric_class() -> str:
    """Numeric class of this process.

    Returns
    -------
    str
        Architecture, instruction set, system, numpy, linear algebra library and its kernels,
        threads: ``x86_64-avx512-linux-numpy2.4.6-scipy-openblas0.3.31-skylakex-1thread``.
    """
    import numpy as np

    # numpy's stub knows only the printing mode
    config: dict[str, Any] = np.show_config(mode="dicts")  # type: ignore[assignment]
    blas = config.get("Build Dependencies", {}).get("blas", {})
    library = str(blas.get("name", "blas"))
    found = frozenset(config.get("SIMD Extensions", {}).get("found", ()))
    machine = platform.machine().lower()
    return described(
        machine=machine,
        capability=capability_of(machine, processor_flags(), found),
        system=platform.system().lower(),
        numpy=version("numpy"),
        blas=library + release(str(blas.get("version", ""))),
        kernels=(
            accelerate_kernels(detect().name, platform.mac_ver()[0])
            if library.lower() == "accelerate"
            else _openblas_kernels()
        ),
    )


def described(
    *, machine: str, capability: str, system: str, numpy: str, blas: str, kernels: str
) -> str:
    """Write a numeric class as one word; empty parts are left out.

    Parameters
    ----------
    machine
        Architecture; ``arm64`` and ``aarch64`` are the same.
    capability
        See `capability_of`.
    system
        Family of the operating system.
    numpy
        Its version.
    blas
        Linear algebra library and its version.
    kernels
        Which of its kernels it chose.
    """
    machine = machine.lower()
    machine = {"aarch64": "arm64", "amd64": "x86_64"}.get(machine, machine)
    parts = (machine, capability, system, f"numpy{numpy}", blas, kernels, "1thread")
    return "-".join(part.lower() for part in parts if part)


def capability_of(machine: str, flags: frozenset[str], found: frozenset[str]) -> str:
    """Widest instruction set of a processor that matters to sums.

    Parameters
    ----------
    machine
        Architecture.
    flags
        What the kernel says of the processor; empty where it says nothing.
    found
        What numpy found at run time, for systems that say nothing.
    """
    if machine in {"arm64", "aarch64"}:
        return "neon"
    if flags >= AVX512 or found & {"AVX512_SKX", "X86_V4"}:
        return "avx512"
    if "avx2" in flags or found & {"AVX2", "X86_V3"}:
        return "avx2"
    return "sse"


def release(text: str) -> str:
    """Version without the build's number: the kernels are the release's."""
    found = re.match(r"\d+(\.\d+){0,2}", text)
    return found[0] if found else ""


def accelerate_kernels(chipset: str, system: str) -> str:
    """Kernels of Apple's library, which tells neither version nor choice.

    It comes with the system and uses other units on other generations of chips (AMX up to M3,
    SME from M4 on), so that both may change the bits.

    Parameters
    ----------
    chipset
        Name of the chipset.
    system
        Version of macOS.
    """
    generation = re.search(r"\bM\d+\b", chipset)
    return f"{generation[0] if generation else chipset.replace(' ', '')}-macos{system}"


def _openblas_kernels() -> str:
    """Kernels that OpenBLAS chose, empty for other libraries.

    The processor alone does not tell: the user may have chosen others by OPENBLAS_CORETYPE, and
    a release may know a processor that the one before took for an older one.
    """
    found = find_spec("numpy.linalg._umath_linalg")
    if found is None or found.origin is None:
        return ""
    try:
        # numpy has loaded it; names are looked up in what it is linked with, too
        library = ctypes.CDLL(found.origin)
    except OSError:
        return ""
    for name in _CORE_NAMES:
        ask = getattr(library, name, None)
        if ask is not None:
            ask.restype = ctypes.c_char_p
            answer: bytes | None = ask()
            return (answer or b"").decode("ascii", errors="replace")
    return ""
