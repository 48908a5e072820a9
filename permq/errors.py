"""Every exception of permq.

::

    PermqError                  root; the command line prints it as one line
    ├── InputError              what the user gave cannot be used; exit status 2
    │   ├── PuzzleError         a puzzle's files are missing, damaged or do not fit together
    │   ├── AnswerError         an answer is no permutation of the puzzle's pieces
    │   ├── OptionError         an option or parameter is unknown or out of range
    │   └── CheckpointError     a checkpoint is damaged, of another version or another puzzle
    └── DownloadError           a file could not be fetched; exit status 1
"""

from pathlib import Path


class PermqError(Exception):
    """Root of all errors that permq raises on purpose; its text is one clear line."""

    exit_code = 1


class InputError(PermqError):
    """What the user gave cannot be used."""

    exit_code = 2


class PuzzleError(InputError):
    """A puzzle's files are missing, damaged or do not fit together.

    Parameters
    ----------
    path
        The file or folder at fault.
    problem
        What is wrong with it, without the path.
    """

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = Path(path)
        self.problem = problem


class AnswerError(InputError):
    """An answer is no permutation of the puzzle's pieces, or not written as one."""


class OptionError(InputError):
    """An option or parameter is unknown or out of range."""


class CheckpointError(InputError):
    """A checkpoint is damaged, of another version or of another puzzle."""


class DownloadError(PermqError):
    """A file could not be fetched."""
