"""A report's chapters and files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from permq.bench.calibration import Quality
from permq.bench.render import file_stem, png, written
from permq.bench.table import Table, of_runs
from permq.bench.views.curves import Curves, Reliability, Roc, with_both_classes
from permq.bench.views.registry import VIEWS
from permq.bench.views.view import Options, View
from permq.errors import MissingDataError
from permq.report import comparison, compute
from permq.report.comparison import Comparison
from permq.report.compute import NodeUse
from permq.report.document import Bullets, Chapter, Grid, Part, Picture, Text, markdown, web
from permq.report.material import Material
from permq.report.predictions import PAIRS, Predictions, pooled, predict
from permq.report.provenance import lines as provenance_lines
from permq.report.provenance import provenance

OF_RUNS = (
    ("board", None),
    ("by_solver", "solved"),
    ("score_by_puzzle", "positions_right"),
    ("score_by_puzzle", "seconds"),
)
"""Views that stand in every report that has their columns."""


@dataclass(frozen=True)
class Written:
    """What a report came to.

    Parameters
    ----------
    files
        The report, its page, the raw figures, the pictures.
    skipped
        What could not be shown, and why.
    summary
        For the next report to compare itself with.
    facts
        Sentences that were derived.
    """

    files: tuple[Path, ...]
    skipped: tuple[tuple[str, str], ...]
    summary: dict[str, Any]
    facts: tuple[str, ...]


class Album:
    """Pictures of one report, made as they are asked for.

    Parameters
    ----------
    folder
        Where they go.
    name
        Of the suite or puzzle.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self.files: list[Path] = []
        self.skipped: list[tuple[str, str]] = []

    def of_runs(self, view: str, metric: str | None, table: Table) -> list[Part]:
        """View of runs; nothing where it has no data."""
        stem = file_stem(view, self.name, metric or VIEWS[view].about(Options()))
        try:
            found = None if metric is None else table.metric(metric)
            numbers = VIEWS[view].compute(table, found, Options())
        except MissingDataError as error:
            self.skipped.append((stem, str(error)))
            return []
        return [self.add(VIEWS[view], numbers, stem)]

    def of_curves(self, view: View[Curves], curves: Curves) -> list[Part]:
        """Curves, those of two classes; nothing where none is."""
        stem = file_stem(view.name, self.name, "probabilities")
        try:
            numbers = with_both_classes(curves)
        except MissingDataError as error:
            self.skipped.append((stem, str(error)))
            return []
        self.skipped += [(stem, why) for why in numbers.left_out]
        return [self.add(view, numbers, stem)]

    def add(self, view: View[Any], numbers: Any, stem: str) -> Picture:
        """Draw a picture, and write it."""
        file = self.folder / f"{stem}.png"
        self.files.append(written(file, png(view.draw, numbers)))
        return Picture(file.name, numbers.title, view.chart(numbers))


def write(material: Material, folder: Path, notes: str | None) -> Written:
    """Write a report.

    Parameters
    ----------
    material
        What it tells of.
    folder
        Where to, see `permq.bench.folder`.
    notes
        Analysis by its reader; None derives the facts that can be.
    """
    album = Album(folder, material.name)
    table = of_runs(material.rows, material.name)
    now = comparison.compare(material.rows)
    uses = [compute.use_of(row) for row in material.nodes]
    predictions = [one for known in material.known for one in predict(known)]
    facts, changes = comparison.facts(now), _changes(now, material)
    origin = provenance(material)
    chapters = [
        Chapter("Summary", _summary(material, now, facts, changes)),
        Chapter(
            "Comparison",
            (Grid(_solvers(now, table)), *_pictures(album, OF_RUNS[:2], table)),
        ),
        Chapter("Calibration and discrimination", _calibration(album, predictions, material)),
        Chapter(
            "Puzzles",
            (Grid(_puzzles(now, predictions)), *_pictures(album, OF_RUNS[2:], table)),
        ),
        Chapter("Analysis", (Text(notes) if notes is not None else Bullets((*facts, *changes)),)),
        Chapter("Compute", _compute(uses)),
    ]
    if album.skipped:
        left = tuple(f"{what}: {why}" for what, why in album.skipped)
        chapters.append(Chapter("Left out", (Bullets(left),)))
    chapters.append(Chapter("Provenance", (Bullets(tuple(provenance_lines(origin))),)))
    title = f"Report: {material.about.partition(':')[0]} {material.name}"
    raw = {
        "about": material.about,
        "nodes": [use.facts for use in uses],
        "total": compute.total(uses),
        "runs": [_cost_of(row) for row in material.rows],
        "provenance": origin,
    }
    files = (
        written(folder / "report.md", markdown(title, chapters).encode()),
        written(folder / "report.html", web(title, chapters).encode()),
        written(folder / "compute_metrics.json", (json.dumps(raw, indent=1) + "\n").encode()),
        *album.files,
    )
    return Written(
        files,
        tuple(album.skipped),
        now.summary | {"bench": material.bench},
        (*facts, *changes),
    )


