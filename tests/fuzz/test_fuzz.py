"""Everything that parses, fed with bad input; the long form is `ops/fuzz`."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.registry import FOUND, GROUPS, targets

CASES = 30_000
FOUND_CASES = sorted(path for path in FOUND.rglob("*") if path.is_file())
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="watches processes of Linux")


def fuzz(root, *words, module="tests.fuzz"):
    command = [sys.executable, "-m", module, *map(str, words)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_no_case_of_some_ten_thousand_breaks_a_parser(root, tmp_path):
    """And none of those that once did."""
    done = fuzz(root, "--cases", CASES, "--jobs", 1, "--json", "--found", tmp_path / "found")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    *reports, whole = told
    assert {report["parser"] for report in reports} == set(targets())
    assert whole["cases"] >= CASES * 0.99
    assert whole["found"] == 0
    kept = {name: len(list((FOUND / name).glob("*"))) for name in targets()}
    for report in reports:
        assert report["cases"] > kept[report["parser"]] + 20
        assert report["parsed"] > 0
        assert report["refused_seeds"] == []


def test_cases_that_were_found_belong_to_parsers_that_there_are():
    assert {path.parent.name for path in FOUND_CASES} <= set(targets())
    assert all(path.stat().st_size < 64 << 10 for path in FOUND_CASES)


def test_every_group_of_parsers_is_registered():
    files = {path.stem for path in (Path(__file__).parent / "targets").glob("*.py")}
    assert files == set(GROUPS)
    assert len(targets()) >= 28
    for name, target in targets().items():
        assert name == target.name
        assert target.what


HARMS = {
    "raise": "KeyError at ",
    "refuse_in_two_lines": "TwoLinesError shows",
    "hang": f"death by signal {signal.SIGALRM.value}",
    "spin": f"death by signal {signal.SIGPROF.value}",
    "die": "death by signal 11",
    "leave": "death with status 3",
    "take_memory": "the case took",
    "take_all_memory": "MemoryError at ",
    "write": "opened",
    "swallow": "os.system",
    "unpickle": "pickle.find_class",
    "harmless": "",
}


@needs_linux
@pytest.mark.parametrize("engine", ["blind", "guided"])
def test_what_a_parser_may_not_do_is_found(root, tmp_path, engine):
    if engine == "guided" and find_spec("atheris") is None:
        pytest.skip("atheris has no wheel here")
    names = list(HARMS) if engine == "blind" else ["raise", "spin", "leave", "harmless"]
    done = fuzz(root, tmp_path, engine, *names, module="tests.fuzz.faulty")
    assert done.returncode == 0, done.stderr
    found = {name: " ".join(keys) for name, keys in json.loads(done.stdout).items()}
    assert found.pop("harmless") == ""
    for name, keys in found.items():
        assert HARMS[name] in keys, name
    assert not (tmp_path / "elsewhere").exists()
    assert not (tmp_path / "work" / "elsewhere").exists()


@needs_linux
def test_an_interrupt_ends_it_with_130_and_leaves_nothing_behind(root, tmp_path):
    command = [sys.executable, "-m", "tests.fuzz", "--blind", "--found", str(tmp_path), "pickles"]
    process = subprocess.Popen(
        command,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (working := children.read_text().split()):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "interrupted\n"
    assert not any(Path(f"/proc/{child}").exists() for child in working)


def test_the_options_are_told_with_examples(root):
    done = fuzz(root, "--help")
    assert done.returncode == 0
    assert "ops/fuzz --seconds 60 --json" in done.stdout
    listed = fuzz(root, "--list", "pieces", "tables").stdout
    assert [line.split()[0] for line in listed.splitlines()] == ["pieces", "tables"]
    unknown = fuzz(root, "letters")
    assert unknown.returncode == 2
    assert "no parser 'letters'" in unknown.stderr
