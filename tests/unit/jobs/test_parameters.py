"""Parameters of jobs."""

import pytest

from permq.errors import OptionError
from permq.jobs.parameters import Parameter, complete, read_parameters

KNOWN = (
    Parameter("steps", int, 10, "How many.", low=1, high=100),
    Parameter("heat", float, None, "How hot.", above=0, high=1),
    Parameter("repair", bool, False, "Whether to re-pair."),
    Parameter("layers", str, "both", "Which.", choices=("both", "input")),
    Parameter("lock", str, "", "Where.", check=str.upper),
)


def test_texts_become_values_and_the_rest_has_defaults():
    given = read_parameters("x", KNOWN, ["steps=1_0", "heat=0.5", "repair", "lock=a"])
    assert given == {"steps": 10, "heat": 0.5, "repair": True, "lock": "A"}
    assert complete("x", KNOWN, {"repair": True}) == {
        "steps": 10,
        "heat": None,
        "repair": True,
        "layers": "both",
        "lock": "",
    }


@pytest.mark.parametrize(
    ("word", "value"), [("yes", True), ("True", True), ("0", False), ("no", False)]
)
def test_switches_are_read(word, value):
    assert read_parameters("x", KNOWN, [f"repair={word}"]) == {"repair": value}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "stpes=5",
            "unknown parameter 'stpes' of x: did you mean steps? known: steps, heat, repair",
        ),
        ("qqq=5", "unknown parameter 'qqq' of x: known: steps, heat, repair, layers, lock"),
        ("steps", "parameter 'steps' of x needs a value: steps=…"),
        ("steps=", "steps=: '' is no whole number"),
        ("steps=1.5", "steps=1.5: '1.5' is no whole number"),
        ("steps=0", "steps=0: must be at least 1"),
        ("steps=101", "steps=101: must be at most 100"),
        ("heat=0", "heat=0.0: must be above 0"),
        ("heat=nan", "heat=nan: no finite number"),
        ("heat=warm", "heat=warm: 'warm' is no number"),
        ("repair=maybe", "repair=maybe: neither true nor false"),
        ("layers=all", "layers=all: choose both, input"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text, message):
    with pytest.raises(OptionError) as caught:
        read_parameters("x", KNOWN, [text])
    assert str(caught.value).startswith(message)
    assert caught.value.exit_code == 2


def test_a_parameter_stands_once():
    with pytest.raises(OptionError, match="twice"):
        read_parameters("x", KNOWN, ["steps=5", "steps=6"])


@pytest.mark.parametrize("value", ["5", 1.5, True, None])
def test_values_of_another_type_are_refused(value):
    with pytest.raises(OptionError, match="steps"):
        complete("x", KNOWN, {"steps": value})


def test_whole_numbers_are_numbers_and_what_may_be_left_out_may_be_none():
    values = complete("x", KNOWN, {"heat": 1})
    assert (values["heat"], type(values["heat"])) == (1.0, float)
    assert complete("x", KNOWN, {"heat": None})["heat"] is None
    with pytest.raises(OptionError, match="unknown parameter 'hat' of x: did you mean heat"):
        complete("x", KNOWN, {"hat": 1})
