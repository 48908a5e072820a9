"""What a node is: its processor's name and maker, and its GPU, as the system's own tools tell.

The name explains; which node gets the work is decided by measured speed.
"""

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

UNKNOWN = "unknown"

# A tool that does not answer in this time (seconds) is taken for one that is not there.
PATIENCE = 5.0

MOST_KINDS = 4
"""Kinds of cores that a name tells."""

# Where the tools lie on systems whose services run with a bare PATH; the last is WSL's.
_FOLDERS = os.pathsep.join(("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/lib/wsl/lib"))

# Who designed the core, by the code in the kernel's list of processors (Arm's MIDR register).
_IMPLEMENTERS = {
    0x41: "ARM",
    0x42: "Broadcom",
    0x46: "Fujitsu",
    0x48: "HiSilicon",
    0x4E: "NVIDIA",
    0x51: "Qualcomm",
    0x61: "Apple",
    0xC0: "Ampere",
}


@dataclass(frozen=True, slots=True)
class Chipset:
    """A node's processor and GPU.

    Parameters
    ----------
    name
        As its maker calls it; ``unknown`` where nothing tells.
    vendor
        Maker, ``Apple``, ``Intel``, ``AMD``, ``ARM``, … or ``unknown``.
    apple
        Whether it is Apple Silicon, whatever system runs on it.
    arch
        As Python tells it: ``arm64``, ``aarch64``, ``x86_64``.
    cores
        Logical processors this process may use.
    gpu
        Name of the first NVIDIA GPU. Apple's, which have no GPU engine here, are not counted.
    """

    name: str
    vendor: str
    apple: bool
    arch: str
    cores: int
    gpu: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What the tools printed; empty where one is missing, failed or took too long.

    Parameters
    ----------
    sysctl
        macOS: ``sysctl machdep.cpu.brand_string``.
    cpuinfo
        Linux: ``/proc/cpuinfo``.
    lscpu
        Linux: ``lscpu``, in English.
    nvidia
        ``nvidia-smi --query-gpu=name --format=csv,noheader``.
    """

    sysctl: str = ""
    cpuinfo: str = ""
    lscpu: str = ""
    nvidia: str = ""


def detect() -> Chipset:
    """Ask this machine's tools."""
    if platform.system() == "Darwin":
        answers = Answers(sysctl=_ask("sysctl", "machdep.cpu.brand_string"))
    else:
        answers = Answers(
            cpuinfo=_read(Path("/proc/cpuinfo")),
            lscpu=_ask("lscpu"),
            nvidia=_ask("nvidia-smi", "--query-gpu=name", "--format=csv,noheader"),
        )
    return chipset_of(answers, arch=platform.machine() or UNKNOWN, cores=_cores())


def chipset_of(answers: Answers, *, arch: str, cores: int) -> Chipset:
    """Make out the chipset from what the tools printed.

    Parameters
    ----------
    answers
        What they printed.
    arch, cores
        See `Chipset`.
    """
    cpuinfo, lscpu = fields(answers.cpuinfo), fields(answers.lscpu)
    names = (
        fields(answers.sysctl).get("machdep.cpu.brand_string", []),
        cpuinfo.get("model name", []),
        lscpu.get("model name", []),
    )
    # A 32-bit kernel names only the architecture; two kinds of cores are two models.
    said = [tidy(name) for name in names[0] or names[1] or names[2]]
    if not any(said) or said[0].startswith("ARMv"):
        said = [tidy(name) for name in names[2]] or said
    name = " + ".join([*dict.fromkeys(filter(None, said))][:MOST_KINDS])
    vendor = _vendor(name, cpuinfo, lscpu)
    board = tidy("".join(cpuinfo.get("model", [""])[-1:]))
    if board and not board.isdigit():
        name = f"{board} ({name})" if name else board
    if not name and vendor != UNKNOWN:
        name = "Apple Silicon" if vendor == "Apple" else f"{vendor} processor"
    return Chipset(
        name=name or UNKNOWN,
        vendor=vendor,
        apple=vendor == "Apple",
        arch=arch,
        cores=cores,
        gpu=first_gpu(answers.nvidia),
    )


def fields(text: str) -> dict[str, list[str]]:
    """Values of lines ``name: value``, in order, by their names in lower case."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon and value.strip():
            found.setdefault(name.strip().lower(), []).append(value.strip())
    return found


def tidy(name: str) -> str:
    """Leave out of a processor's name what does not tell processors apart.

    Returns
    -------
    str
        Empty where nothing printable is left, and for ``-`` and ``unknown``.
    """
    name = "".join(sign if sign.isprintable() else " " for sign in name[:200])
    name = re.sub(r"\((R|TM|C)\)", "", name, flags=re.IGNORECASE)
    name = re.sub(r"^\d+th Gen |( CPU)? @ [\d.]+ ?GHz.*| (\d+|\w+)-Cores?( Processor)?$", "", name)
    name = " ".join(name.split())[:80]
    return "" if name.lower() in {"-", UNKNOWN, "n/a"} else name


def first_gpu(text: str) -> str | None:
    """Name of the first GPU that nvidia-smi lists.

    Its complaints go to the same stream as its answers and are no names.
    """
    for line in text.splitlines():
        name = line.strip()
        if name and not re.search(r"NVIDIA-SMI|No devices|fail|error|not ", name, re.IGNORECASE):
            return tidy(name) or None
    return None


def _vendor(name: str, cpuinfo: dict[str, list[str]], lscpu: dict[str, list[str]]) -> str:
    said = " ".join(
        (name, *cpuinfo.get("vendor_id", [])[:1], *lscpu.get("vendor id", [])[:1])
    ).lower()
    # "VirtualApple" is what an x86 process on Apple Silicon is told.
    for sign, vendor in (("apple", "Apple"), ("intel", "Intel"), ("amd", "AMD"), ("arm", "ARM")):
        if sign in said:
            return vendor
    code = cpuinfo.get("cpu implementer", [""])[0]
    try:
        return _IMPLEMENTERS.get(int(code, 16), UNKNOWN)
    except ValueError:
        return UNKNOWN


def _cores() -> int:
    # Fewer than the machine has where a container or a unit is bound to some of them.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _ask(tool: str, *arguments: str) -> str:
    """Standard output of a tool; empty where there is none."""
    path = shutil.which(tool) or shutil.which(tool, path=_FOLDERS)
    if path is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 -- fixed tools and arguments
            [path, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C"},
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
