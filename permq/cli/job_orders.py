"""What `permq submit` prints: the jobs submitted, a rehearsal, the parameters of a kind."""

import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from permq.cli import job_format as form
from permq.cli.output import emit

if TYPE_CHECKING:
    from permq.jobs.parameters import Parameter
    from permq.jobs.submission import Order, Submitted
    from permq.pool.connection import Connection
    from permq.pool.listed import JobRow

SHOWN = 40


def submitted(
    connection: "Connection", order: "Order", data: Path | None, *, wait: bool, as_json: bool
) -> int:
    """Submit, tell the nodes, and wait where that is wanted.

    Returns
    -------
    int
        Exit status.
    """
    from permq.cli.job_letters import deliver
    from permq.cli.job_wait import wait_for
    from permq.jobs.submission import submit

    done = submit(connection, order)
    sent = deliver(done.letters, data, as_json=as_json)
    facts = payload(done, order) | {"sent": sent}
    if not wait:
        emit(facts, as_json=as_json, lines=lines(done, order))
        return 0
    if not as_json:
        emit(facts, lines=lines(done, order))
    return wait_for(connection, done, order, data, facts, as_json=as_json)


def rehearsed(connection: "Connection", order: "Order", *, as_json: bool) -> int:
    """Show what would be submitted, and where it would go."""
    from permq.jobs.rehearsal import rehearse

    done, rows = rehearse(connection, order)
    facts = payload(done, order) | {
        "dry_run": True,
        "submission": None,
        "jobs": [
            {
                "place": place,
                "kind": row.kind,
                "class": row.work_class,
                "seed": row.seed,
                "steps": row.steps_total,
                "node": row.node if row.state == "assigned" else None,
                "waits": None if row.state == "assigned" else _waits(row, done),
            }
            for place, row in enumerate(rows, 1)
        ],
    }
    emit(facts, as_json=as_json, lines=_rehearsed_lines(done, order, rows))
    return 0


def payload(done: "Submitted", order: "Order") -> dict[str, object]:
    """What `--json` prints."""
    return {
        "command": "submit",
        "submission": done.submission,
        "base_seed": done.base_seed,
        "puzzle": None if order.puzzle is None else order.puzzle.name,
        "fingerprint": None if order.puzzle is None else order.puzzle.fingerprint,
        "jobs": list(done.jobs),
        "known": [{"job": job, "state": state} for job, state in done.known.items()],
    }


def lines(done: "Submitted", order: "Order") -> list[str]:
    """Lines for people."""
    told = []
    if done.jobs:
        plural = "job" if len(done.jobs) == 1 else f"{len(done.jobs):,} jobs:"
        told.append(
            f"submission {done.submission}: {plural} {form.numbers(done.jobs)} ({chain(order)}"
            + (f" on {order.puzzle.name})" if order.puzzle else ")")
        )
    told += _known(done)
    told.append(f"base seed {done.base_seed}")
    return told


def chain(order: "Order") -> str:
    """Kinds of an order as they follow each other."""
    texts: list[str] = []
    aside = Counter(step.kind for step in order.steps if step.aside)
    for step in order.steps:
        if step.aside:
            continue
        arrow = "" if not texts else " → best of all → " if step.join else " → "
        texts.append(arrow + _several(step.kind, step.count))
    beside = ", ".join(_several(kind, count) for kind, count in aside.items())
    return "".join(texts) + (f"; beside it {beside}" if beside else "")


def _several(kind: str, count: int) -> str:
    return kind + (f" ×{count:,}" if count > 1 else "")


def typed(context: click.Context) -> str:
    """The command as the user gave it, for `permq show`; where the servers are is left out."""
    words = [context.command_path]
    for parameter in context.command.params:
        name = parameter.name or ""
        if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE or name == "data":
            continue
        value = context.params[name]
        values = value if isinstance(value, tuple) else (value,)
        if isinstance(parameter, click.Argument):
            words += map(str, values)
        elif value is True:
            words.append(parameter.opts[0])
        else:
            for one in values:
                words += [parameter.opts[0], str(one)]
    return " ".join((words[0], *map(shlex.quote, words[1:])))


def describe(kind: str, summary: str, parameters: "Sequence[Parameter]", *, as_json: bool) -> int:
    """Print what a kind accepts."""
    table = form.table(
        ("parameter", "default", "what it is"),
        [
            (one.name, "" if one.default is None else str(one.default), one.help)
            for one in parameters
        ],
        width=form.page_width() + 60,
    )
    emit(
        {
            "command": "submit",
            "kind": kind,
            "summary": summary,
            "parameters": [
                {
                    "name": one.name,
                    "type": one.type.__name__,
                    "default": one.default,
                    "low": one.low,
                    "high": one.high,
                    "choices": one.choices,
                    "help": one.help,
                }
                for one in parameters
            ],
        },
        as_json=as_json,
        lines=[f"{kind}: {summary}", *table],
    )
    return 0


def _known(done: "Submitted", limit: int = 8) -> list[str]:
    told = [
        f"job {job} is the same and {state}; --again does it again"
        for job, state in list(done.known.items())[:limit]
    ]
    more = len(done.known) - limit
    return told + ([f"… and so are {more:,} more"] if more > 0 else [])


def _rehearsed_lines(done: "Submitted", order: "Order", rows: "list[JobRow]") -> list[str]:
    table = form.table(
        ("", "kind", "class", "seed", "steps", "node", ""),
        [
            (
                str(place),
                row.kind,
                row.work_class,
                str(row.seed),
                form.NONE if row.steps_total is None else f"{row.steps_total:,}",
                (row.node if row.state == "assigned" else None) or form.NONE,
                "" if row.state == "assigned" else _waits(row, done),
            )
            for place, row in enumerate(rows[:SHOWN], 1)
        ],
        right=" seed steps",
        width=form.page_width(),
    )
    nodes = Counter(row.node for row in rows if row.state == "assigned")
    goes = ", ".join(f"{count:,} to {node}" for node, count in sorted(nodes.items()) if node)
    more = [f"… and {len(rows) - SHOWN:,} more"] if len(rows) > SHOWN else []
    return [
        *(table if rows else []),
        *more,
        *_known(done),
        f"base seed {done.base_seed}" + ("" if order.seed is not None else " (drawn for this try)"),
        f"nothing was submitted: {len(rows):,} jobs ({chain(order)}), {goes or 'none'} at once",
    ]


def _waits(row: "JobRow", done: "Submitted") -> str:
    if row.state == "waiting":
        places = {job: place for place, job in enumerate(done.jobs, 1)}
        return f"after {form.numbers([places[job] for job in row.after or ()])}"
    return form.one_line(row.reason) or "waits for a free slot"
