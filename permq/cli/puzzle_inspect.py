"""`permq puzzle inspect`: what is in a puzzle."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options, output

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from permq.core.summary import Spread, Summary


@click.command(name="inspect")
@options.puzzle_argument
@options.activation_option
@options.threads_option
@options.json_option
def command(folder: Path, activation: str | None, threads: int, as_json: bool) -> None:
    """Print what a puzzle holds: counts, shapes, norms, statistics of the data.

    \b
    Example:
      permq puzzle inspect DIR
      permq puzzle inspect network.safetensors --json
    """
    from dataclasses import asdict

    from permq.core.known import KNOWN
    from permq.core.loading import load_puzzle
    from permq.core.summary import summarise

    puzzle = load_puzzle(folder, activation=activation)
    summary = summarise(puzzle)
    known = puzzle.fingerprint in KNOWN
    payload: dict[str, object] = {
        "name": puzzle.name,
        "path": folder,
        "known": known,
        "fingerprint": puzzle.fingerprint,
        "solution_sha256": puzzle.solution_sha256,
        "activation": puzzle.activation,
        "pieces": 2 * puzzle.blocks + 1,
        "blocks": puzzle.blocks,
        "width": puzzle.width,
        "hidden": puzzle.hidden,
        "outputs": puzzle.outputs,
        "rows": puzzle.rows,
        "square": puzzle.square,
        "last_piece": puzzle.last_piece,
        **asdict(summary),
    }
    output.emit(payload, as_json=as_json, lines=_lines(puzzle, summary, known))


def _lines(puzzle: "Puzzle", summary: "Summary", known: bool) -> Iterator[str]:
    numerus = "output" if puzzle.outputs == 1 else "outputs"
    facts = {
        "puzzle": puzzle.name + (" (known by its contents)" if known else ""),
        "path": str(puzzle.path),
        "fingerprint": puzzle.fingerprint,
        "answer": f"SHA-256 {puzzle.solution_sha256 or 'not known'}",
        "network": f"{puzzle.blocks} blocks of width {puzzle.width} with {puzzle.hidden} hidden "
        f"units ({puzzle.activation}), {puzzle.outputs} {numerus}",
        "pieces": f"{2 * puzzle.blocks + 1}, the last layer is piece {puzzle.last_piece}",
        "rows": f"{puzzle.rows:,}",
        "MSE": f"{summary.variance:.6g} of a constant answer"
        + (f", {summary.loss:.6g} of pred against true" if summary.loss is not None else ""),
    }
    for name, value in facts.items():
        yield f"{name:12} {value}"
    head = "".join(f"{name:>12}" for name in ("mean", "std", "min", "max"))
    yield ""
    yield f"{'layers':8}{'count':>7}{'shape':>12}  norm  {head}"
    for layer in summary.layers:
        shape = f"{layer.shape[0]} x {layer.shape[1]}"
        start = f"{layer.role:8}{layer.count:>7}{shape:>12}"
        yield f"{start}  weight{_row(layer.weight_norm)}"
        yield f"{'':{len(start)}}  bias  {_row(layer.bias_norm)}"
    yield ""
    yield f"{'data':8}{'columns':>7}{'':20}{head}"
    for kind in summary.data:
        yield f"{kind.kind:8}{kind.columns:>7}{'':20}{_row(kind.values)}"


def _row(spread: "Spread") -> str:
    values = (spread.mean, spread.std, spread.min, spread.max)
    return "".join(f"{value:>12.5g}" for value in values)
