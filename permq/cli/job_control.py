"""What `cancel`, `retry`, `pause` and `resume` have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from permq.cli import job_completion as complete
from permq.cli import job_format as form
from permq.cli import options
from permq.cli.job_letters import deliver
from permq.cli.job_options import JobNumber, Words, filter_options, missing, wanted
from permq.cli.output import emit
from permq.cli.servers import connected, data_option
from permq.errors import OptionError

if TYPE_CHECKING:
    from permq.fleet.producer import Letter
    from permq.pool.connection import Connection

Body = TypeVar("Body", bound=Callable[..., Any])
Control = Callable[["Connection", Sequence[int]], "tuple[dict[int, str], list[Letter]]"]

SHOWN = 20


@dataclass(frozen=True)
class Change:
    """One way to steer jobs.

    Parameters
    ----------
    name
        Of the command, and of the function of `permq.jobs.control`.
    fitting
        Shown states in which it changes something.
    told
        What a job is then, by its new state; `else` for any other.
    """

    name: str
    fitting: tuple[str, ...]
    told: dict[str, str]


def steering(change: Change) -> Callable[[Body], Body]:
    """Make the decorator that adds the jobs, the filters, `--all`, `--data` and `--json`."""

    def decorate(body: Body) -> Body:
        decorators: list[Callable[[Body], Body]] = [
            click.argument(
                "jobs",
                metavar="[JOB]...",
                type=JobNumber(),
                nargs=-1,
                shell_complete=complete.jobs(*change.fitting),
            ),
            click.option("--all", "every", is_flag=True, help="All jobs that this fits."),
            filter_options,
            data_option,
            options.json_option,
        ]
        for decorator in reversed(decorators):
            body = decorator(body)
        return body

    return decorate


def steer(
    change: Change,
    jobs: tuple[int, ...],
    every: bool,
    words: Words,
    data: Path | None,
    as_json: bool,
) -> None:
    """Do a change and tell what it did.

    Raises
    ------
    OptionError
        When nothing is named, or a job that does not exist; nothing is changed then.
    """
    from permq.jobs import control

    filtered = any(value not in (None, ()) for value in words.values())
    if not jobs and not every and not filtered:
        raise OptionError(f"say what to {change.name}: numbers of jobs, a filter, or --all")
    if jobs and every:
        raise OptionError("either numbers of jobs or --all")
    act: Control = getattr(control, change.name)
    with connected(data) as connection:
        before = meant(connection, change, jobs, words)
        states, letters = act(connection, list(before)) if before else ({}, [])
    sent = deliver(letters, data, as_json=as_json)
    named = jobs or words["state"]  # of all that a change might fit, only what it changed is news
    unchanged = {job: it for job, it in before.items() if job not in states} if named else {}
    emit(
        {
            "command": change.name,
            "changed": [{"job": job, "state": states[job]} for job in sorted(states)],
            "unchanged": [{"job": job, "state": unchanged[job]} for job in sorted(unchanged)],
            "sent": sent,
        },
        as_json=as_json,
        lines=lines(change, states, unchanged),
    )


def meant(
    connection: "Connection", change: Change, jobs: tuple[int, ...], words: Words
) -> dict[int, str]:
    """Shown states of the jobs that are meant; without numbers, of those that the change fits.

    Raises
    ------
    OptionError
        When a job does not exist, or does not pass the filter.
    """
    from permq.pool import listing
    from permq.pool.connection import transaction

    chosen = wanted(connection, words)
    if jobs:
        chosen = replace(chosen, jobs=jobs)
    elif chosen.states is None:
        chosen = replace(chosen, states=change.fitting)
    with transaction(connection) as cursor:
        found = listing.ids(cursor, chosen)
    absent = [job for job in jobs if job not in found]
    if absent:
        raise missing(absent)
    return found


def lines(change: Change, states: dict[int, str], unchanged: dict[int, str]) -> list[str]:
    """Lines for people: what changed, by what it is now, then what did not."""
    told = []
    for phrase, jobs in _grouped(
        {job: change.told.get(state, change.told["else"]) for job, state in states.items()}
    ):
        told.append(f"{form.job_list(jobs)} {phrase}")
    for state, jobs in _grouped(unchanged):
        told.append(f"{form.job_list(jobs)} {state}: nothing to {change.name}")
    return told or [f"no jobs to {change.name}"]


def _grouped(words: dict[int, str]) -> list[tuple[str, list[int]]]:
    groups: dict[str, list[int]] = {}
    for job in sorted(words):
        groups.setdefault(words[job], []).append(job)
    return list(groups.items())
