"""`rotate`: three-way rotations until none improves."""

from typing import TYPE_CHECKING, Any

from permq.jobs import search_kind as shared
from permq.jobs.descent_kind import LAYERS, Descent
from permq.jobs.parameters import Parameter, Params

if TYPE_CHECKING:
    from permq.core.puzzle import Indices
    from permq.search.exchange import Exchanges


class Rotate(Descent):
    """Rotate three positions until no rotation improves."""

    name = "rotate"
    summary = "all three-way rotations, the improving ones made, until none improves"
    parameters = (
        shared.FROM,
        shared.PAIRS,
        shared.rows(256),
        shared.steps(100, "Rounds over all rotations, at most."),
        Parameter(
            "span", int, None, "Largest distance of the first of three from the last.", low=2
        ),
        LAYERS,
        shared.LOCK,
    )

    def exchanges(self, params: Params, free: "Indices") -> "Exchanges":
        """All rotations."""
        from permq.search.exchange import rotations

        span: Any = params["span"]
        layers: Any = params["layers"]
        return rotations(free, span, layers)
