"""From a public address to a verified puzzle folder."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from permq.core.loading import DATA_NAME, PIECES_NAME, load_puzzle
from permq.core.puzzle import Puzzle
from permq.errors import DownloadError, OptionError, PuzzleError
from permq.fetching.download import download
from permq.fetching.sources import Source
from permq.fetching.unpack import unpack


def fetch(
    source: Source,
    folder: Path,
    *,
    base: str | None = None,
    timeout: float = 30.0,
    pause: float = 1.0,
    report: Callable[[int], None] | None = None,
) -> Puzzle:
    """Download a puzzle, check it and put it into a folder.

    The archive is kept as `<archive>.part` in the folder until it is complete, so that a later
    call goes on with it. Pieces and data appear only after their fingerprint was found right.

    Parameters
    ----------
    source
        Where it lies.
    folder
        Made when missing. A folder that already holds this puzzle is left as it is.
    base
        Another address of the folder the archive lies in.
    timeout
        Seconds to wait for the server at each step.
    pause
        Seconds between the first two attempts.
    report
        Called with the number of bytes there are.

    Raises
    ------
    DownloadError
        When it cannot be downloaded, unpacked or written, or is another puzzle.
    OptionError
        When the folder already holds something else.
    """
    if present := _present(source, folder):
        return present
    part = folder / f"{source.archive}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OptionError(f"{folder}: cannot be made: {error.strerror or error}") from None
    url = f"{(base or source.base).rstrip('/')}/{source.archive}"
    download(url, part, source.size, timeout=timeout, pause=pause, report=report)
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".unpacking-") as temporary:
            puzzle = _check(source, part, Path(temporary))
            for name in (PIECES_NAME, DATA_NAME):
                shutil.move(Path(temporary) / name, folder / name)
        part.unlink()
    except OSError as error:
        raise DownloadError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return puzzle


def _present(source: Source, folder: Path) -> Puzzle | None:
    """Give the puzzle that is already there; complain when it is another one."""
    if not any((folder / name).exists() for name in (PIECES_NAME, DATA_NAME)):
        return None
    try:
        puzzle = load_puzzle(folder)
    except PuzzleError as error:
        raise OptionError(f"{folder}: already holds files that are no puzzle: {error}") from None
    if puzzle.fingerprint != source.fingerprint:
        raise OptionError(f"{folder}: already holds another puzzle")
    return puzzle


def _check(source: Source, part: Path, folder: Path) -> Puzzle:
    """Unpack and verify; an archive that is not the right one is removed, it would stay wrong."""
    problem = "holds another puzzle"
    try:
        unpack(part, folder)
        puzzle = load_puzzle(folder)
        if puzzle.fingerprint == source.fingerprint:
            return puzzle
    except PuzzleError as error:
        problem = f"holds no whole puzzle: {error.path.name}: {error.problem}"
    except DownloadError as error:
        problem = str(error)
    part.unlink()
    raise DownloadError(f"what was downloaded is not {source.name} and was removed: {problem}")
