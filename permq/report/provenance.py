"""Where a report's numbers are from."""

import json
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from permq import __version__
from permq.bench.revision import revision
from permq.report.material import Material

LIBRARIES = ("numpy", "scipy", "torch", "matplotlib", "psycopg2-binary", "celery")


def provenance(material: Material) -> dict[str, Any]:
    """Versions, revision, parameters, seeds and rows of everything told."""
    rows = material.rows
    settings = {row.solver: row.settings for row in rows}
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "permq": __version__,
        "revision": revision(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
        "runs_of_versions": sorted({row.version for row in rows}),
        "numeric_classes": sorted({node.numeric_class for node in material.nodes}),
        "solvers": settings,
        "seeds": sorted({row.seed for row in rows}),
        "run_ids" if material.bench is not None else "row_ids": [row.id for row in rows],
        "puzzle_ids": sorted({row.puzzle_id for row in rows}),
        "submission_ids": sorted({row.submission for row in rows}),
        "last_report": None if material.last is None else material.last.id,
        **material.provenance,
    }


def lines(facts: dict[str, Any]) -> list[str]:
    """Provenance in words."""
    told = []
    for name, value in facts.items():
        if name in {"solvers", "suite"}:
            continue  # they are long, and stand in the JSON file
        if name.endswith("_ids"):
            value = spans(value)
        elif isinstance(value, dict):
            value = ", ".join(f"{key} {item}" for key, item in value.items())
        elif isinstance(value, list):
            value = spans(value) if name == "seeds" else ", ".join(map(str, value))
        told.append(f"{name.replace('_', ' ')}: {'none' if value is None else value}")
    for solver, settings in facts["solvers"].items():
        told.append(f"settings of {solver}: {json.dumps(settings, sort_keys=True)}")
    return told


def spans(numbers: Iterable[int], most: int = 40) -> str:
    """Numbers in order, neighbours as spans: `1-4, 7`."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in found[:most]]
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(shown) + more


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
