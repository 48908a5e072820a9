"""How right an arrangement is, where the answer is known."""

from collections.abc import Sequence
from dataclasses import dataclass

from permq.core.arrangement import Arrangement

VERDICTS = {
    "solved": "right",
    "equivalent": "the same function by other indices",
    "order": "all pairs right, their order wrong",
    "pairs": "wrong pairs",
    "roles": "input taken for output layers",
    "nothing": "no arrangement found",
    "failed": "its jobs failed",
    "cancelled": "called off",
}
"""How a run can be right or wrong."""


@dataclass(frozen=True)
class Judgement:
    """How right an arrangement is.

    Parameters
    ----------
    pairs
        Blocks that have both their layers.
    positions
        Such blocks that stand in their places.
    roles
        Whether every input layer was taken for one.
    """

    pairs: int
    positions: int
    roles: bool


def judge(found: Sequence[int], answer: Sequence[int]) -> Judgement:
    """Compare permutations: pieces in running order, inp, out, …, last."""
    mine, right = Arrangement.of(found), Arrangement.of(answer)
    blocks = list(zip(right.inputs, right.outputs, strict=True))
    given = list(zip(mine.inputs, mine.outputs, strict=True))
    return Judgement(
        pairs=len(set(given) & set(blocks)),
        positions=sum(a == b for a, b in zip(given, blocks, strict=True)),
        roles=set(mine.inputs) == set(right.inputs),
    )


def pairs_right(pairs: Sequence[Sequence[int]], answer: Sequence[int]) -> int:
    """Count the (input, output) pairs of pieces that are blocks of the answer."""
    right = Arrangement.of(answer)
    return len({(a, o) for a, o in pairs} & set(zip(right.inputs, right.outputs, strict=True)))


def verdict(judgement: Judgement | None, blocks: int, *, solved: bool, exact: bool) -> str:
    """Name how an arrangement is right or wrong, one of `VERDICTS`."""
    if solved:
        return "solved"
    if exact:
        return "equivalent"
    if judgement is None:
        return "nothing"
    if not judgement.roles:
        return "roles"
    return "order" if judgement.pairs == blocks else "pairs"
