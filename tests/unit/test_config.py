"""Settings from the environment and the variables of linear algebra."""

import pytest

from permq.config import CORE_VARIABLE, THREAD_VARIABLES, Settings, blas_environment, prepare_blas
from permq.config import blas as config
from permq.errors import OptionError

MODERN = "avx512f avx512dq avx512bw avx512vl"


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """No variable set, nothing prepared, a processor list of the test's own."""
    for name in (*THREAD_VARIABLES, CORE_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(config, "_prepared", {})
    monkeypatch.setattr(config.processor_flags, "__defaults__", (tmp_path / "cpuinfo",))
    return tmp_path / "cpuinfo"


def test_one_thread_is_the_default():
    assert Settings.read({}) == Settings(threads=1)


def test_threads_come_from_the_environment():
    assert Settings.read({"PERMQ_THREADS": "4"}).threads == 4


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "²"])
def test_a_number_of_threads_that_is_none_is_named(text):
    with pytest.raises(OptionError, match="PERMQ_THREADS"):
        Settings.read({"PERMQ_THREADS": text})


def test_flags_are_those_of_the_first_processor(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor : 0\nflags\t\t: fpu sse\n\nprocessor : 1\nflags : avx512f\n")
    assert config.processor_flags(cpuinfo) == {"fpu", "sse"}


@pytest.mark.parametrize("content", [None, "", "Processor : ARM\n\nflags : x\n"])
def test_a_system_without_flags_has_none(tmp_path, content):
    cpuinfo = tmp_path / "cpuinfo"
    if content is not None:
        cpuinfo.write_text(content)
    assert config.processor_flags(cpuinfo) == frozenset()


def test_every_library_gets_the_same_number_of_threads(bare):
    assert blas_environment(3) == dict.fromkeys(THREAD_VARIABLES, "3")


def test_a_processor_with_avx512_gets_its_kernels(bare):
    bare.write_text(f"flags : fpu {MODERN}\n")
    assert blas_environment()[CORE_VARIABLE] == "SkylakeX"


def test_a_processor_that_lacks_a_part_of_avx512_does_not(bare):
    bare.write_text(f"flags : fpu {MODERN.replace('avx512vl', '')}\n")
    assert CORE_VARIABLE not in blas_environment()


def test_the_users_core_type_stays(bare, monkeypatch):
    bare.write_text(f"flags : {MODERN}\n")
    monkeypatch.setenv(CORE_VARIABLE, "Haswell")
    assert CORE_VARIABLE not in blas_environment()


def test_what_was_prepared_can_be_prepared_again(bare, monkeypatch):
    bare.write_text(f"flags : {MODERN}\n")
    with monkeypatch.context() as patch:
        patch.setattr(config.os, "environ", environment := {})
        prepare_blas(1)
        prepare_blas(2)
        assert environment == blas_environment(2)


def test_the_users_threads_stay_unless_overridden(bare, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(config.os, "environ", environment := {"OMP_NUM_THREADS": "8"})
        prepare_blas(1)
        assert environment["OMP_NUM_THREADS"] == "8"
        assert environment["OPENBLAS_NUM_THREADS"] == "1"
        prepare_blas(2, override=True)
        assert set(environment.values()) == {"2"}


def test_the_pages_passwords_come_from_the_environment_or_the_file(tmp_path):
    from permq.config import WatchSettings

    assert WatchSettings.read({}) == WatchSettings(None, None)
    file = tmp_path / "node.env"
    file.write_text("PERMQ_METRICS_PASSWORD=first\nPERMQ_FLOWER_PASSWORD=second\n")
    saved = WatchSettings.read({"PERMQ_CONFIG": str(file), "PERMQ_FLOWER_PASSWORD": "third"})
    assert saved == WatchSettings("first", "third")
    assert "first" not in repr(saved)
