"""Every exception of permq.

::

    PermqError                  root; the command line prints it as one line
    ├── InputError              what the user gave cannot be used; exit status 2
    │   ├── PuzzleError         a puzzle's files are missing, damaged or do not fit together
    │   ├── AnswerError         an answer is no permutation of the puzzle's pieces
    │   ├── OptionError         an option or parameter is unknown or out of range
    │   └── CheckpointError     a checkpoint is damaged, of another version or another puzzle
    ├── MissingDataError        there is nothing to show or tell yet; exit status 1
    ├── DownloadError           a file could not be fetched; exit status 1
    └── ServiceError            Postgres, Redis or a server of one's own does not do its part
        ├── PoolError           Postgres cannot be reached or refuses; exit status 1
        │   ├── RightsError     the role that is logged in lacks a right
        │   ├── SchemaError     the database's schema is newer or altered
        │   │   └── OldSchemaError   it is older, and this user may not change it
        │   └── LeaseLostError  somebody else owns the job by now: nothing was written
        └── BrokerError         Redis cannot be reached or refuses; exit status 1
"""

from pathlib import Path

LONGEST_TEXT = 2_000
"""Characters of an error's text; what quotes a whole file helps nobody."""


class PermqError(Exception):
    """Root of all errors that permq raises on purpose; its text is one clear line."""

    exit_code = 1

    def __str__(self) -> str:
        """The text as any terminal and log can show it.

        Errors quote what they refuse, which may hold line ends, escape sequences of terminals, or
        bytes of no character at all.
        """
        text = super().__str__()
        if not text.isprintable():
            text = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
        if len(text) <= LONGEST_TEXT:
            return text
        half = LONGEST_TEXT // 2
        # what is quoted stands first, what is wrong with it last
        return f"{text[: half - 3]} … {text[-half:]}"


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


class MissingDataError(PermqError):
    """The pool does not hold yet what a picture or a report would show."""


class DownloadError(PermqError):
    """A file could not be fetched."""


class ServiceError(PermqError):
    """Postgres, Redis or a server of one's own does not do its part."""


class PoolError(ServiceError):
    """Postgres cannot be reached, or refuses what it was asked."""


class RightsError(PoolError):
    """The role that is logged in at Postgres may not do what it was asked."""


class SchemaError(PoolError):
    """The database's schema is newer than this software, or was altered by hand."""


class OldSchemaError(SchemaError):
    """The database's schema is older than this software, and this user may not change it."""


class LeaseLostError(PoolError):
    """A job's fencing token is no longer the caller's, so nothing was written."""


class BrokerError(ServiceError):
    """Redis cannot be reached, or refuses what it was asked."""
