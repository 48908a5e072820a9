"""Solutions of the pool as facts and as lines."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from permq.pool.puzzles import PuzzleRow
    from permq.pool.solutions import SolutionRow


def facts(row: "SolutionRow") -> dict[str, object]:
    """A solution as JSON shows it."""
    return {
        "id": row.id,
        "cost": row.cost,
        "solved": row.solved,
        "sha256": row.hash,
        "sha256_match": row.match,
        "exact": row.exact,
        "method": row.method,
        "node": row.node,
        "job": row.job_id,
        "parent": row.parent_id,
        "found_at": row.found_at.isoformat(),
        "answer": row.arrangement.text,
    }


def about(puzzle: "PuzzleRow") -> dict[str, object]:
    """A puzzle as JSON shows it beside its solutions."""
    return {"puzzle": puzzle.name, "fingerprint": puzzle.fingerprint}


def nothing(puzzle: "PuzzleRow") -> list[str]:
    """What is said of a puzzle without solutions."""
    return [f"the pool has no solution of {puzzle.label} yet"]


def meaning(row: "SolutionRow") -> str:
    """What a solution is, in words."""
    if row.match:
        return "sha256 match"
    if row.solved:
        return "exact, no sha256 is known"
    return "equivalent: exact, but another sha256" if row.exact else "not exact"


def origin(row: "SolutionRow") -> str:
    """What found a solution, where and when."""
    words = [row.method]
    if row.node:
        words.append(f"on {row.node}")
    if row.job_id:
        words.append(f"in job {row.job_id}")
    return f"{' '.join(words)}, {row.found_at:%Y-%m-%d %H:%M:%S %Z}"


def table(rows: "Sequence[SolutionRow]") -> Iterator[str]:
    """Lines of solutions, one each."""
    yield f"{'solution':>9}{'cost':>14}  {'sha256':12}  found by"
    for row in rows:
        mark = f"  ({meaning(row)})" if row.exact else ""
        yield f"{row.id:>9}{row.cost:>14.6g}  {row.hash[:12]}  {origin(row)}{mark}"
