"""The record of a puzzle's training as figures look at it."""

from permq.figures.figure import Sources
from permq.history.training import TrainingRecord
from permq.pool import history


def training_of(sources: Sources) -> TrainingRecord | None:
    """Read the record of the training; None where there is none, or of one moment only."""
    with sources.reading() as cursor:
        content = history.training(cursor, sources.row.id)
    if content is None:
        return None
    record = TrainingRecord.unpack(content)
    return record if len(record.epochs) > 1 else None
