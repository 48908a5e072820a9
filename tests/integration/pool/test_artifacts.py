"""Files of jobs as rows."""

import pytest

from permq.errors import PoolError
from permq.pool import artifacts, jobs
from permq.pool.artifacts import Artifact
from permq.pool.connection import transaction
from permq.pool.jobs import NewJob

PNG = "image/png"


@pytest.fixture
def made(connection, stored):
    """Make a job."""

    def make():
        new = NewJob("figures", "render", {}, seed=1, puzzle_id=stored.id)
        with transaction(connection) as cursor:
            (number,) = jobs.insert(cursor, [new], command="", base_seed=1, code_version="0")[1]
        return number

    return make


def test_what_a_job_made_comes_back_as_it_was(connection, stored, made):
    job, content = made(), bytes(range(256)) * 9
    with transaction(connection) as cursor:
        artifacts.store(cursor, job, Artifact("loo", PNG, content))
        artifacts.store(cursor, job, Artifact("loo", "image/svg+xml", b"<svg/>"))
        png, svg = artifacts.of_job(cursor, job)
        assert artifacts.content(cursor, png.id) == content
    assert (png.name, png.media_type, png.kind, png.size) == ("loo", PNG, "figures", len(content))
    assert (png.puzzle_id, png.job_id, svg.size) == (stored.id, job, 6)


def test_a_slice_done_again_replaces_what_it_made(connection, made):
    job = made()
    for content in (b"old", b"newer"):
        with transaction(connection) as cursor:
            artifacts.store(cursor, job, Artifact("loo", PNG, content))
    with transaction(connection) as cursor:
        (row,) = artifacts.of_job(cursor, job)
        assert artifacts.content(cursor, row.id) == b"newer"


def test_the_newest_of_a_puzzle_are_those_of_its_last_job(connection, stored, made):
    first, second = made(), made()
    with transaction(connection) as cursor:
        for job, name in ((first, "loo"), (first, "fleet"), (second, "loo")):
            artifacts.store(cursor, job, Artifact(name, PNG, b"x"))
        found = artifacts.newest(cursor, stored.id)
    assert [(row.name, row.job_id) for row in found] == [("fleet", first), ("loo", second)]


def test_what_is_not_there_is_said(connection):
    with transaction(connection) as cursor:
        with pytest.raises(PoolError, match="no job 77"):
            artifacts.store(cursor, 77, Artifact("loo", PNG, b"x"))
        with pytest.raises(PoolError, match="no file 5"):
            artifacts.content(cursor, 5)
        assert artifacts.of_job(cursor, 77) == []
