"""Puts dropped residual networks back together.

The public names below are imported when they are first used, so that `import permq` costs nothing::

    import permq

    puzzle = permq.load_puzzle("puzzle")
    answer = permq.Arrangement.read("answer.txt")
    print(permq.verify(puzzle, answer).solved)
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from permq.core.arrangement import Arrangement as Arrangement
    from permq.core.loading import load_puzzle as load_puzzle
    from permq.core.objective import Verification as Verification
    from permq.core.objective import objective as objective
    from permq.core.objective import verify as verify
    from permq.core.puzzle import Puzzle as Puzzle
    from permq.errors import PermqError as PermqError
    from permq.search.solve import Solution as Solution
    from permq.search.solve import SolveSettings as SolveSettings
    from permq.search.solve import solve as solve

__version__ = "0.1.0"

# Public names and the modules that hold them.
_HOMES = {
    "Arrangement": "permq.core.arrangement",
    "PermqError": "permq.errors",
    "Puzzle": "permq.core.puzzle",
    "Solution": "permq.search.solve",
    "SolveSettings": "permq.search.solve",
    "Verification": "permq.core.objective",
    "load_puzzle": "permq.core.loading",
    "objective": "permq.core.objective",
    "solve": "permq.search.solve",
    "verify": "permq.core.objective",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
