"""Temperature schedules; a new one is a file, a line here and a test."""

from permq.search.schedule.adaptive import Adaptive
from permq.search.schedule.clock import Clock
from permq.search.schedule.geometric import Geometric
from permq.search.schedule.reach import reach_at
from permq.search.schedule.schedule import Schedule

SCHEDULES: dict[str, type[Schedule]] = {
    "geometric": Geometric,
    "adaptive": Adaptive,
}

__all__ = ["SCHEDULES", "Adaptive", "Clock", "Geometric", "Schedule", "reach_at"]
