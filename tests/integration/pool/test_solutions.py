"""Solutions of the pool."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from permq.core.arrangement import Arrangement
from permq.core.objective import verify
from permq.errors import AnswerError, OptionError, PoolError
from permq.pool import jobs, puzzles, seeding, settings, solutions
from permq.pool.connection import connect, transaction
from permq.pool.elites import elites
from permq.pool.solutions import Checked, Found, check
from tests.toys import toy_puzzle


@pytest.fixture
def cursor(connection, stored):
    with transaction(connection) as one:
        yield one


@pytest.fixture
def job(cursor, stored):
    new = jobs.NewJob("anneal", "heavy", {}, 1, puzzle_id=stored.id)
    _, (number,) = jobs.insert(cursor, [new], command="", base_seed=1, code_version="1")
    return number


def noted(cursor, solution_id):
    return [(one.node, one.method) for one in solutions.finds(cursor, [solution_id])]


def test_a_solution_is_stored_with_what_the_full_evaluation_says(cursor, stored, toy, wrong):
    (one,) = wrong(1)
    (number,) = solutions.record(cursor, stored.id, [one], node="here")
    row = solutions.by_id(cursor, number)
    assert row.arrangement == one.arrangement
    assert row.hash == one.arrangement.sha256
    assert row.cost == verify(toy[0], one.arrangement).mse
    assert (row.match, row.exact, row.solved) == (False, False, False)
    assert (row.method, row.node, row.job_id, row.parent_id) == ("test", "here", None, None)


def test_a_claim_that_is_not_this_puzzles_is_refused(toy):
    other = Arrangement((1, 2), (3, 4), 5)
    with pytest.raises(AnswerError):
        check(toy[0], Found(other, "test"))


@pytest.mark.parametrize("cost", [np.nan, np.inf])
def test_a_cost_that_is_no_number_is_refused(cursor, stored, toy, wrong, cost):
    puzzle, answer = toy
    with pytest.raises(AnswerError, match=f"is {cost}, no finite number"):
        check(replace(puzzle, b_last=np.full_like(puzzle.b_last, cost)), Found(answer, "test"))
    (one,) = wrong(1)
    made_up = replace(one, verification=replace(one.verification, mse=cost))
    with pytest.raises(AnswerError, match="no finite number"):
        solutions.record(cursor, stored.id, [made_up])
    assert solutions.best(cursor, stored.id) is None


@pytest.mark.parametrize("cost", ["NaN", "Infinity", "-1"])
def test_the_database_refuses_such_a_cost_too(connection, stored, cost):
    insert = (
        "INSERT INTO solutions (puzzle_id, hash, permutation, cost, exact, solved, method)"
        " VALUES (%s, repeat('0', 64), '{1}', %s, false, false, '')"
    )
    with pytest.raises(PoolError, match="solutions_cost_check"), transaction(connection) as cursor:
        cursor.execute(insert, (stored.id, cost))


def test_a_solution_that_is_known_is_found_once_more(cursor, stored, wrong):
    (one,) = wrong(1)
    ids = [
        *solutions.record(cursor, stored.id, [one], node="a"),
        *solutions.record(cursor, stored.id, [replace(one, method="later")], node="b"),
    ]
    assert len(set(ids)) == 1
    assert solutions.count(cursor, stored.id) == 1
    assert solutions.by_id(cursor, ids[0]).node == "a"
    assert noted(cursor, ids[0]) == [("a", "test"), ("b", "later")]


def test_one_slice_notes_a_find_once(cursor, stored, job, wrong):
    one, two = wrong(2)
    for _ in range(2):  # a slice whose end was repeated
        ids = solutions.record(cursor, stored.id, [one, two, one], job_id=job, slice=1)
        assert ids[0] == ids[2] != ids[1]
    assert len(noted(cursor, ids[0])) == 1
    solutions.record(cursor, stored.id, [one], job_id=job, slice=2)
    assert len(noted(cursor, ids[0])) == 2


def test_nothing_found_writes_nothing(cursor, stored):
    assert solutions.record(cursor, stored.id, []) == []


def test_solutions_of_no_puzzle_are_refused(cursor, wrong):
    with pytest.raises(PoolError, match="no puzzle 77"):
        solutions.record(cursor, 77, wrong(1))


def test_the_answer_solves_the_puzzle_once(connection, stored, toy):
    right = check(toy[0], Found(toy[1], "test"))
    times = []
    for _ in range(2):
        with transaction(connection) as cursor:
            solutions.record(cursor, stored.id, [right])
            times.append(puzzles.find(cursor).solved_at)
    assert times[0] is not None
    assert times[0] == times[1]


def test_the_best_come_first_and_the_answer_before_all(cursor, stored, toy, wrong):
    assert solutions.best(cursor, stored.id) is None
    assert solutions.top(cursor, stored.id, 5) == []
    several = wrong(20)
    solutions.record(cursor, stored.id, several)
    costs = sorted(one.verification.mse for one in several)
    assert [row.cost for row in solutions.top(cursor, stored.id, 7)] == costs[:7]
    # an equivalent of lower cost must not hide the answer
    right = check(toy[0], Found(toy[1], "test"))
    right = replace(right, verification=replace(right.verification, mse=costs[-1] + 1))
    solutions.record(cursor, stored.id, [right])
    assert solutions.best(cursor, stored.id).hash == toy[1].sha256


def test_solutions_of_another_puzzle_are_left_out(cursor, stored, wrong):
    puzzle, answer = toy_puzzle(1)
    other = puzzles.add(cursor, puzzle)
    solutions.record(cursor, other.id, [check(puzzle, Found(answer, "test"))])
    (number,) = solutions.record(cursor, stored.id, wrong(1))
    assert [row.id for row in solutions.top(cursor, stored.id, 9)] == [number]


def test_a_lineage_leads_back_to_the_first(cursor, stored, wrong):
    several = wrong(4)
    parent, line = None, []
    for one in several[:3]:
        (parent,) = solutions.record(cursor, stored.id, [one], parent_id=parent)
        line.append(parent)
    solutions.record(cursor, stored.id, several[3:])
    assert [row.id for row in solutions.lineage(cursor, line[-1])] == line[::-1]
    # found again from its own child: it stays what it came from
    solutions.record(cursor, stored.id, several[:1], parent_id=line[-1])
    assert [row.id for row in solutions.lineage(cursor, line[-1])] == line[::-1]


def test_a_solution_is_found_by_number_or_the_beginning_of_its_hash(cursor, stored, wrong):
    several = wrong(50)
    ids = solutions.record(cursor, stored.id, several)
    for text in (str(ids[3]), several[3].arrangement.sha256, several[3].arrangement.sha256[:12]):
        assert solutions.find_solution(cursor, stored.id, text).id == ids[3]
    begins = [one.arrangement.sha256[0] for one in several]
    twice = next(digit for digit in begins if begins.count(digit) > 1 and not digit.isdigit())
    with pytest.raises(OptionError, match="several solutions"):
        solutions.find_solution(cursor, stored.id, twice)
    for text in ("", "nothing", "f" * 64, "99999999999"):
        with pytest.raises(OptionError, match="no solution"):
            solutions.find_solution(cursor, stored.id, text)


def test_two_writers_of_the_same_solutions_make_one_row_and_two_discoveries(
    postgres_url, connection, stored, wrong
):
    """The second waits for the first; in whatever order each holds them, none blocks for ever."""
    several = wrong(30)
    together = threading.Barrier(2)
    written = {}

    def write(node, batch):
        own = connect(postgres_url)
        with transaction(own) as cursor:
            together.wait()
            found = solutions.record(cursor, stored.id, batch, node=node)
        written[node] = dict(zip((one.arrangement.sha256 for one in batch), found, strict=True))
        own.close()

    writers = [
        threading.Thread(target=write, args=("a", several)),
        threading.Thread(target=write, args=("b", several[::-1])),
    ]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert written["a"] == written["b"]
    with transaction(connection) as cursor:
        assert solutions.count(cursor, stored.id) == 30
        finds = solutions.finds(cursor, list(written["a"].values()))
    assert len(finds) == 60


def test_a_second_writer_waits_for_the_first_and_sees_its_row(
    postgres_url, connection, stored, toy
):
    right = check(toy[0], Found(toy[1], "test"))
    first = connect(postgres_url)
    (number,) = solutions.record(first.cursor(), stored.id, [right], node="a")
    found = []

    def write():
        with transaction(connection) as cursor:
            found.extend(solutions.record(cursor, stored.id, [right], node="b"))

    second = threading.Thread(target=write)
    second.start()
    first.commit()
    second.join()
    assert found == [number]
    assert noted(first.cursor(), number) == [("a", "test"), ("b", "test")]
    first.close()


def test_numpy_numbers_pass_through_every_public_writer(cursor, toy, job):
    puzzle, answer = toy
    numpy_puzzle = replace(
        puzzle, name=np.str_("numpy"), last_piece=np.int64(puzzle.last_piece), fingerprint=""
    )
    stored = puzzles.add(cursor, numpy_puzzle, name=np.str_("numpy"))
    assert puzzles.content(cursor, np.int64(stored.id))
    pieces = np.array(answer.pieces, dtype=np.int16)
    one = check(numpy_puzzle, Found(Arrangement.of(pieces), np.str_("test")))
    numpy_told = replace(
        one.verification,
        mse=np.float32(0.25),
        exact=np.bool_(True),
        sha256_match=np.bool_(True),
        max_abs_error=np.float64(1),
    )
    raw = Arrangement(tuple(pieces[0:-1:2]), tuple(pieces[1:-1:2]), np.int32(pieces[-1]))
    (number,) = solutions.record(
        cursor,
        np.int64(stored.id),
        [Checked(raw, np.str_("test"), numpy_told)],
        node=np.str_("here"),
        job_id=np.int64(job),
        slice=np.int16(3),
        parent_id=None,
    )
    (again,) = solutions.record(cursor, stored.id, [one], parent_id=np.int64(number))
    row = solutions.by_id(cursor, np.int32(again))
    assert (row.permutation, row.cost, row.solved) == (answer.pieces, 0.25, True)
    assert solutions.top(cursor, np.int64(stored.id), np.int64(1)) == [row]
    assert len(solutions.finds(cursor, np.array([number]))) == 2
    assert solutions.lineage(cursor, np.int64(number)) == [row]
    assert settings.put(cursor, np.str_("seed.elite"), np.float64(0.25)) == 0.25
    assert elites(cursor, np.int64(stored.id), count=np.int64(3), distance=np.float32(0.1))
    shares = seeding.Shares(random=np.float64(0), score=np.float64(0), elite=np.float32(1))
    drawn = seeding.draw(cursor, np.int64(stored.id), np.int64(5), shares=shares)
    assert drawn["permutation"] == list(answer.pieces)
