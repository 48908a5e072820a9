"""Parameters of a job: what a kind accepts, and `name=value` texts read into it."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from permq.errors import OptionError

Value = int | float | str | bool | None
"""What a parameter may be: all that JSON can hold flat."""

Params = Mapping[str, Value]

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a kind of job.

    Parameters
    ----------
    name
        As the user writes it.
    type
        `int`, `float`, `str` or `bool`.
    default
        Value where nothing is given; None where the kind decides by the puzzle and the start.
    help
        What it is, in one sentence.
    low, high
        Smallest and largest number allowed.
    above
        A number that the value must exceed.
    choices
        Texts allowed.
    check
        Gives the value back in its usual form, or raises `OptionError` or `ValueError` saying what
        is wrong with it.
    """

    name: str
    type: type[int] | type[float] | type[str] | type[bool]
    default: Value
    help: str
    low: float | None = None
    high: float | None = None
    above: float | None = None
    choices: tuple[str, ...] | None = None
    check: Callable[[str], str] | None = None

    def read(self, text: str) -> Value:
        """Turn a text into a value of this parameter.

        Raises
        ------
        OptionError
            When it is none; the message names the parameter and quotes the text.
        """
        if self.type is str:
            return self.checked(text)
        if self.type is bool:
            word = text.strip().lower()
            if word not in (*_TRUE, *_FALSE):
                raise OptionError(f"{self.name}={text}: neither true nor false")
            return word in _TRUE
        try:
            return self.checked(self.type(text.replace("_", "")))
        except ValueError:
            kind = "whole number" if self.type is int else "number"
            raise OptionError(f"{self.name}={text}: {text!r} is no {kind}") from None

    def checked(self, value: Any) -> Value:
        """Give a value back, in its usual form, when this parameter may have it.

        Raises
        ------
        OptionError
            When it may not.
        """
        if value is None and self.default is None:
            return None
        if self.type is float and type(value) is int and abs(value) <= sys.float_info.max:
            value = float(value)
        if type(value) is not self.type:
            raise OptionError(f"{self.name}: {value!r} is no {_WORDS[self.type]}")
        if isinstance(value, str):
            return self._checked_text(value)
        if self.type is bool:
            return bool(value)
        number: float = value
        return self._checked_number(number)

    def _checked_text(self, value: str) -> str:
        if self.choices is not None and value not in self.choices:
            raise OptionError(f"{self.name}={value}: choose {', '.join(self.choices)}")
        if self.check is None:
            return value
        try:
            return self.check(value)
        except (OptionError, ValueError) as error:
            raise OptionError(f"{self.name}={value}: {error}") from None

    def _checked_number(self, value: float) -> float:
        if not -inf < value < inf:  # whole numbers may be beyond what `isfinite` takes
            raise OptionError(f"{self.name}={value}: no finite number")
        if self.low is not None and value < self.low:
            raise OptionError(f"{self.name}={value}: must be at least {self.low:g}")
        if self.above is not None and value <= self.above:
            raise OptionError(f"{self.name}={value}: must be above {self.above:g}")
        if self.high is not None and value > self.high:
            raise OptionError(f"{self.name}={value}: must be at most {self.high:g}")
        return value


_WORDS = {int: "whole number", float: "number", str: "text", bool: "true or false"}


def read_parameters(
    kind: str, parameters: Iterable[Parameter], texts: Iterable[str]
) -> dict[str, Value]:
    """Values of the parameters that are given as `name=value`; the others are left out.

    A switch may be given by its name alone.

    Raises
    ------
    OptionError
        When a name is unknown or stands twice, or a value is wrong.
    """
    known = {parameter.name: parameter for parameter in parameters}
    given: dict[str, Value] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if name not in known:
            raise unknown("parameter", name, known, f" of {kind}")
        if name in given:
            raise OptionError(f"parameter {name!r} of {kind} is given twice")
        if not equals and known[name].type is not bool:
            raise OptionError(f"parameter {name!r} of {kind} needs a value: {name}=…")
        given[name] = known[name].read(value.strip() if equals else "true")
    return given


def complete(
    kind: str, parameters: Iterable[Parameter], given: Mapping[str, Any]
) -> dict[str, Value]:
    """Every parameter's value: the given ones, checked, and defaults for the rest.

    Raises
    ------
    OptionError
        When a name is unknown or a value is wrong.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            raise unknown("parameter", name, known, f" of {kind}")
    return {
        name: parameter.checked(given[name]) if name in given else parameter.default
        for name, parameter in known.items()
    }


def unknown(what: str, name: str, known: Iterable[str], of: str = "") -> OptionError:
    """Make the error for a name that does not exist, with the nearest one that does."""
    from difflib import get_close_matches

    names = list(known)
    near = get_close_matches(name, names, 1, 0.5)
    guess = f" did you mean {near[0]}?" if near else ""
    listed = f" known: {', '.join(names)}" if names else " it has none"
    return OptionError(f"unknown {what} {name!r}{of}:{guess}{listed}")
