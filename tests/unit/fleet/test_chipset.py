"""What the systems' own tools print, and what is made of it."""

import platform
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.fleet import chipset
from permq.fleet.chipset import UNKNOWN, Answers, Chipset, chipset_of, detect, first_gpu


def mac(brand):
    return Answers(sysctl=f"machdep.cpu.brand_string: {brand}\n")


def x86(vendor, name):
    """First processor of the kernel's list and lscpu's beginning."""
    return Answers(
        cpuinfo=(
            f"processor\t: 0\nvendor_id\t: {vendor}\ncpu family\t: 6\nmodel\t\t: 183\n"
            f"model name\t: {name}\nstepping\t: 1\nflags\t\t: fpu vme de pse avx avx2\n"
        ),
        lscpu=(
            "Architecture:                            x86_64\n"
            "CPU op-mode(s):                          32-bit, 64-bit\n"
            "CPU(s):                                  32\n"
            f"Vendor ID:                               {vendor}\n"
            f"Model name:                              {name}\n"
            "Model:                                   183\n"
        ),
    )


ARM_CPUINFO = """\
processor\t: 0
BogoMIPS\t: 50.00
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm
CPU implementer\t: {implementer}
CPU architecture: 8
CPU variant\t: 0x3
CPU part\t: {part}
CPU revision\t: 1

"""

NEOVERSE = Answers(
    cpuinfo=ARM_CPUINFO.format(implementer="0x41", part="0xd0c"),
    lscpu=(
        "Architecture:            aarch64\n  CPU op-mode(s):        32-bit, 64-bit\n"
        "CPU(s):                  4\nVendor ID:               ARM\n"
        "  Model name:            Neoverse-N1\n    Model:               1\n"
        "    Socket(s):           -\n"
    ),
)

RASPBERRY = Answers(
    cpuinfo=(
        ARM_CPUINFO.format(implementer="0x41", part="0xd08")
        + "Hardware\t: BCM2835\nRevision\t: c03114\nSerial\t\t: 100000009f7698d9\n"
        "Model\t\t: Raspberry Pi 4 Model B Rev 1.4\n"
    ),
    lscpu="Architecture:  aarch64\nVendor ID:     ARM\nModel name:    Cortex-A72\nModel:   3\n",
)

RASPBERRY_32 = Answers(
    cpuinfo=(
        "processor\t: 0\nmodel name\t: ARMv7 Processor rev 3 (v7l)\nCPU implementer\t: 0x41\n"
        "CPU part\t: 0xd08\n\nHardware\t: BCM2711\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n"
    ),
    lscpu="Architecture:  armv7l\nVendor ID:     ARM\nModel name:    Cortex-A72\n",
)

# Linux in a virtual machine on a Mac
LINUX_ON_MAC = Answers(
    cpuinfo=ARM_CPUINFO.format(implementer="0x61", part="0x000"),
    lscpu="Architecture:      aarch64\nVendor ID:   Apple\nModel name:  -\nModel:       0\n",
)

LINUX_ON_M1 = Answers(
    cpuinfo=ARM_CPUINFO.format(implementer="0x61", part="0x022"),
    lscpu="Vendor ID:    Apple\n  Model name:  Icestorm-M1\n  Model name:  Firestorm-M1\n",
)

TWO_KINDS = Answers(
    cpuinfo=ARM_CPUINFO.format(implementer="0x41", part="0xd05"),
    lscpu="Vendor ID:   ARM\nModel name:  Cortex-A55\nModel: 0\nModel name:  Cortex-A76\n",
)

