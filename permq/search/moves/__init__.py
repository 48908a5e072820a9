"""The moves of the search; a new one is a file, a line here and a test."""

from permq.search.moves.input_swap import InputSwap
from permq.search.moves.insertion import Insertion
from permq.search.moves.move import Move, Proposal
from permq.search.moves.output_swap import OutputSwap
from permq.search.moves.reversal import Reversal
from permq.search.moves.rotation import Rotation
from permq.search.moves.segment import SegmentMove
from permq.search.moves.swap import PairedSwap

MOVES: dict[str, Move] = {
    "swap": PairedSwap(),
    "insertion": Insertion(),
    "reversal": Reversal(),
    "segment": SegmentMove(),
    "rotation": Rotation(),
    "input-swap": InputSwap(),
    "output-swap": OutputSwap(),
}

__all__ = ["MOVES", "Move", "Proposal"]
