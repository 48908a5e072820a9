"""The pairing scores, one per file; `permq.pairing.registry` lists them.

`SCORES` is found here on first use only: the quick way of pairing needs three of the files.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from permq.pairing.registry import SCORES as SCORES


def __getattr__(name: str) -> Any:
    if name == "SCORES":
        from permq.pairing.registry import SCORES

        return SCORES
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
