"""Networks of regimes: trained once, kept in the pool, found again by the regime's id."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from permq.errors import OptionError
from permq.pool import puzzles, runs
from permq.pool.connection import Connection, transaction
from permq.pool.runs import RegimeRow
from permq.suites.suite import Regime


def missing(connection: Connection, regimes: Sequence[Regime]) -> list[Regime]:
    """Regimes whose networks are not made yet.

    Raises
    ------
    OptionError
        When an id stands for another recipe.
    """
    with transaction(connection) as cursor:
        there = runs.regimes(cursor, [regime.id for regime in regimes])
    for regime in regimes:
        row = there.get(regime.id)
        if row is not None and row.recipe != asdict(regime.recipe):
            changed = sorted(
                key for key, value in asdict(regime.recipe).items() if row.recipe.get(key) != value
            )
            raise OptionError(
                f"regime {regime.id!r} was made with another {', '.join(changed) or 'recipe'}: "
                "an id always means the same network; give this one another"
            )
    return [regime for regime in regimes if regime.id not in there]


def make(
    connection: Connection,
    regime: Regime,
    progress: Callable[[int, float], None] | None = None,
) -> None:
    """Train a regime's network and put it into the pool, under the regime's id.

    Parameters
    ----------
    connection
        To the pool, outside a transaction: training takes seconds.
    regime
        What to make.
    progress
        Called after every epoch with its number from 1 and its mean loss.

    Raises
    ------
    PermqError
        When the training diverges.
    """
    from permq.core.dropping import writing
    from permq.core.loading import load_puzzle

    with tempfile.TemporaryDirectory(prefix="permq-regime-") as folder:
        made = writing.make(
            regime.recipe, Path(folder) / regime.id, name=regime.id, progress=progress
        )
        puzzle = load_puzzle(made.path)
    with transaction(connection) as cursor:
        row = puzzles.add(cursor, puzzle)
        runs.keep_regime(cursor, regime.id, row.id, asdict(regime.recipe), made.answer.pieces)


def rows(connection: Connection, regimes: Sequence[Regime]) -> dict[str, RegimeRow]:
    """Regimes as the pool knows them, by id."""
    with transaction(connection) as cursor:
        return runs.regimes(cursor, [regime.id for regime in regimes])
