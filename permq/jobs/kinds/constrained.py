"""`constrained`: annealing with anchored pairs or locked positions."""

from typing import TYPE_CHECKING, ClassVar

from permq.errors import OptionError
from permq.jobs import search_kind as shared
from permq.jobs.beginning import ENSEMBLE, Beginning
from permq.jobs.kinds.anneal import PARAMETERS, Anneal
from permq.jobs.parameters import Parameter, Params
from permq.jobs.places import read_places, usual_places
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Indices, Puzzle

MUTUAL = "mutual"


def check_anchor(text: str) -> str:
    """Give places or `mutual` back in their usual form; a ValueError says what is wrong."""
    return MUTUAL if text.strip() == MUTUAL else usual_places(text)


class Constrained(Anneal):
    """Anneal with locked positions, whose blocks stay, or anchored input layers, whose pairs stay.

    Anchors mean something only where others may re-pair, so that with them output layers are
    exchanged too, unless moves are given.
    """

    name = "constrained"
    summary = "annealing with anchored pairs or locked positions"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *PARAMETERS,
        shared.LOCK,
        Parameter(
            "anchor",
            str,
            "",
            "Input pieces whose pairs stay, such as 5,8, or mutual: those that are mutually best.",
            check=check_anchor,
        ),
    )

    def check(self, params: Params, blocks: int | None = None) -> None:
        """Complain also where nothing constrains."""
        super().check(params, blocks)
        if not params["lock"] and not params["anchor"]:
            raise OptionError("constrained needs positions to lock or input pieces to anchor")

    def moves(self, task: Task) -> str | None:
        """Weights of the moves; with anchors the others may re-pair."""
        given = super().moves(task)
        if given is None and task.params["anchor"] and not task.params["joint"]:
            return "swap:1,insertion:1,output-swap:1"
        return given

    def held(self, task: Task, begin: Beginning) -> tuple[frozenset[int], frozenset[int]]:
        """Locked positions and anchored input layers (local indices)."""
        anchor = task.params["anchor"]
        if anchor == MUTUAL:
            anchored = mutual_pairs(begin.puzzle, begin.inp, begin.out)
        else:
            anchored = local_inputs(begin.puzzle, read_places(anchor))
        return read_places(task.params["lock"]), anchored


def local_inputs(puzzle: "Puzzle", pieces: frozenset[int]) -> frozenset[int]:
    """Local indices of input layers given by piece index.

    Raises
    ------
    OptionError
        When a piece is no input layer.
    """
    local = {int(piece): index for index, piece in enumerate(puzzle.inp_pieces)}
    for piece in sorted(pieces):
        if piece not in local:
            raise OptionError(f"anchor: piece {piece} is no input layer of this puzzle")
    return frozenset(local[piece] for piece in pieces)


def mutual_pairs(puzzle: "Puzzle", inp: "Indices", out: "Indices") -> frozenset[int]:
    """Input layers (local) that stand with the output layer that is mutually best with them."""
    from permq.pairing.assignment import mutual_best
    from permq.pairing.summary import cost_of

    best = mutual_best(cost_of(ENSEMBLE, puzzle))
    return frozenset(int(a) for a, o in zip(inp, out, strict=True) if best[a, o])
