"""Positions, weights and exchanges as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.jobs.places import (
    places_text,
    read_exchanges,
    read_places,
    read_weights,
    usual_places,
)


def test_numbers_and_ranges_are_read():
    assert read_places("0-3, 7") == {0, 1, 2, 3, 7}
    assert read_places("") == frozenset()
    assert usual_places("7,1,0,2,8") == "0-2,7-8"


@given(st.frozensets(st.integers(0, 99)))
def test_places_come_back_from_their_text(places):
    assert read_places(places_text(places)) == places
    assert usual_places(places_text(places)) == places_text(places)


@pytest.mark.parametrize("text", ["a", "1-", "-1", "3-1", "1,,2", "1.5"])
def test_other_texts_are_no_places(text):
    with pytest.raises(ValueError, match=r"no number|larger"):
        read_places(text)


def test_weights_are_read():
    assert read_weights("swap:1, insertion:0.5,rotation") == {
        "swap": 1.0,
        "insertion": 0.5,
        "rotation": 1.0,
    }


@pytest.mark.parametrize("text", ["", "swap:x", "swap,swap", ":1"])
def test_other_texts_are_no_weights(text):
    with pytest.raises(ValueError, match=r"names are wanted|no number"):
        read_weights(text)


def test_exchanges_are_read():
    assert read_exchanges("3-9, 12-40") == ((3, 9), (12, 40))
    assert read_exchanges("") == ()
    for text in ("3", "3-9-1", "a-b", "3-"):
        with pytest.raises(ValueError, match="exchange"):
            read_exchanges(text)
