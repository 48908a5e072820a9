"""Square layers: which pieces are inputs is searched beside everything else.

Where d == h no shape tells input from output layers. The most plausible choices of roles take
turns at the first beginnings of the joint search, twice as many from turn to turn. They differ from
the first by the exchange of one input with one output layer; layers are exchanged first whose own
role is in doubt and whose pair is, since a layer in the wrong role finds no good partner.
"""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import assign
from permq.pairing.ensemble import probabilities
from permq.pairing.roles import role_probabilities
from permq.search.solve.long_way import long_way
from permq.search.solve.session import Session
from permq.search.solve.short_way import short_way

CHOICES = 24
"""Choices of roles beside the first."""
FIRST = 2
"""Beginnings in the first turn of every choice: the cheap ones."""
_LEAST = 1e-9
"""Probability below which no difference is made."""


def try_roles(session: Session, puzzle: Puzzle, threads: int) -> None:
    """Search with each plausible choice of roles until the answer is found or the budget ends."""
    with session.timed("pair"):
        chance = role_probabilities(puzzle)
        pieces = np.concatenate([puzzle.inp_pieces, puzzle.out_pieces])
        likely = pieces[np.argsort(-chance, kind="stable")[: puzzle.blocks]]
        first = puzzle.with_roles(likely.tolist())
    session.stage("roles of square layers", None)
    sure = short_way(session, first)
    variants = [first]
    turns = FIRST
    while not session.stop():
        for variant in variants:
            if session.stop():
                break
            long_way(session, variant, sure if variant is first else None, threads, turns)
        if len(variants) == 1 and not session.stop():
            doubt = dict(zip(pieces.tolist(), chance.tolist(), strict=True))
            variants += [puzzle.with_roles(roles) for roles in exchanges(first, doubt, CHOICES)]
            continue
        turns *= 2


def exchanges(puzzle: Puzzle, chance: dict[int, float], count: int) -> list[list[int]]:
    """Choices of roles that exchange one input with one output layer, most plausible first.

    Parameters
    ----------
    puzzle
        In the roles to change.
    chance
        Probability that a piece is an input layer.
    count
        How many choices are wanted.

    Returns
    -------
    list of L piece indices to take as inputs
    """
    likely = probabilities(puzzle)
    pair = assign(-np.log(np.maximum(likely, _LEAST)))
    firm = _log_odds(likely[np.arange(puzzle.blocks), pair])
    inputs, outputs = puzzle.inp_pieces.tolist(), puzzle.out_pieces.tolist()
    role_of_input = _log_odds(np.array([chance[piece] for piece in inputs]))
    role_of_output = -_log_odds(np.array([chance[piece] for piece in outputs]))
    firm_output = np.empty(puzzle.blocks)
    firm_output[pair] = firm
    cost = (role_of_input + firm)[:, None] + (role_of_output + firm_output)[None]
    chosen = []
    for place in np.argsort(cost, axis=None, kind="stable")[:count]:
        a, o = divmod(int(place), puzzle.blocks)
        chosen.append([piece for piece in inputs if piece != inputs[a]] + [outputs[o]])
    return chosen


def _log_odds(probability: np.ndarray) -> np.ndarray:
    bounded = np.clip(probability, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(bounded) - np.log1p(-bounded))
