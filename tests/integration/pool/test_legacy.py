"""The views that scripts of the earlier pool read and write."""

import threading

import pytest

from permq.core.arrangement import Arrangement
from permq.errors import PoolError
from permq.pool import jobs, legacy, puzzles, solutions
from permq.pool.connection import connect, transaction
from permq.pool.solutions import Found, check
from tests.toys import toy_puzzle

# as the scripts have it
INSERT = (
    "INSERT INTO js_puzzle_pool"
    " (worker, full_mse, inp_sigma, out_sigma, permutation, hash, hash_match)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
LAYOUTS = {
    "alternating": lambda one: list(one.pieces),
    "inputs first": lambda one: [*one.inputs, *one.outputs, one.last],
}


def sigmas(puzzle, arrangement):
    """Places of the layers, as the scripts keep them."""
    return tuple(part.tolist() for part in puzzle.indices(arrangement))


def pending(cursor):
    cursor.execute("SELECT worker, permutation, claimed, state, reason FROM incoming ORDER BY id")
    return cursor.fetchall()


def verify(connection, toy):
    return legacy.verify_incoming(connection, lambda number: toy[0])


def test_the_view_shows_places_pieces_cost_and_hash(connection, stored, toy, wrong):
    several = wrong(20)
    with transaction(connection) as cursor:
        solutions.record(cursor, stored.id, several, node="bmasass")
        cursor.execute(
            "SELECT full_mse, inp_sigma, out_sigma, permutation, hash, hash_match, worker,"
            " worker_id, created_at FROM js_puzzle_pool ORDER BY full_mse LIMIT 1"
        )
        ((cost, inp, out, permutation, text, match, worker, worker_id, created),) = cursor
    best = min(several, key=lambda one: one.verification.mse)
    assert (inp, out) == sigmas(toy[0], best.arrangement)
    assert tuple(permutation) == best.arrangement.pieces
    assert (cost, text) == (best.verification.mse, best.arrangement.sha256)
    assert (match, worker, worker_id) == (False, "bmasass", "bmasass")
    assert created is not None


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_insert_waits_for_verification_and_then_is_a_solution(connection, stored, toy, layout):
    puzzle, answer = toy
    other = Arrangement(answer.inputs[::-1], answer.outputs[::-1], answer.last)
    given = ("sweep-1", 0.5, *sigmas(puzzle, other), LAYOUTS[layout](other), "wrong", True)
    with transaction(connection) as cursor:
        cursor.execute(INSERT, given)
        assert cursor.rowcount == 1
        assert pending(cursor) == [("sweep-1", list(other.pieces), 0.5, "pending", None)]
        assert solutions.best(cursor, stored.id) is None
    assert verify(connection, toy) == 1
    with transaction(connection) as cursor:
        row = solutions.best(cursor, stored.id)
        assert row.arrangement == other
        assert row.cost == pytest.approx(check(puzzle, Found(other, "")).verification.mse)
        assert (row.match, row.node, row.method) == (False, "sweep-1", "js_puzzle_pool")
        assert pending(cursor)[0][3:] == ("accepted", None)
    assert verify(connection, toy) == 0


@pytest.mark.parametrize("of_pieces", [False, True])
def test_places_alone_are_enough(connection, stored, toy, of_pieces):
    puzzle, answer = toy
    inp, out = (answer.inputs, answer.outputs) if of_pieces else sigmas(puzzle, answer)
    with transaction(connection) as cursor:
        cursor.execute(
            "INSERT INTO js_puzzle_pool (worker_id, inp_sigma, out_sigma, full_mse)"
            " VALUES ('w7', %s, %s, 0)",
            (list(inp), list(out)),
        )
        assert pending(cursor) == [("w7", list(answer.pieces), 0.0, "pending", None)]


def test_an_inserted_answer_solves_the_puzzle_and_calls_off_its_searches(connection, stored, toy):
    with transaction(connection) as cursor:
        new = jobs.NewJob("anneal", "heavy", {}, 1, puzzle_id=stored.id)
        _, (job,) = jobs.insert(cursor, [new], command="", base_seed=1, code_version="1")
        cursor.execute(
            "INSERT INTO js_puzzle_pool (permutation) VALUES (%s)", (list(toy[1].pieces),)
        )
    verify(connection, toy)
    with transaction(connection) as cursor:
        assert puzzles.find(cursor).solved_at is not None
        cursor.execute("SELECT hash_match FROM js_puzzle_pool")
        assert cursor.fetchall() == [(True,)]
        cursor.execute("SELECT state, reason FROM jobs WHERE id = %s", (job,))
        assert cursor.fetchone() == ("cancelled", "the puzzle is solved, by a script")


def refused(toy):
    puzzle, answer = toy
    pieces = list(answer.pieces)
    inp, out = sigmas(puzzle, answer)
    yield "twice", {"permutation": [pieces[1], *pieces[1:]]}, "no permutation of the pieces"
    yield "short", {"permutation": pieces[1:]}, r"\(10 pieces\) is no permutation of the pieces"
    yield "none", {"permutation": []}, "no permutation of the pieces"
    yield "hole", {"permutation": [None, *pieces[1:]]}, "no permutation of the pieces"
    yield "last", {"permutation": [pieces[-1], *pieces[1:-1], pieces[0]]}, "the last layer is piece"
    mixed = [pieces[1], pieces[0], *pieces[2:]]
    yield "mixed", {"permutation": mixed}, "does not alternate input and output layers"
    yield "nothing", {"full_mse": 0.5}, "needs permutation, or inp_sigma and out_sigma"
    yield "half", {"inp_sigma": inp}, "needs permutation, or inp_sigma and out_sigma"
    yield "places", {"inp_sigma": inp, "out_sigma": [*out[1:], 9]}, "no permutations of 0 to 4"
    yield "few", {"inp_sigma": inp[1:], "out_sigma": out[1:]}, "tell no solution"


@pytest.mark.parametrize("case", [name for name, _, _ in refused(toy_puzzle(0))])
def test_what_is_no_solution_is_refused_and_says_why(connection, stored, toy, case):
    ((_, given, problem),) = [one for one in refused(toy) if one[0] == case]
    columns = ", ".join(given)
    values = ", ".join(["%s"] * len(given))
    with (
        pytest.raises(PoolError, match=f"js_puzzle_pool: .*{problem}"),
        transaction(connection) as cursor,
    ):
        cursor.execute(
            f"INSERT INTO js_puzzle_pool ({columns}) VALUES ({values})", list(given.values())
        )
    with transaction(connection) as cursor:
        assert pending(cursor) == []


def test_an_answer_of_square_layers_says_itself_which_are_inputs(connection):
    puzzle, answer = toy_puzzle(3, width=6, hidden=6)
    with transaction(connection) as cursor:
        row = puzzles.add(cursor, puzzle)
        cursor.execute(
            "INSERT INTO js_puzzle_pool (permutation) VALUES (%s)", (list(answer.pieces),)
        )
    assert legacy.verify_incoming(connection, lambda number: puzzle) == 1
    with transaction(connection) as cursor:
        assert solutions.best(cursor, row.id).hash == answer.sha256


def test_a_row_goes_to_the_newest_puzzle_of_its_pieces(connection):
    older, answer = toy_puzzle(3)
    with transaction(connection) as cursor:
        puzzles.add(cursor, older)
        newer = puzzles.add(cursor, type(older)(**{**vars(older), "x": older.x + 1}))
        puzzles.add(cursor, toy_puzzle(4, blocks=3)[0])
        cursor.execute(
            "INSERT INTO js_puzzle_pool (permutation) VALUES (%s)", (list(answer.pieces),)
        )
        cursor.execute("SELECT puzzle_id FROM incoming")
        assert cursor.fetchall() == [(newer.id,)]


def test_the_view_shows_the_newest_puzzle_or_the_one_that_is_set(connection, stored, wrong):
    puzzle, answer = toy_puzzle(4)
    with transaction(connection) as cursor:
        solutions.record(cursor, stored.id, wrong(1))
        newest = puzzles.add(cursor, puzzle, name="newest")
        solutions.record(cursor, newest.id, [check(puzzle, Found(answer, "test"))])
        for setting, shown in (
            ("", answer.sha256),
            ("toy", wrong(1)[0].arrangement.sha256),
            (newest.fingerprint[:9], answer.sha256),
        ):
            cursor.execute("DELETE FROM js_puzzle_config")
            cursor.execute("INSERT INTO js_puzzle_config VALUES ('views.puzzle', %s)", (setting,))
            cursor.execute("SELECT hash FROM js_puzzle_pool")
            assert cursor.fetchall() == [(shown,)]


def test_what_cannot_be_evaluated_is_refused_with_the_reason(connection, stored, toy):
    other = toy_puzzle(9, blocks=4)[0]  # as if the row's puzzle were another
    with transaction(connection) as cursor:
        cursor.execute(
            "INSERT INTO js_puzzle_pool (permutation) VALUES (%s)", (list(toy[1].pieces),)
        )
    assert legacy.verify_incoming(connection, lambda number: other) == 1
    with transaction(connection) as cursor:
        (row,) = pending(cursor)
        assert row[3:] == ("refused", "the answer has 11 pieces, the puzzle 9")
        assert solutions.count(cursor, stored.id) == 0


def test_two_verifiers_deal_with_every_row_once(postgres_url, connection, stored, toy, wrong):
    with transaction(connection) as cursor:
        for one in wrong(40):
            cursor.execute(
                "INSERT INTO js_puzzle_pool (permutation) VALUES (%s)",
                (list(one.arrangement.pieces),),
            )
    dealt = []

    def work():
        own = connect(postgres_url)
        while done := legacy.verify_incoming(own, lambda number: toy[0], limit=7):
            dealt.append(done)
        own.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    verify(connection, toy)  # what one held while the other looked
    with transaction(connection) as cursor:
        cursor.execute("SELECT count(*) FROM discoveries")
        assert cursor.fetchone() == (40,)
        assert {row[3] for row in pending(cursor)} == {"accepted"}


@pytest.mark.parametrize(
    "change", ["UPDATE js_puzzle_pool SET full_mse = 0", "DELETE FROM js_puzzle_pool"]
)
def test_solutions_are_never_changed_through_the_view(connection, stored, wrong, change):
    with transaction(connection) as cursor:
        solutions.record(cursor, stored.id, wrong(1))
    with pytest.raises(PoolError, match="never changed"), transaction(connection) as cursor:
        cursor.execute(change)


def test_settings_are_read_and_written_as_scripts_did(connection):
    with transaction(connection) as cursor:
        cursor.execute("INSERT INTO js_puzzle_config (key, value) VALUES ('seed.elite', 0.5)")
        cursor.execute("SELECT changed_at FROM settings")
        (before,) = cursor.fetchone()
        cursor.execute("UPDATE js_puzzle_config SET value = '0.25' WHERE key = 'seed.elite'")
        cursor.execute("SELECT value, changed_at > %s FROM settings", (before,))
        assert cursor.fetchone() == ("0.25", True)
        cursor.execute(
            "INSERT INTO js_puzzle_config VALUES ('seed.elite', '1')"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
        )
        cursor.execute("SELECT key, value FROM js_puzzle_config")
        assert cursor.fetchall() == [("seed.elite", "1")]
        cursor.execute("DELETE FROM js_puzzle_config")
        cursor.execute("SELECT count(*) FROM settings")
        assert cursor.fetchone() == (0,)
