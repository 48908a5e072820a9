"""`cascade`: swaps until none improves."""

from typing import TYPE_CHECKING, Any

from permq.jobs import search_kind as shared
from permq.jobs.descent_kind import LAYERS, Descent
from permq.jobs.parameters import Parameter, Params

if TYPE_CHECKING:
    from permq.core.puzzle import Indices
    from permq.search.exchange import Exchanges


class Cascade(Descent):
    """Swap until no swap improves."""

    name = "cascade"
    summary = "all swaps, the improving ones made, until none improves"
    parameters = (
        shared.FROM,
        shared.PAIRS,
        shared.rows(256),
        shared.steps(100, "Rounds over all swaps, at most."),
        Parameter("reach", int, None, "Largest distance of a swap.", low=1),
        LAYERS,
        shared.LOCK,
    )

    def exchanges(self, params: Params, free: "Indices") -> "Exchanges":
        """All swaps."""
        from permq.search.exchange import swaps

        reach: Any = params["reach"]
        layers: Any = params["layers"]
        return swaps(free, reach, layers)
