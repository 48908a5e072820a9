"""What a run leaves for the next."""

import json
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.core.arrangement import Arrangement
from permq.errors import CheckpointError
from permq.search.solve.checkpoint import dumps, loads
from permq.search.solve.session import Elite
from tests.toys import toy_puzzle

PUZZLE, ANSWER = toy_puzzle(1)
SQUARE, SQUARE_ANSWER = toy_puzzle(1, hidden=6)


@given(
    st.lists(
        st.tuples(
            st.floats(0, allow_nan=False), st.permutations(range(5)), st.permutations(range(5))
        ),
        max_size=5,
    ),
    st.integers(0, 10_000),
)
def test_elites_and_attempts_come_back(drawn, attempts):
    elites = [Elite(mse, PUZZLE.arrangement(inp, out)) for mse, inp, out in drawn]
    found, counted = loads(PUZZLE, dumps(PUZZLE, elites, attempts))
    assert counted == attempts
    assert found == sorted(elites, key=lambda elite: elite.mse)


def test_square_layers_may_have_other_roles():
    swapped = Arrangement(SQUARE_ANSWER.outputs, SQUARE_ANSWER.inputs, SQUARE_ANSWER.last)
    elites = [Elite(0.1, SQUARE_ANSWER), Elite(0.2, swapped)]
    assert loads(SQUARE, dumps(SQUARE, elites, 3)) == (elites, 3)


def text(**changed):
    data = json.loads(dumps(PUZZLE, [Elite(0.5, ANSWER), Elite(inf, ANSWER)], 4))
    return json.dumps({**data, **changed})


def entry(**changed):
    return text(elites=[{"mse": 0.5, "answer": ANSWER.text, **changed}])


@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        ("", "damaged"),
        (text()[:-20], "damaged"),
        (b"\xff\xfe\x00", "damaged"),
        ("[]", "no checkpoint"),
        ("{}", "no checkpoint"),
        ('{"format": "permq-anneal"}', "no checkpoint"),
        (text(version=2), "version 2"),
        (text(version=None), "version None"),
        (text(fingerprint="0" * 64), "another puzzle"),
        (text(attempts=-1), "no count"),
        (text(attempts=True), "no count"),
        (text(attempts="4"), "no count"),
        (text(elites=None), "damaged"),
        (text(elites=[1]), "damaged"),
        (text(elites=[{}]), "mse"),
        (entry(mse="low"), "cost"),
        (entry(mse=-1.0), "cost"),
        (entry(mse=True), "cost"),
        (entry(mse=float("nan")), "finite"),
        (entry(answer=7), "damaged"),
        (entry(answer="1,2,3"), "pieces"),
        (entry(answer="1,1,3"), "twice"),
        (entry(answer="up,down,on"), "up"),
    ],
)
def test_what_is_no_checkpoint_of_this_puzzle_is_refused(damaged, said):
    with pytest.raises(CheckpointError, match=said):
        loads(PUZZLE, damaged)


def test_missing_entries_are_named():
    data = json.loads(text())
    for name in ("attempts", "elites"):
        with pytest.raises(CheckpointError, match=name):
            loads(PUZZLE, json.dumps({key: it for key, it in data.items() if key != name}))
