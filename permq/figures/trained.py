"""The record of a puzzle's training as figures look at it."""

from typing import NamedTuple

from permq.errors import MissingDataError
from permq.figures.figure import Sources
from permq.history.training import TrainingRecord
from permq.pool import history

HOW = "permq history twin trains a network of its shape on its data"
"""What gives a record to a puzzle whose training nobody recorded."""


class Seen(NamedTuple):
    """A record, and whose training it is of.

    Parameters
    ----------
    record
        Of more than one moment.
    whose
        What follows "during training": empty for the puzzle's own network.
    """

    record: TrainingRecord
    whose: str


def training_of(sources: Sources) -> Seen | None:
    """Record of the puzzle's own training, else of its twin's.

    None where there is neither, or of one moment only.
    """
    with sources.reading() as cursor:
        own = history.training(cursor, sources.row.id)
        twin = None if own is not None else history.twin(cursor, sources.row.id)
    if own is not None:
        seen = Seen(TrainingRecord.unpack(own), "")
    elif twin is not None:
        recipe, content = twin
        told = (
            f" of a twin: not the puzzle's own network, but one of its shape,\n"
            f"trained on {recipe['rows']:,} rows of its data"
            f" (labels: {recipe['labels']}) for {recipe['epochs']:,} epochs"
        )
        seen = Seen(TrainingRecord.unpack(content), told)
    else:
        return None
    return seen if len(seen.record.epochs) > 1 else None


def untrained(sources: Sources, error: MissingDataError) -> MissingDataError:
    """Make the error for a puzzle that has neither a record of training nor what stands in."""
    what = str(error).removeprefix(f"{sources.row.label}: ")
    return sources.missing(f"no training was recorded: {HOW}; and {what}")
