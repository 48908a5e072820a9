"""The numeric class."""

import pytest

from permq.config import AVX512
from permq.fleet.capability import (
    accelerate_kernels,
    capability_of,
    described,
    numeric_class,
    release,
)


def test_this_nodes_class_names_everything_that_may_change_a_bit():
    import numpy as np

    said = numeric_class()
    assert f"numpy{np.__version__}" in said
    assert said.endswith("-1thread")
    assert said == numeric_class()
    assert " " not in said


def test_a_class_is_one_word():
    assert (
        described(
            machine="aarch64",
            capability="neon",
            system="linux",
            numpy="2.4.6",
            blas="scipy-openblas0.3.31",
            kernels="NEOVERSEN1",
        )
        == "arm64-neon-linux-numpy2.4.6-scipy-openblas0.3.31-neoversen1-1thread"
    )


def test_parts_that_nobody_tells_are_left_out():
    said = described(
        machine="AMD64", capability="avx2", system="windows", numpy="2.0", blas="", kernels=""
    )
    assert said == "x86_64-avx2-windows-numpy2.0-1thread"


@pytest.mark.parametrize(
    ("machine", "flags", "found", "capability"),
    [
        ("x86_64", AVX512 | {"avx2"}, set(), "avx512"),
        ("x86_64", {"avx2", "avx512f"}, set(), "avx2"),
        ("x86_64", {"sse2"}, set(), "sse"),
        # macOS lists no flags, numpy knows
        ("x86_64", set(), {"X86_V3", "X86_V4"}, "avx512"),
        ("x86_64", set(), {"AVX512F", "AVX2", "AVX512_SKX"}, "avx512"),
        ("x86_64", set(), {"X86_V3"}, "avx2"),
        ("x86_64", set(), {"AVX2"}, "avx2"),
        ("arm64", set(), {"ASIMDHP"}, "neon"),
        ("aarch64", set(), set(), "neon"),
    ],
)
def test_the_widest_instruction_set_that_matters(machine, flags, found, capability):
    assert capability_of(machine, frozenset(flags), frozenset(found)) == capability


@pytest.mark.parametrize(
    ("text", "said"),
    [("0.3.31.188.0", "0.3.31"), ("0.3.29", "0.3.29"), ("3.9.0", "3.9.0"), ("unknown", "")],
)
def test_a_library_is_told_by_its_release(text, said):
    assert release(text) == said


def test_apples_library_is_told_by_chip_and_system():
    max_, plain = accelerate_kernels("Apple M4 Max", "15.3"), accelerate_kernels("Apple M4", "15.3")
    assert max_ == plain == "M4-macos15.3"
    assert accelerate_kernels("Apple M1 Max", "15.3") != plain
    assert accelerate_kernels("Apple Silicon", "15.3") == "AppleSilicon-macos15.3"
