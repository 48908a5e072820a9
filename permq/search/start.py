"""Where a search begins: the pairs and the arrangement that a user names in words."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from permq.core.arrangement import Arrangement
from permq.core.files import UnreadableError, read_bounded
from permq.core.npz import read_npz
from permq.core.puzzle import Indices, Puzzle
from permq.errors import AnswerError, OptionError, PuzzleError
from permq.search.problem import Problem

MAX_PAIRS_BYTES = 64 << 20


def resolve_pairs(puzzle: Puzzle, text: str) -> Indices:
    """Pairing that a method's name, a file or an answer text says.

    Parameters
    ----------
    puzzle
        Whose layers to pair.
    text
        A pairing score's name, `ensemble`, an answer (text or file) whose pairs to take, or a
        `.npz` file saved by `permq pair --save`.

    Returns
    -------
    (L,) intp
        `pair[a]` is the output layer of input layer `a`.

    Raises
    ------
    OptionError
        When it is none of these.
    AnswerError
        When an answer is none of this puzzle.
    """
    from permq.pairing.registry import SCORES

    if text in SCORES:
        return SCORES[text].pairing(puzzle)
    if text == "ensemble":
        from permq.pairing.assignment import assign
        from permq.pairing.ensemble import probabilities

        # the most probable assignment; a floor keeps impossible pairs finite
        return assign(-np.log(np.maximum(probabilities(puzzle), 1e-300)))
    if text.endswith(".npz"):
        return _saved_pairs(puzzle, Path(text))
    if not _is_answer(text):
        raise _unknown("pairing method", text, ["ensemble", *SCORES])
    inp, out = puzzle.indices(Arrangement.read(text))
    return pairing_of(inp, out)


def resolve_start(
    problem: Problem, puzzle: Puzzle, text: str, pair: Indices, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Arrangement that `random`, a seed's name, a file or an answer text says.

    Parameters
    ----------
    problem
        The rows on which a seed looks at the blocks.
    puzzle
        The puzzle the problem was made of.
    text
        `random`, the name of an order's seed (with `:reversed` to run it backwards, or `:best` for
        the direction of lower cost), or an answer (text or file).
    pair
        (L,) the pairs that `random` and seeds put in order; an answer brings its own.
    rng
        Draws the random order.

    Returns
    -------
    inp, out
        (L,) local indices in running order.

    Raises
    ------
    OptionError
        When it is none of these.
    AnswerError
        When an answer is none of this puzzle.
    """
    from permq.ordering.paired import Paired
    from permq.ordering.registry import SEEDS

    if text == "random":
        inp = rng.permutation(puzzle.blocks).astype(np.intp)
        return inp, pair[inp]
    name, _, direction = text.partition(":")
    if name in SEEDS:
        if direction not in ("", "reversed", "best"):
            raise OptionError(f"a seed runs plain, as {name}:reversed or {name}:best; got {text!r}")
        blocks = Paired(problem.network, pair, problem.x, problem.pred)
        inp = SEEDS[name].order(blocks, reverse=direction == "reversed")
        if direction == "best" and blocks.cost(inp[::-1]) < blocks.cost(inp):
            inp = inp[::-1].copy()
        return inp, pair[inp]
    if not _is_answer(text):
        raise _unknown("start", text, ["random", *SEEDS])
    return puzzle.indices(Arrangement.read(text))


def with_roles_of(puzzle: Puzzle, *texts: str | None) -> Puzzle:
    """The puzzle with the roles of square layers that the first answer or file of pairs gives.

    Where none of the texts is one, the likeliest roles are taken; layers that are not square have
    theirs by shape.

    Raises
    ------
    AnswerError, OptionError
        When the answer or file cannot be read.
    """
    if not puzzle.square:
        return puzzle
    for text in texts:
        if text is None:
            continue
        if text.endswith(".npz"):
            inputs = _saved(Path(text)).get("inp_pieces")
            if inputs is not None:
                return puzzle.with_roles(inputs.tolist())
        elif _is_answer(text):
            return puzzle.for_answer(Arrangement.read(text))
    from permq.pairing.roles import split_roles

    return puzzle.with_roles(split_roles(puzzle, 1)[0].inputs)


def pairing_of(inp: Indices, out: Indices) -> Indices:
    """(L,) pairing, by input layer, of two index sequences in running order."""
    pair = np.empty(len(inp), np.intp)
    pair[inp] = out
    return pair


def _is_answer(text: str) -> bool:
    try:
        return "," in text or text.strip().isdigit() or Path(text).exists()
    except OSError:  # no name of a file, for instance too long
        return False


def _unknown(what: str, text: str, names: Iterable[str]) -> OptionError:
    known = ", ".join(names)
    return OptionError(f"{text!r} is no {what}, no answer and no file; known names: {known}")


def _saved_pairs(puzzle: Puzzle, path: Path) -> Indices:
    """(L,) pairing saved in an .npz file under `pair`, for the pieces it names, where it does."""
    saved = _saved(path)
    pair = saved["pair"]
    if not np.array_equal(np.sort(pair), np.arange(puzzle.blocks)):
        raise AnswerError(f"{path}: 'pair' is no pairing of {puzzle.blocks} layers")
    for role, pieces in (("inp_pieces", puzzle.inp_pieces), ("out_pieces", puzzle.out_pieces)):
        if role in saved and not np.array_equal(saved[role], pieces):
            raise AnswerError(f"{path}: holds pairs of other pieces than this puzzle's layers")
    return pair.astype(np.intp)


def _saved(path: Path) -> dict[str, Indices]:
    """`pair` of an .npz file, and `inp_pieces` and `out_pieces` where it has them."""
    try:
        found = read_npz(read_bounded(path, MAX_PAIRS_BYTES), MAX_PAIRS_BYTES)
    except PuzzleError as error:
        raise OptionError(str(error)) from None
    except UnreadableError as error:
        raise OptionError(f"{path}: no .npz file: {error}") from None
    names = [name for name in ("pair", "inp_pieces", "out_pieces") if name in found]
    saved: dict[str, Indices] = {name: found[name] for name in names}
    if "pair" not in saved:
        raise OptionError(f"{path}: holds no array named 'pair'")
    for name, values in saved.items():
        if values.ndim != 1 or not np.issubdtype(values.dtype, np.integer):
            raise AnswerError(f"{path}: {name!r} is no list of whole numbers")
    return saved
