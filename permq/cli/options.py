"""Arguments and options that several commands share, each with one name and one meaning."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from permq.cli.output import refuse_unwritable
from permq.config import Settings, prepare_blas

Body = TypeVar("Body", bound=Callable[..., Any])
Decorator = Callable[[Body], Body]

ACTIVATIONS = ("relu", "gelu", "silu", "tanh")


class Destination(click.Path):
    """A file to write; where it cannot be written, that is said before any work is done for it."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Turn the word into a path that can be written."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        refuse_unwritable(path)
        return path


def puzzle_argument(body: Body) -> Body:
    """Add `DIR`, handed over as `folder: Path`; loading says what is wrong with it."""
    return click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))(body)


def answer_argument(body: Body) -> Body:
    """Add `ANSWER`, handed over as `answer: str`: an answer text or a file that holds one."""
    return click.argument("answer", metavar="ANSWER", type=click.Path())(body)


def activation_option(body: Body) -> Body:
    """Add `--activation`, handed over as `activation: str | None`."""
    return click.option(
        "--activation",
        type=click.Choice(ACTIVATIONS),
        help="Activation of the network, where puzzle.toml does not say or is wrong.",
    )(body)


def start_option(default: str | None = None) -> Callable[[Body], Body]:
    """Make the decorator for `--from`, handed over as `start: str` (`str | None` with no default).

    Parameters
    ----------
    default
        Where the search starts when nothing is said.
    """
    return click.option(
        "--from",
        "start",
        metavar="ANSWER|random|SEED",
        default=default,
        show_default=default is not None,
        help="Start: an answer (text or file), a random order, or the name of an order's seed.",
    )


def pairs_option(default: str | None = None) -> Callable[[Body], Body]:
    """Make the decorator for `--pairs`, handed over as `pairs: str` (`str | None` with no default).

    Parameters
    ----------
    default
        The pairing method when nothing is said.
    """
    return click.option(
        "--pairs",
        metavar="METHOD|FILE",
        default=default,
        show_default=default is not None,
        help="Pairs of layers: the name of a pairing method, an answer, or a file of pair --save.",
    )


def rows_option(default: int | None = None) -> Callable[[Body], Body]:
    """Make the decorator for `--rows`, handed over as `rows: int` (`int | None`, all, by default).

    Parameters
    ----------
    default
        Number of rows when nothing is said; None takes all.
    """
    return click.option(
        "--rows",
        type=click.IntRange(min=1),
        metavar="N",
        default=default,
        show_default=True if default is not None else "all",
        help="Rows of the data the search works on; the result is always verified on all.",
    )


def steps_option(
    default: int | None = None, description: str = "Steps of the search at most."
) -> Callable[[Body], Body]:
    """Make the decorator for `--steps`, handed over as `steps: int` (`int | None` with no default).

    Parameters
    ----------
    default
        Number of steps when nothing is said.
    description
        What a step is in this command.
    """
    return click.option(
        "--steps",
        type=click.IntRange(min=1),
        metavar="N",
        default=default,
        show_default=default is not None,
        help=description,
    )


def seed_option(body: Body) -> Body:
    """Add `--seed`, handed over as `seed: int`."""
    return click.option(
        "--seed",
        type=click.IntRange(min=0),
        metavar="S",
        default=0,
        show_default=True,
        help="Seed of everything random: the same seed gives the same result.",
    )(body)


def out_option(
    description: str = "Write the answer to this file.", *, required: bool = False
) -> Callable[[Body], Body]:
    """Make the decorator for `--out`, handed over as `out: Path | None`.

    Parameters
    ----------
    description
        What is written.
    required
        Whether the command cannot do without it; then it is a `Path`.
    """
    return click.option(
        "--out",
        type=Destination(),
        metavar="FILE",
        required=required,
        help=description,
    )


def json_option(body: Body) -> Body:
    """Add `--json`, handed over as `as_json: bool`."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object, and errors as JSON too."
    )(body)


def _prepare_single(context: click.Context, _: click.Parameter, threads: int) -> int:
    if not context.resilient_parsing:
        prepare_blas(1)
    return threads


def threads_option(body: Body) -> Body:
    """Add `--threads`, handed over as `threads: int`.

    By the time the body runs the environment is prepared, so the body only has to import numpy
    (or what imports it) inside itself.
    """
    return click.option(
        "--threads",
        type=click.IntRange(min=1),
        metavar="N",
        default=lambda: Settings.read().threads,
        show_default="1",
        callback=_prepare,
        help="Threads of linear algebra; more than one pays only on an idle machine.",
    )(body)


def processes_option(body: Body) -> Body:
    """Add `--threads` for work shared by processes of one thread each, as `threads: int`."""
    return click.option(
        "--threads",
        type=click.IntRange(min=1, max=256),
        metavar="N",
        default=lambda: Settings.read().threads,
        show_default="1",
        callback=_prepare_single,
        help="Processes of one thread each that search side by side.",
    )(body)


def search_options(
    *,
    start: str | None = None,
    pairs: str | None = None,
    rows: int | None = None,
    steps: int | None = None,
    step: str = "Steps of the search at most.",
) -> Callable[[Body], Body]:
    """Make the decorator that adds what all search commands share.

    The body takes `folder, start, pairs, rows, steps, seed, activation, threads, out, as_json`.

    Parameters
    ----------
    start, pairs, rows, steps
        Defaults of `--from`, `--pairs`, `--rows` and `--steps`.
    step
        What a step is in this command, as help of `--steps`.
    """

    def decorate(body: Body) -> Body:
        shared: list[Decorator[Body]] = [
            puzzle_argument,
            start_option(start),
            pairs_option(pairs),
            rows_option(rows),
            steps_option(steps, step),
            seed_option,
            activation_option,
            threads_option,
            out_option(),
            json_option,
        ]
        for decorator in reversed(shared):
            body = decorator(body)
        return body

    return decorate


def _prepare(context: click.Context, parameter: click.Parameter, threads: int) -> int:
    """Give the libraries that are not loaded yet their number of threads."""
    given = context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
    prepare_blas(threads, override=given)
    return threads
