"""`permq pair`: which output layer belongs to which input layer, by one method or all."""

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from permq.cli import options
from permq.cli.output import emit, whole_file
from permq.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from permq.core.arrangement import Arrangement
    from permq.core.puzzle import Indices, Puzzle
    from permq.pairing.summary import Judgement

    Answer = Arrangement | None

HYBRID = "hybrid"


@click.command(name="pair")
@options.puzzle_argument
@click.option(
    "--method",
    default="ensemble",
    show_default=True,
    metavar="NAME|all",
    help="A score's name, ensemble, hybrid (needs --pool), or all.",
)
@click.option(
    "--against",
    type=click.Path(),
    metavar="ANSWER",
    help="Count the pairs that agree with this answer (text or file), not with the ensemble's.",
)
@click.option(
    "--pool",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Solutions that vote on doubtful pairs: one answer text per line, or a JSON list.",
)
@click.option(
    "--save",
    type=options.Destination(),
    metavar="FILE.npz",
    help="Write pairs, cost matrices and margins; --pairs of other commands reads it.",
)
@click.option(
    "--anneal",
    "steps",
    type=click.IntRange(min=1),
    metavar="STEPS",
    help="Put each method's pairs in the best known order, anneal the order, sort by the result.",
)
@options.rows_option(128)
@options.seed_option
@options.activation_option
@options.threads_option
@options.json_option
def command(
    folder: Path,
    method: str,
    against: str | None,
    pool: Path | None,
    save: Path | None,
    steps: int | None,
    rows: int | None,
    seed: int,
    activation: str | None,
    threads: int,
    as_json: bool,
) -> None:
    """Pair the layers of the puzzle in DIR.

    For every method: the cost of its best assignment, the mean margin (what forbidding a pair
    would cost), how many pairs are mutually best, how many agree with the best pairing known, and
    the time. Costs and margins are in each method's own unit; those of the ensemble are in nats.

    \b
    Example:
      permq pair DIR --method all --against answer.txt
      permq pair DIR --method hybrid --pool answers.txt --save pairs.npz
    """
    from permq.core.arrangement import Arrangement
    from permq.core.loading import load_puzzle
    from permq.pairing.hybrid import pairings
    from permq.pairing.summary import ENSEMBLE, METHODS, judge, saved_arrays

    if method not in {*METHODS, HYBRID, "all"}:
        raise OptionError(f"no pairing method {method!r}; there are {', '.join(METHODS)}, {HYBRID}")
    if method == HYBRID and pool is None:
        raise OptionError("--method hybrid needs the solutions that vote: --pool FILE")
    puzzle = load_puzzle(folder, activation=activation)
    answer = None if against is None else Arrangement.read(against)
    puzzle = _with_roles(puzzle, answer, pool)

    names = METHODS if method == "all" else () if method == HYBRID else (method,)
    found = {name: judge(name, puzzle) for name in names}
    ensemble = found.get(ENSEMBLE) or judge(ENSEMBLE, puzzle)
    if pool is not None and method in {"all", HYBRID}:
        found[HYBRID] = _hybrid(puzzle, pool, ensemble)
    if answer is None:
        best, known = ensemble.pair, "the ensemble's pairs"
    else:
        best, known = pairings(puzzle, [answer])[0], "the given answer"
    judgements = list(found.values())
    facts = [_facts(judgement, best) for judgement in judgements]
    if save is not None:
        _save(save, saved_arrays(puzzle, judgements))
    order = None
    if steps is not None:
        order = _annealed(puzzle, answer, judgements, facts, ensemble.pair, steps, rows, seed)
    emit(
        {
            "command": "pair",
            "blocks": puzzle.blocks,
            "best_known": known,
            "order": order,
            "rows": rows,
            "methods": facts,
        },
        as_json=as_json,
        lines=_table(facts, puzzle.blocks, known, order),
    )


