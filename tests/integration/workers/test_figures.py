"""Figures as a job of a real node."""

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.pool import artifacts, solutions
from permq.pool.connection import transaction
from permq.pool.solutions import Found, check
from tests.nodes import EXAMPLE, step

NAMES = "loo,trace_matrix,residual_cosine,fleet"


def test_a_node_draws_in_slices_and_the_pool_keeps_the_pictures(fleet):
    puzzle, row = load_puzzle(EXAMPLE), fleet.add_puzzle()
    answer = Arrangement.read(EXAMPLE / "answer.txt")
    connection = fleet.connection
    with transaction(connection) as cursor:
        solutions.record(cursor, row.id, [check(puzzle, Found(answer, "test"))])
    # every figure ends a slice, and the pictures come from all of them
    fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '0.1')")
    done = fleet.submit(step("figures", names=NAMES), puzzle=row)
    fleet.started("one")
    assert set(fleet.until_ended(done.jobs).values()) == {"done"}
    (job,) = done.jobs
    ((result, slices),) = fleet.rows("SELECT result, slice FROM jobs")
    assert slices > 1
    assert result["failed"] == {}
    assert result["made"][:3] == NAMES.split(",")[:3]
    with transaction(connection) as cursor:
        rows = artifacts.of_job(cursor, job)
        png = {
            row.name: artifacts.content(cursor, row.id) for row in rows if "png" in row.media_type
        }
    assert set(png) == set(result["made"])
    assert all(content.startswith(b"\x89PNG") for content in png.values())
    assert len(rows) == 2 * len(png)
    connection.close()
