"""Where public puzzles lie."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One archive of a puzzle.

    Parameters
    ----------
    name
        What people call the puzzle.
    base
        Address of the folder the archive lies in.
    archive
        Name of the zip archive there.
    size
        Its size in bytes.
    fingerprint
        Of the puzzle in it, see `permq.core.fingerprint`.
    """

    name: str
    base: str
    archive: str
    size: int
    fingerprint: str


SOURCES: dict[str, Source] = {
    "jane-street": Source(
        name="jane-street",
        base="https://huggingface.co/spaces/jane-street/droppedaneuralnet/resolve/main",
        archive="historical_data_and_pieces.zip",
        size=4_121_303,
        fingerprint="ec15a35a7e2c9d6c5d1a338f37d23bec4b218d048b993bdd6aaa38e7cb302889",
    )
}