def _with_roles(puzzle: "Puzzle", answer: "Answer", pool: Path | None) -> "Puzzle":
    """The puzzle with the roles of square layers that an answer gives, or the likeliest ones."""
    if not puzzle.square:
        return puzzle
    from permq.pairing.hybrid import read_answers
    from permq.pairing.roles import split_roles

    if answer is not None:
        return puzzle.for_answer(answer)
    if pool is not None:
        return puzzle.for_answer(read_answers(pool)[0])
    return puzzle.with_roles(split_roles(puzzle, 1)[0].inputs)


def _hybrid(puzzle: "Puzzle", pool: Path, ensemble: "Judgement") -> "Judgement":
    from permq.pairing.hybrid import hybrid, pairings, read_answers
    from permq.pairing.summary import judged

    started = perf_counter() - ensemble.seconds
    voters = pairings(puzzle, read_answers(pool))
    return judged(HYBRID, hybrid(ensemble.cost, voters).cost, started)


def _facts(judgement: "Judgement", best: "Indices") -> dict[str, Any]:
    return {
        "method": judgement.method,
        "cost": judgement.assignment_cost,
        "mean_margin": judgement.mean_margin,
        "mutual_best": judgement.mutual,
        "agreement": judgement.agreement(best),
        "seconds": judgement.seconds,
    }


def _annealed(
    puzzle: "Puzzle",
    answer: "Answer",
    judgements: "list[Judgement]",
    facts: list[dict[str, Any]],
    pair: "Indices",
    steps: int,
    rows: int | None,
    seed: int,
) -> str:
    """Add the costs before and after annealing to the facts, sort them, and name the order."""
    from permq.core.objective import objective
    from permq.search.annealing import anneal
    from permq.search.annealing_settings import AnnealSettings
    from permq.search.problem import Problem

    problem = Problem.of(puzzle, rows)
    settings = AnnealSettings(steps=steps, moves={"swap": 1.0, "insertion": 1.0})
    inp, name = _best_order(puzzle, answer, pair, rows)
    for judgement, entry in zip(judgements, facts, strict=True):
        out = judgement.pair[inp]
        result = anneal(problem, inp, out, settings, seed)
        entry["order_mse"] = objective(puzzle, inp, out)
        entry["annealed_mse"] = objective(puzzle, result.inp, result.out)
    facts.sort(key=lambda entry: entry["annealed_mse"])
    return name


def _best_order(
    puzzle: "Puzzle", answer: "Answer", pair: "Indices", rows: int | None
) -> "tuple[Indices, str]":
    """Input layers in the best order known: the answer's, or the best seed of the given pairs."""
    from permq.ordering.paired import Paired
    from permq.ordering.registry import SEEDS

    if answer is not None:
        return puzzle.indices(answer)[0], "the given answer's"
    blocks = Paired.of(puzzle, pair, rows)
    orders = [
        (seed.order(blocks, reverse=reverse), f"{seed.name}{':reversed' * reverse} of the ensemble")
        for seed in SEEDS.values()
        if seed.quick
        for reverse in (False, True)
    ]
    return min(orders, key=lambda order: blocks.cost(order[0]))


def _save(path: Path, arrays: "Mapping[str, Any]") -> None:
    import numpy as np

    with whole_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _table(facts: list[dict[str, Any]], blocks: int, known: str, order: str | None) -> list[str]:
    """Lines for people."""
    head = f"{'method':<22}{'cost':>12}{'mean margin':>13}{'mutual':>8}{'agree':>7}{'ms':>9}"
    if order is not None:
        head += f"{'in order':>12}{'annealed':>12}"
    lines = [head]
    for entry in facts:
        line = (
            f"{entry['method']:<22}{entry['cost']:>12.5g}{entry['mean_margin']:>13.4g}"
            f"{entry['mutual_best']:>8}{entry['agreement']:>7}{1e3 * entry['seconds']:>9.1f}"
        )
        if order is not None:
            line += f"{entry['order_mse']:>12.4g}{entry['annealed_mse']:>12.4g}"
        lines.append(line)
    lines.append(f"agree: pairs of {blocks} as in {known}")
    if order is not None:
        lines.append(f"order: {order}; annealed: its MSE over all rows after annealing it")
    return lines
