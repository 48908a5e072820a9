"""When to stop before the budget of steps is spent."""

from permq.search.stop.deadline import Deadline
from permq.search.stop.either import Either
from permq.search.stop.flag import Flag
from permq.search.stop.never import never
from permq.search.stop.overdue import Overdue
from permq.search.stop.stop import Stop

__all__ = ["Deadline", "Either", "Flag", "Overdue", "Stop", "never"]
