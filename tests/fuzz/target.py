"""What is fuzzed: a parser, seeds that it accepts, and the errors it documents."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from permq.errors import InputError

Run = Callable[[bytes], object]
"""Parses one case; what it raises beyond the target's refusals breaks the law."""

Mutation = Callable[[bytes, Random], bytes]
"""Makes another case of one."""


class BrokenLawError(Exception):
    """A parser took something in and did not do with it what it says."""


@dataclass(frozen=True, eq=False)
class Target:
    """A parser and its law.

    Parameters
    ----------
    name
        What it is called, in a word.
    what
        What it reads, in a few.
    prepare
        Given a folder of its own, imports and makes all that a case needs, and gives the function
        that parses one.
    seeds
        Valid cases; made after `prepare`.
    refusals
        The errors that say no; any other is found.
    words
        Pieces of the language, for mutations.
    mutations
        That keep its structure, beside those for all.
    weight
        Share of the cases among all parsers.
    longest
        Bytes of a case.
    """

    name: str
    what: str
    prepare: Callable[[Path], Run]
    seeds: Callable[[], list[bytes]]
    refusals: tuple[type[BaseException], ...] = (InputError,)
    words: tuple[bytes, ...] = ()
    mutations: tuple[Mutation, ...] = ()
    weight: int = 4
    longest: int = 4096


def law(holds: object, what: str) -> None:
    """Complain when something does not hold that should."""
    if not holds:
        raise BrokenLawError(what)
