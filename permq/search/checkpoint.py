"""Annealing checkpoints: a state as plain JSON and back.

A checkpoint is a dictionary of numbers, lists and text that goes through any JSON storage. Floats
stand as numbers (their shortest exact decimal form), infinite ones as null. It names its format,
its version and the problem it belongs to, and is checked field by field when it comes back.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from math import isfinite
from typing import Any

import numpy as np

from permq.errors import CheckpointError, OptionError
from permq.search.annealing_settings import AnnealSettings
from permq.search.annealing_state import AnnealState
from permq.search.checkpoint_fields import LARGEST_COUNT, cost, count, parsed, permutation, places
from permq.search.problem import Problem
from permq.search.row_plan import PORTIONS, RowPlan
from permq.search.schedule import Clock

FORMAT = "permq-anneal"
VERSION = 1

_COUNTS = ("seed", "step", "improved", "reheated", "window_accepted", "early", "evaluations")
_COSTS = ("current", "best", "start_mse", "hot", "temperature")
_SEQUENCES = ("inp", "out", "best_inp", "best_out")
_SETS = ("locked", "anchored")
_TALLIES = ("proposed", "accepted")


def problem_digest(problem: Problem) -> str:
    """SHA-256, in hexadecimal, over the layers and the rows that a search works on."""
    network, digest = problem.network, hashlib.sha256()
    digest.update(network.activation.name.encode())
    for array in (network.inward, network.outward, network.readout, problem.x, problem.pred):
        digest.update(repr((array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def save(problem: Problem, state: AnnealState) -> dict[str, Any]:
    """Turn a state into a dictionary that `json.dumps` takes."""
    data: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "problem": problem_digest(problem),
        "settings": asdict(state.settings),
        "clock": [state.clock.step, state.clock.done],
        "rows": state.plan.rows.tolist(),
        "portion": state.plan.portion,
    }
    data |= {name: getattr(state, name) for name in _COUNTS}
    data |= {name: _finite(getattr(state, name)) for name in _COSTS}
    data |= {name: getattr(state, name).tolist() for name in _SEQUENCES}
    data |= {name: sorted(getattr(state, name)) for name in _SETS}
    data |= {name: dict(getattr(state, name)) for name in _TALLIES}
    return data


def dumps(problem: Problem, state: AnnealState) -> str:
    """Turn a state into JSON text."""
    return json.dumps(save(problem, state), allow_nan=False)


def loads(problem: Problem, text: str | bytes) -> AnnealState:
    """Read a state from JSON text; see `restore` for the errors."""
    return restore(problem, parsed(text))


def restore(problem: Problem, data: object) -> AnnealState:
    """Turn a checkpoint back into the state it was made from.

    Raises
    ------
    CheckpointError
        When it is no checkpoint of annealing, of another version, belongs to other layers or
        rows, or a field is missing or out of range.
    """
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise CheckpointError("this is no checkpoint of annealing")
    if data.get("version") != VERSION:
        raise CheckpointError(
            f"the checkpoint has version {data.get('version')!r}, this program reads {VERSION}"
        )
    if data.get("problem") != problem_digest(problem):
        raise CheckpointError("the checkpoint belongs to another puzzle or to other rows of it")
    try:
        values: dict[str, Any] = {"settings": _settings(data["settings"])}
        step, done = data["clock"]
        values["clock"] = Clock(count(step), cost(done))
        values |= {name: count(data[name]) for name in _COUNTS}
        values |= {name: cost(data[name]) for name in _COSTS}
        values["plan"] = _plan(data["rows"], data["portion"], len(problem.x))
        values |= {name: permutation(data[name], problem.blocks) for name in _SEQUENCES}
        values |= {name: places(data[name], problem.blocks) for name in _SETS}
        values |= {name: _tally(data[name], values["settings"]) for name in _TALLIES}
        state = AnnealState(**values)
    except KeyError as error:
        raise CheckpointError(f"the checkpoint is damaged: {error} is missing") from None
    except (TypeError, ValueError, OverflowError, OptionError) as error:
        raise CheckpointError(f"the checkpoint is damaged: {error}") from None
    if state.step > state.settings.steps or not 0 <= state.clock.done <= 1:
        raise CheckpointError("the checkpoint is damaged: it stands beyond its end")
    return state


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _settings(data: object) -> AnnealSettings:
    known = {field.name for field in fields(AnnealSettings)}
    if not isinstance(data, Mapping) or set(data) != known:
        raise ValueError("its settings are not those of this program")
    usual = AnnealSettings()
    for name, value in data.items():
        if not _alike(value, getattr(usual, name)):
            raise ValueError(f"{name} cannot be {str(value)[:40]}")
    return AnnealSettings(**data)


def _alike(value: object, usual: object) -> bool:
    """Whether a setting is of the type that it usually has."""
    if isinstance(usual, Mapping):
        return isinstance(value, Mapping)
    if isinstance(usual, str):
        return isinstance(value, str)
    if type(usual) is int:
        return type(value) is int and value <= LARGEST_COUNT
    return type(value) in (int, float) or (usual is None and value is None)


def _plan(rows: object, portion: object, total: int) -> RowPlan:
    if portion not in PORTIONS:
        raise ValueError(f"{portion!r} is no portion of rows")
    return RowPlan(permutation(rows, total), count(portion))


def _tally(value: object, settings: AnnealSettings) -> dict[str, int]:
    if not isinstance(value, Mapping) or set(value) != set(settings.moves):
        raise ValueError("its counts are not those of its moves")
    return {name: count(value[name]) for name in settings.moves}
