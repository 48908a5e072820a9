"""Arrangements: which pieces run in which order, as text, hash and distance."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from permq.errors import AnswerError


@dataclass(frozen=True)
class Arrangement:
    """A permutation of a puzzle's pieces.

    Parameters
    ----------
    inputs, outputs
        Piece indices of the input and output layers in running order, one of each per block.
    last
        Piece index of the last layer.

    Raises
    ------
    AnswerError
        When the two sequences differ in length, are empty, or a piece stands twice.
    """

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    last: int

    def __post_init__(self) -> None:
        if not self.inputs or len(self.inputs) != len(self.outputs):
            raise AnswerError(
                f"an answer needs as many input as output layers, "
                f"got {len(self.inputs)} and {len(self.outputs)}"
            )
        seen: set[int] = set()
        for piece in self.pieces:
            if piece in seen:
                raise AnswerError(f"piece {piece} stands twice in the answer")
            seen.add(piece)

    @property
    def pieces(self) -> tuple[int, ...]:
        """All piece indices in running order: inp, out, inp, out, …, last."""
        flat = [piece for block in zip(self.inputs, self.outputs, strict=True) for piece in block]
        return (*flat, self.last)

    @property
    def blocks(self) -> int:
        """Number of blocks, L."""
        return len(self.inputs)

    @property
    def pairing(self) -> dict[int, int]:
        """The output layer of every input layer."""
        return dict(zip(self.inputs, self.outputs, strict=True))

    @property
    def order(self) -> tuple[int, ...]:
        """The input layers in running order; with the pairing it says everything."""
        return self.inputs

    @cached_property
    def text(self) -> str:
        """The answer text: piece indices in running order, joined by commas."""
        return ",".join(map(str, self.pieces))

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the answer text, in hexadecimal."""
        return hashlib.sha256(self.text.encode("ascii")).hexdigest()

    @classmethod
    def of(cls, pieces: Sequence[int]) -> "Arrangement":
        """Build from all piece indices in running order.

        Raises
        ------
        AnswerError
            When their number is not odd and at least three, or a piece stands twice.
        """
        if len(pieces) < 3 or len(pieces) % 2 == 0:
            raise AnswerError(
                f"an answer has an odd number of pieces, at least three; got {len(pieces)}"
            )
        whole = [int(piece) for piece in pieces]
        return cls(tuple(whole[0:-1:2]), tuple(whole[1:-1:2]), whole[-1])

    @classmethod
    def parse(cls, text: str) -> "Arrangement":
        """Read an answer text; blanks and one pair of brackets around it are allowed.

        Raises
        ------
        AnswerError
            When it is not a list of distinct whole numbers of a possible length.
        """
        bare = text.strip()
        if bare.startswith("[") and bare.endswith("]"):
            bare = bare[1:-1]
        pieces = []
        for part in bare.split(","):
            word = part.strip()
            if not (word.isascii() and word.isdigit() and len(word) < 10):
                raise AnswerError(f"an answer is piece indices joined by commas; got {word[:40]!r}")
            pieces.append(int(word))
        return cls.of(pieces)

    @classmethod
    def read(cls, answer: str | Path) -> "Arrangement":
        """Parse an answer given as text or as the path of a file that holds it.

        Raises
        ------
        AnswerError
            When it is neither.
        """
        text = str(answer)
        if isinstance(answer, str) and ("," in text or text.strip().isdigit()):
            return cls.parse(text)
        if not text.strip():
            raise AnswerError("the answer is empty")
        path = Path(text)
        try:
            if path.stat().st_size > 1 << 20:
                raise AnswerError(f"{path}: too large for an answer")
            content = path.read_text("ascii")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a text of piece indices"
            raise AnswerError(f"{path}: {reason}") from None
        try:
            return cls.parse(content)
        except AnswerError as error:
            raise AnswerError(f"{path}: {error}") from None


def pairs_right(one: Arrangement, other: Arrangement) -> int:
    """Number of blocks of `one` whose two layers are also paired in `other`."""
    return len(set(one.pairing.items()) & set(other.pairing.items()))


def positions_right(one: Arrangement, other: Arrangement) -> int:
    """Number of positions at which both run the same two layers."""
    mine = zip(one.inputs, one.outputs, strict=True)
    theirs = zip(other.inputs, other.outputs, strict=True)
    return sum(a == b for a, b in zip(mine, theirs, strict=False))


def inversions(one: Arrangement, other: Arrangement) -> int:
    """Number of pairs of input layers that the two arrangements run in opposite order.

    Raises
    ------
    AnswerError
        When the arrangements do not hold the same input layers.
    """
    rank = {piece: position for position, piece in enumerate(other.inputs)}
    if set(rank) != set(one.inputs):
        raise AnswerError("the two answers do not hold the same input layers")
    ranks = [rank[piece] for piece in one.inputs]
    return sum(
        later < earlier for position, earlier in enumerate(ranks) for later in ranks[position + 1 :]
    )


def kendall_tau(one: Arrangement, other: Arrangement) -> float:
    """Kendall's rank correlation of the two orders of input layers, from -1 to 1.

    Raises
    ------
    AnswerError
        When the arrangements do not hold the same input layers.
    """
    total = one.blocks * (one.blocks - 1) / 2
    return 1.0 if total == 0 else 1.0 - 2.0 * inversions(one, other) / total
