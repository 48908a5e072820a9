"""Where a search begins: the pairs and the arrangement that a user names in words."""

from collections.abc import Iterable
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from permq.core.arrangement import Arrangement
from permq.core.puzzle import Indices, Puzzle
from permq.errors import AnswerError, OptionError
from permq.search.problem import Problem


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
    """The puzzle with the roles of square layers that the first answer among the texts gives.

    Raises
    ------
    AnswerError
        When the answer cannot be read.
    """
    for text in texts if puzzle.square else ():
        if text is not None and not text.endswith(".npz") and _is_answer(text):
            return puzzle.for_answer(Arrangement.read(text))
    return puzzle


def pairing_of(inp: Indices, out: Indices) -> Indices:
    """(L,) pairing, by input layer, of two index sequences in running order."""
    pair = np.empty(len(inp), np.intp)
    pair[inp] = out
    return pair


def _is_answer(text: str) -> bool:
    return "," in text or text.strip().isdigit() or Path(text).exists()


def _unknown(what: str, text: str, names: Iterable[str]) -> OptionError:
    known = ", ".join(names)
    return OptionError(f"{text!r} is no {what}, no answer and no file; known names: {known}")


def _saved_pairs(puzzle: Puzzle, path: Path) -> Indices:
    """(L,) pairing saved in an .npz file under `pair`."""
    try:
        with np.load(path, allow_pickle=False) as saved:
            pair = np.asarray(saved["pair"])
    except KeyError:
        raise OptionError(f"{path}: holds no array named 'pair'") from None
    except (OSError, ValueError, BadZipFile, EOFError) as error:
        reason = getattr(error, "strerror", None) or "no .npz file"
        raise OptionError(f"{path}: {reason}") from None
    whole = np.issubdtype(pair.dtype, np.integer)
    if not whole or not np.array_equal(np.sort(pair.ravel()), np.arange(puzzle.blocks)):
        raise AnswerError(f"{path}: 'pair' is no pairing of {puzzle.blocks} layers")
    return pair.ravel().astype(np.intp)
