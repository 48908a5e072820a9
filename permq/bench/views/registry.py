"""Every view, one line each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from permq.bench.views.board import HardExampleBoard
from permq.bench.views.by_solver import BySolver
from permq.bench.views.curves import Reliability, Roc
from permq.bench.views.factor_effect import FactorEffect
from permq.bench.views.heat_map import HeatMap
from permq.bench.views.radar import Radar
from permq.bench.views.score_by_puzzle import ScoreByPuzzle
from permq.bench.views.view import View

_ALL: tuple[View[Any], ...] = (
    HardExampleBoard(),
    ScoreByPuzzle(),
    HeatMap(),
    BySolver(),
    FactorEffect(),
    Radar(),
    Roc(),
    Reliability(),
)

VIEWS: Mapping[str, View[Any]] = MappingProxyType({view.name: view for view in _ALL})