SAMPLES = [
    (mac("Apple M1 "), "Apple M1", "Apple"),
    (mac("Apple M1 Max"), "Apple M1 Max", "Apple"),
    (mac("Apple M2 Pro"), "Apple M2 Pro", "Apple"),
    (mac("Apple M3"), "Apple M3", "Apple"),
    (mac("Apple M4"), "Apple M4", "Apple"),
    (mac("Apple M4 Max"), "Apple M4 Max", "Apple"),
    (mac("VirtualApple @ 2.50GHz"), "VirtualApple", "Apple"),
    (mac("Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz"), "Intel Core i7-9750H", "Intel"),
    (
        x86("GenuineIntel", "13th Gen Intel(R) Core(TM) i9-13900K"),
        "Intel Core i9-13900K",
        "Intel",
    ),
    (
        x86("GenuineIntel", "12th Gen Intel(R) Core(TM) i7-12700K"),
        "Intel Core i7-12700K",
        "Intel",
    ),
    (
        x86("GenuineIntel", "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz"),
        "Intel Xeon Gold 6338",
        "Intel",
    ),
    (
        x86("AuthenticAMD", "AMD Ryzen Threadripper 7960X 24-Cores"),
        "AMD Ryzen Threadripper 7960X",
        "AMD",
    ),
    (x86("AuthenticAMD", "AMD Ryzen 9 5900X 12-Core Processor"), "AMD Ryzen 9 5900X", "AMD"),
    (x86("AuthenticAMD", "AMD EPYC"), "AMD EPYC", "AMD"),
    (
        x86("GenuineIntel", "QEMU Virtual CPU version 2.5+"),
        "QEMU Virtual CPU version 2.5+",
        "Intel",
    ),
    (NEOVERSE, "Neoverse-N1", "ARM"),
    (replace(NEOVERSE, lscpu=""), "ARM processor", "ARM"),
    (RASPBERRY, "Raspberry Pi 4 Model B Rev 1.4 (Cortex-A72)", "ARM"),
    (replace(RASPBERRY, lscpu=""), "Raspberry Pi 4 Model B Rev 1.4", "ARM"),
    (RASPBERRY_32, "Raspberry Pi 4 Model B Rev 1.4 (Cortex-A72)", "ARM"),
    (TWO_KINDS, "Cortex-A55 + Cortex-A76", "ARM"),
    (LINUX_ON_MAC, "Apple Silicon", "Apple"),
    (LINUX_ON_M1, "Icestorm-M1 + Firestorm-M1", "Apple"),
    (Answers(), UNKNOWN, UNKNOWN),
    (mac(""), UNKNOWN, UNKNOWN),
    (mac("unknown"), UNKNOWN, UNKNOWN),
    (x86("", "\x00\x07 -"), UNKNOWN, UNKNOWN),
    (Answers(sysctl="second level name brand_string is invalid"), UNKNOWN, UNKNOWN),
    (Answers(cpuinfo="CPU implementer : many", lscpu="Model name"), UNKNOWN, UNKNOWN),
]


@pytest.mark.parametrize(("answers", "name", "vendor"), SAMPLES)
def test_a_chipset_is_made_out_from_what_the_tools_print(answers, name, vendor):
    expected = Chipset(name, vendor, apple=vendor == "Apple", arch="any", cores=4)
    assert chipset_of(answers, arch="any", cores=4) == expected


@given(st.builds(Answers, *[st.text()] * 4))
def test_no_answer_whatever_is_too_strange(answers):
    found = chipset_of(answers, arch="x86_64", cores=1)
    assert found.name
    assert found.name.isprintable()
    assert found.name == found.name.strip()


@pytest.mark.parametrize(
    ("text", "gpu"),
    [
        ("NVIDIA H100 80GB HBM3\n", "NVIDIA H100 80GB HBM3"),
        ("NVIDIA GeForce RTX 4090\nNVIDIA GeForce RTX 4090\n", "NVIDIA GeForce RTX 4090"),
        ("Tesla T4\n", "Tesla T4"),
        ("", None),
        ("No devices were found\n", None),
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n", None),
        ("Failed to initialize NVML: Driver/library version mismatch\n", None),
        ('Field "nonsense" is not a valid field to query.\n', None),
    ],
)
def test_the_first_gpu_has_a_name_and_a_complaint_is_none(text, gpu):
    assert first_gpu(text) == gpu


def test_this_machine_is_made_out():
    found = detect()
    assert found.arch == platform.machine()
    assert found.cores >= 1
    assert found.name


def test_a_machine_without_any_of_the_tools_is_unknown(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chipset, "_FOLDERS", str(tmp_path))
    monkeypatch.setattr(chipset, "Path", lambda text: tmp_path / "nothing")
    found = detect()
    assert (found.name, found.vendor, found.apple, found.gpu) == (UNKNOWN, UNKNOWN, False, None)


def tool(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_tools_that_fail_or_hang_have_not_answered(monkeypatch, tmp_path):
    tool(tmp_path, "lscpu", "echo 'Model name: Half'; exit 1")
    tool(tmp_path, "nvidia-smi", "exec /bin/sleep 600")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chipset, "PATIENCE", 0.2)
    monkeypatch.setattr(chipset, "Path", lambda text: tmp_path / "nothing")
    found = detect()
    assert (found.name, found.gpu) == (UNKNOWN, None)


def test_a_mac_is_asked_by_sysctl_in_its_service_folder(monkeypatch, tmp_path):
    services = tmp_path / "sbin"
    services.mkdir()
    tool(services, "sysctl", 'echo "$1: Apple M4 Max"')
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chipset, "_FOLDERS", str(services))
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    found = detect()
    assert (found.name, found.apple, found.gpu) == ("Apple M4 Max", True, None)


def test_answers_are_asked_for_in_english(monkeypatch, tmp_path):
    tool(tmp_path, "lscpu", 'echo "Model name: $LC_ALL"')
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert chipset._ask("lscpu") == "Model name: C\n"
