"""Solving a puzzle from its pieces: the composition of pairing, ordering and search."""

from permq.search.solve.settings import SolveSettings
from permq.search.solve.solution import Placement, Solution, Stage
from permq.search.solve.solver import solve

__all__ = ["Placement", "Solution", "SolveSettings", "Stage", "solve"]
