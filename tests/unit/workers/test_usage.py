"""What a slice takes, measured; energy from a system made of files."""

import os

import pytest

from workers.usage import Meter, memory_limit


def spin() -> None:
    sum(number * number for number in range(400_000))


def test_time_and_memory_of_this_process_are_measured():
    meter = Meter.begin()
    spin()
    used = meter.read()
    assert 0 < used.cpu_seconds < 60
    assert used.peak_memory > 5 << 20


@pytest.fixture
def system(tmp_path):
    """A machine whose package took joules while all processors worked for some ticks."""

    def set_to(joules, ticks):
        package, core = tmp_path / "intel-rapl:0", tmp_path / "intel-rapl:0:0"
        for folder, share in ((package, 1.0), (core, 0.5)):
            folder.mkdir(exist_ok=True)
            (folder / "energy_uj").write_text(f"{int(joules * share * 1e6)}\n")
        (tmp_path / "stat").write_text(f"cpu  {ticks} 0 0 900 50 0 0 0 0 0\ncpu0 0\n")
        return tmp_path

    return set_to


def test_energy_is_the_share_of_the_package_by_time(system):
    meter = Meter.begin(system(100, 1000), system(100, 1000))
    spin()
    own = 10 * os.sysconf("SC_CLK_TCK")  # the machine worked ten seconds meanwhile
    system(200, 1000 + own)
    used = meter.read()
    assert used.energy == pytest.approx(100 * used.cpu_seconds / 10, rel=1e-6)


def test_a_counter_that_began_anew_or_is_hidden_tells_nothing(system, tmp_path):
    meter = Meter.begin(system(100, 1000), tmp_path)
    system(5, 2000)
    assert meter.read().energy is None
    assert Meter.begin(tmp_path / "none", tmp_path).read().energy is None


def test_memory_is_limited_by_the_container_or_the_machine(tmp_path):
    whole = memory_limit(tmp_path)
    assert whole > 1 << 28
    (tmp_path / "memory.max").write_text("1048576\n")
    assert memory_limit(tmp_path) == 1 << 20
    (tmp_path / "memory.max").write_text("max\n")
    assert memory_limit(tmp_path) == whole
