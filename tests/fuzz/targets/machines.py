"""Names of nodes, and what a machine's tools print about it."""

from collections.abc import Callable
from pathlib import Path

from permq.errors import OptionError
from tests.fuzz.target import Target, law


def _prepare_names(folder: Path) -> Callable[[bytes], object]:
    from permq.fleet import names

    def run(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        host = names.node_of_host(text)
        law(names.node_name(host) == host, "a host's name that is no node's")
        for read in (names.node_of, names.node_of_worker):
            try:
                read(text)
            except OptionError:
                continue
        name = names.node_name(text)
        law(names.node_name(name) == name and name.isascii(), "a name that is no name")
        law(names.node_of(names.queue_of(name)) == name, "a queue of another node")

    return run


def _prepare_chipsets(folder: Path) -> Callable[[bytes], object]:
    from permq.fleet.chipset import Answers, chipset_of

    def run(data: bytes) -> None:
        parts = data.decode("utf-8", "replace").split("\x01")
        sysctl, cpuinfo, lscpu, nvidia = (*parts, "", "", "", "")[:4]
        chip = chipset_of(Answers(sysctl, cpuinfo, lscpu, nvidia), arch="arm64", cores=8)
        law(chip.name and chip.name.isprintable(), "a name that cannot be shown")
        law(len(chip.name) <= 400 and len(chip.gpu or "") <= 80, "a name without end")

    return run


def _chipsets() -> list[bytes]:
    return [
        b"machdep.cpu.brand_string: Apple M2 Max\n",
        (
            b"\x01processor : 0\nvendor_id : GenuineIntel\nmodel name : Intel(R) Xeon(R) @ 2.2GHz"
            b"\n\x01Vendor ID: GenuineIntel\nModel name: Intel(R) Xeon(R)\n\x01NVIDIA H100 HBM3\n"
        ),
        b"\x01CPU implementer : 0x61\nCPU part : 0x022\nModel : Raspberry Pi\n\x01Model name: -\n",
        b"\x01\x01\x01NVIDIA-SMI has failed because it could not communicate\n",
        b"\x01model name\t: AMD EPYC 7B13 64-Core Processor\nmodel name: ARMv7 Processor rev 3\n",
    ]


TARGETS = (
    Target(
        "node-names",
        "names of nodes, hosts, queues and tasks",
        _prepare_names,
        lambda: [b"studio", b" Studio-2 ", b"a" * 63, b"0_-x"],
        refusals=(OptionError,),
        words=(
            b"node.bmasass",
            b"one@host.local",
            b"permq.",
            b"@",
            b".",
            b"-",
            b"_",
            b"a" * 63,
            "İß".encode(),
        ),
        weight=3,
        longest=128,
    ),
    Target(
        "chipsets",
        "sysctl, /proc/cpuinfo, lscpu, nvidia-smi",
        _prepare_chipsets,
        _chipsets,
        refusals=(),
        words=(b"model name : ", b"CPU implementer : ", b"Vendor ID: ", b"\x01", b"Apple", b"(R)"),
        weight=3,
        longest=1024,
    ),
)
