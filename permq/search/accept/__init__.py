"""Acceptance criteria; a new one is a file, a line here and a test."""

from permq.search.accept.accept import Accept
from permq.search.accept.greedy import Greedy
from permq.search.accept.metropolis import Metropolis
from permq.search.accept.record import RecordToRecord
from permq.search.accept.threshold import Threshold

CRITERIA: dict[str, Accept] = {
    "metropolis": Metropolis(),
    "greedy": Greedy(),
    "threshold": Threshold(),
    "record": RecordToRecord(),
}

__all__ = ["CRITERIA", "Accept"]