def _summary(
    material: Material, now: Comparison, facts: Sequence[str], changes: Sequence[str]
) -> tuple[Part, ...]:
    right = sum(bool(row.solved) for row in material.rows)
    told = (
        f"{_counted(len(material.rows), 'run')} of {_counted(len(now.solvers), 'solver')} on "
        f"{_counted(len(now.puzzles), 'puzzle')}, "
        f"{right} of them solved."
    )
    if material.pending:
        told += f" {material.pending} more have not ended; they are not in this report."
    failed = sum(row.state != "done" for row in material.rows)
    if failed:
        told += f" {failed} failed or were called off, and count as not solved."
    return Text(told), Bullets((facts[0], *changes[:3]))


def _changes(now: Comparison, material: Material) -> list[str]:
    if material.last is None:
        return ["There is no earlier report to compare with."]
    when = f"report {material.last.id} ({material.last.made_at:%Y-%m-%d %H:%M} UTC)"
    worse, better = comparison.changes(now, Comparison.of_summary(material.last.summary))
    if not worse and not better:
        return [f"Nothing changed against {when}."]
    told = [f"Regression against {when}: {sentence}" for sentence in worse]
    return told + [f"Better than in {when}: {sentence}" for sentence in better]


def _solvers(now: Comparison, table: Table) -> tuple[tuple[str, ...], ...]:
    names = ("final_mse", "pairs_right", "positions_right", "seconds", "evaluations")
    metrics = [table.metric(name) for name in names if table.has(name)]
    rows = [("solver", "solved", "share", "95 % interval", *(m.title for m in metrics))]
    groups = [table.grouped(metric, "solver") for metric in metrics]
    for solver in now.solvers:
        right, count = now.total(solver)
        found = now.estimate(solver)
        cells = [
            f"{metric.estimate(own[solver,]).mean:.3g}" if (solver,) in own else ""
            for metric, own in zip(metrics, groups, strict=True)
        ]
        interval = f"{found.low or 0:.1%} to {found.high or 0:.1%}"
        rows.append((solver, f"{right} of {count}", f"{found.mean:.1%}", interval, *cells))
    return tuple(rows)


def _puzzles(now: Comparison, predictions: Sequence[Predictions]) -> tuple[tuple[str, ...], ...]:
    judged = {one.puzzle: one.quality for one in predictions if one.source == PAIRS}
    rows = [("puzzle", *now.solvers, "AUC of pairs", "Brier", "ECE")]
    for puzzle in now.puzzles:
        cells = [
            f"{now.cells[solver, puzzle][0]} of {now.cells[solver, puzzle][1]}"
            if (solver, puzzle) in now.cells
            else ""
            for solver in now.solvers
        ]
        q = judged.get(puzzle)
        said = ("", "", "") if q is None else (_number(q.auc), f"{q.brier:.4f}", f"{q.ece:.4f}")
        rows.append((puzzle, *cells, *said))
    return tuple(rows)


def _calibration(
    album: Album, predictions: Sequence[Predictions], material: Material
) -> tuple[Part, ...]:
    if not predictions:
        names = ", ".join(material.unknown)
        return (Text(f"The answer of {names} is not known, so nothing tells right from wrong."),)
    found = pooled(predictions)
    rows = [("probabilities of", "count", "right", "AUC", "Brier", "ECE")]
    rows += [
        (source, f"{q.count:,}", f"{q.right:,}", _number(q.auc), f"{q.brier:.5f}", f"{q.ece:.5f}")
        for source, q in found.items()
    ]
    return (
        Text(
            "Every pair of an input and an output layer has a probability of being a block, and "
            "every block one of standing at each position, all told without the answer."
        ),
        Grid(tuple(rows)),
        *album.of_curves(Roc(), _curves(found, f"{material.name}: ROC of probabilities")),
        *album.of_curves(
            Reliability(), _curves(found, f"{material.name}: reliability and histogram")
        ),
    )


def _curves(found: dict[str, Quality], title: str) -> Curves:
    return Curves(title, "predictions that are right", tuple(found), tuple(found.values()))


def _pictures(album: Album, wanted: Sequence[tuple[str, str | None]], table: Table) -> list[Part]:
    return [part for view, metric in wanted for part in album.of_runs(view, metric, table)]


def _compute(uses: Sequence[NodeUse]) -> tuple[Part, ...]:
    rows = [
        ("node", "chipset", "slots", "wall (s)", "busy (s)", "slots used", "processor (s)",
         "efficiency", "peak memory (MiB)", "steps/s", "energy (J)")
    ]  # fmt: skip
    advice = []
    for use in uses:
        rows.append(
            (
                use.node,
                use.chipset,
                str(use.slots),
                f"{use.wall:.1f}",
                f"{use.busy:.1f}",
                f"{use.use:.0%}",
                _number(use.cpu_seconds, ".1f"),
                _number(use.efficiency, ".0%"),
                _number(None if use.peak_memory is None else use.peak_memory / 2**20, ".0f"),
                f"{use.rate:,.0f}",
                _number(use.energy, ".0f"),
            )
        )
        advice += [f"{use.node}: {told}" for told in compute.recommendations(use)]
    if all(use.energy is None for use in uses):
        advice.append("No node tells the energy it took.")
    return Grid(tuple(rows)), Bullets(tuple(advice or ["Nothing to recommend."]))


def _cost_of(row: Any) -> dict[str, Any]:
    names = (
        "id", "solver", "puzzle", "seed", "node", "seconds", "cpu_seconds", "peak_memory",
        "energy", "evaluations",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _number(value: float | None, form: str = ".4f") -> str:
    return "not known" if value is None else format(value, form)
