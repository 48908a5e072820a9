"""The two scripts: what they need, when they install, and what they hand on."""

import pytest

from permq.figures.registry import FIGURES
from tests.acceptance.conftest import write_script

READY = 'root="$PWD"; set -u; . ops/environment.sh; is_ready {} && echo ready'


def test_an_installed_checkout_is_ready_for_both(checkout):
    assert checkout.run(READY.format("test")).stdout == "ready\n"
    assert checkout.run(READY.format("run")).stdout == "ready\n"


def test_an_installation_without_the_extra_is_not_ready_for_tests(checkout):
    (checkout.path / ".venv/.installed-test").rename(checkout.path / ".venv/.installed-run")
    assert checkout.run(READY.format("run")).stdout == "ready\n"
    assert checkout.run(READY.format("test")).stdout == ""


@pytest.mark.parametrize("file", ["pyproject.toml", ".venv/pyvenv.cfg"])
def test_a_change_calls_for_an_installation(checkout, file):
    path = checkout.path / file
    content = path.read_text()
    path.unlink()
    path.write_text(content + "# changed\n")
    assert checkout.run(READY.format("run")).stdout == ""


def test_a_moved_checkout_is_installed_again(checkout):
    moved = checkout.path.with_name("elsewhere")
    checkout.path.rename(moved)
    assert checkout.run(READY.format("run"), folder=moved).stdout == ""


def test_a_machine_without_a_new_python_is_told(checkout):
    (checkout.path / "none").mkdir()
    found = checkout.run(
        'PATH="$PWD/none"; root="$PWD"; . ops/environment.sh; find_python', PYTHON="none"
    )
    assert found.returncode == 1
    assert "no Python >= 3.11 found" in found.stderr


def test_a_python_that_is_too_old_is_passed_over(checkout, scripted):
    scripted("old", "exit 1")
    found = checkout.run('root="$PWD"; . ops/environment.sh; find_python', PYTHON="old")
    assert found.returncode == 0
    assert found.stdout.strip() not in {"", "old"}


def test_a_python_without_venv_is_named(checkout, scripted):
    # Debian's python3 before python3-venv is installed
    scripted("bare", 'case "$*" in *ensurepip*) exit 1 ;; esac')
    (checkout.path / "none").mkdir()
    found = checkout.run(
        'bare="$(command -v bare)"; PATH="$PWD/none"; PYTHON="$bare"; root="$PWD"; '
        ". ops/environment.sh; find_python"
    )
    assert found.returncode == 1
    assert "python3-venv" in found.stderr


@pytest.mark.parametrize(
    ("installed", "present"),
    [("2.13.0", True), ("2.13.0+cpu", True), ("2.12.0+cpu", False), (None, False)],
)
def test_a_torch_of_the_pinned_version_stays(checkout, installed, present):
    if installed is not None:
        facts = checkout.path / f"torch-{installed}.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Name: torch\nVersion: {installed}\n")
        (facts / "RECORD").write_text("")
    program = 'root="$PWD"; . ops/environment.sh; python="$root/isolated"; has_torch 2.13.0'
    write_script(checkout.path / "isolated", 'exec python -S "$@"')
    done = checkout.run(program, PYTHONPATH=str(checkout.path))
    assert (done.returncode == 0) is present


def test_a_torch_without_its_record_was_interrupted(checkout):
    facts = checkout.path / "torch-2.13.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Name: torch\nVersion: 2.13.0\n")
    program = 'root="$PWD"; . ops/environment.sh; python="$root/isolated"; has_torch 2.13.0'
    write_script(checkout.path / "isolated", 'exec python -S "$@"')
    assert checkout.run(program, PYTHONPATH=str(checkout.path)).returncode == 1


@pytest.mark.parametrize(
    ("offered", "reachable", "index"),
    [("2.13.0+cpu", True, False), ("2.13.0", True, True), ("2.13.0", False, False)],
)
def test_the_cpu_index_is_used_where_pip_would_take_cuda(
    checkout, scripted, offered, reachable, index
):
    # a Python that has no torch and a pip that offers one build of it
    scripted(
        "python",
        'echo "$*" >>calls',
        'case "$*" in',
        f"""  *--dry-run*) echo '{{"version": "1", "metadata": {{"version": "{offered}"}}}}' ;;""",
        f'  "- http"*) cat >/dev/null; exit {int(not reachable)} ;;',
        '  "- "*) cat >/dev/null; exit 1 ;;',
        "esac",
    )
    scripted("uname", "echo Linux x86_64")
    done = checkout.run('root="$PWD"; set -eu; . ops/environment.sh; install_torch')
    assert done.returncode == 0, done.stderr
    calls = (checkout.path / "calls").read_text().splitlines()
    installs = [call for call in calls if " install " in call and "--dry-run" not in call]
    assert len(installs) == int(index)
    assert all("--extra-index-url https://download.pytorch.org/whl/cpu" in it for it in installs)
    assert ("cannot be reached" in done.stderr) is (offered == "2.13.0" and not reachable)


def test_the_example_is_solved_through_the_queue_from_any_folder(checkout, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    # nothing in the folder of the start may stand in for a module
    (elsewhere / "permq.py").write_text("raise SystemExit('the wrong permq')\n")
    done = checkout.run('"../a checkout/ops/run"', folder=elsewhere, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "pair → order → anneal ×4 → best of all → surgery → refine → figures" in done.stdout
    assert "sha256 match" in done.stdout
    drawn = {path.stem for path in (elsewhere / "permq-figures").glob("*.png")}
    assert drawn == set(FIGURES)  # none of them lacks anything
    # the fleet has ended, and its data with it
    assert not list(tmp_path.glob("permq-run.*"))


def test_data_that_are_kept_hold_the_answer(checkout, tmp_path):
    folder = tmp_path / "fleet data"
    done = checkout.run(f"ops/run --data '{folder}' --figures pictures")
    assert done.returncode == 0, done.stderr
    again = checkout.run(f"permq status --data '{folder}' --json")
    assert again.returncode == 1  # ended, but still there
    assert (folder / "postgres").is_dir()


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ("--puzzle 'no such'", 2, "no such"),
        ("--puzzle", 1, "--puzzle needs a folder"),
        ("--seed 1", 1, "unknown argument --seed"),
    ],
)
def test_what_cannot_be_run_is_said_and_nothing_stays(checkout, tmp_path, words, status, told):
    done = checkout.run(f"ops/run {words}", TMPDIR=str(tmp_path))
    assert done.returncode == status
    assert told in done.stderr
    assert not list(tmp_path.glob("permq-run.*"))


def test_the_tests_take_arguments_and_give_pytests_status(checkout):
    done = checkout.run("ops/test --version")
    assert done.returncode == 0
    assert "pytest" in done.stdout + done.stderr
    assert checkout.run("ops/test --no-such-option").returncode == 4


def test_continuous_integration_runs_the_tests(root, checkout):
    (checkout.path / ".ci").symlink_to(root / ".ci")
    assert "pytest" in checkout.run(".ci/run --version").stdout
