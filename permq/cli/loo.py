"""`permq loo`: what every block of an arrangement contributes."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.lock import lock_option, within

if TYPE_CHECKING:
    from permq.cli.search_command import Start
    from permq.diagnosis.leave_one_out import LeaveOneOut
    from permq.search.problem import Result


@click.command(name="loo")
@options.search_options(
    start="greedy-by-state",
    rows=1000,
    step="Blocks to take out and put where they do best, the most harmful first; without it "
    "nothing is moved.",
)
@lock_option
def command(
    folder: Path,
    start: str,
    pairs: str | None,
    rows: int | None,
    steps: int | None,
    seed: int,
    activation: str | None,
    threads: int,
    out: Path | None,
    as_json: bool,
    lock: frozenset[int],
) -> int:
    """Leave every block out in turn and say what that does to the error.

    A block whose removal makes the error smaller is harmful where it stands. With --steps such
    blocks are put back where they do best.

    \b
    Example:
      permq loo DIR --from answer.txt
      permq loo DIR --from answer.txt --steps 50 --out better.txt
    """
    from permq.cli.search_command import Request, run_search
    from permq.diagnosis.leave_one_out import leave_one_out
    from permq.search.put_back import PutBackSettings, put_back

    request = Request(folder, start, pairs, rows, steps, seed, activation, out, as_json)
    facts: dict[str, object] = {}

    def search(begin: "Start") -> "Result":
        locked = within(lock, begin.puzzle.blocks)
        problem = begin.problem
        found = leave_one_out(problem.network, begin.inp, begin.out, problem.x, problem.pred)
        facts["positions"] = [
            {
                "position": position,
                "inp": int(begin.puzzle.inp_pieces[begin.inp[position]]),
                "out": int(begin.puzzle.out_pieces[begin.out[position]]),
                "mse": without,
                "change": change,
                "harmful": harmful,
            }
            for position, (without, change, harmful) in enumerate(
                zip(found.without, found.change, found.harmful, strict=True)
            )
        ]
        if not as_json:
            for line in _table(begin, found):
                click.echo(line)
        return put_back(
            problem,
            begin.inp,
            begin.out,
            PutBackSettings(steps or 0),
            seed,
            locked=locked,
            report=begin.report,
            stop=begin.stop,
        )

    return run_search("loo", request, search, facts)


def _table(begin: "Start", found: "LeaveOneOut") -> list[str]:
    """Lines for people."""
    lines = [f"{'position':>8}{'inp':>6}{'out':>6}{'mse without':>14}{'change':>14}"]
    for position, (without, change, harmful) in enumerate(
        zip(found.without, found.change, found.harmful, strict=True)
    ):
        pieces = (
            begin.puzzle.inp_pieces[begin.inp[position]],
            begin.puzzle.out_pieces[begin.out[position]],
        )
        lines.append(
            f"{position:>8}{pieces[0]:>6}{pieces[1]:>6}{without:>14.6g}{change:>+14.3g}"
            + ("  harmful" if harmful else "")
        )
    return lines
