"""`board`: which hard examples each solver solves, and how it is wrong on the others."""

from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from permq.bench.judging import VERDICTS
from permq.bench.table import Metric, Table
from permq.bench.views.view import Chart, Options, View
from permq.figures import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

YES, NO, SOME = "✓", "✗", "◐"
SHADES = {YES: "#CBE8DD", SOME: "#FBE9B7", NO: "#F6D0BC"}
"""Pale green, yellow and vermilion; the signs tell it without them."""


@dataclass(frozen=True)
class Field:
    """One solver on one puzzle.

    Parameters
    ----------
    solved, runs
        How many.
    kind
        The most frequent way of being wrong; empty where all are solved or nothing tells.
    """

    solved: int
    runs: int
    kind: str

    @property
    def sign(self) -> str:
        """Whether all, none or some runs solved it."""
        return YES if self.solved == self.runs else SOME if self.solved else NO

    @property
    def text(self) -> str:
        """What stands on the board."""
        share = f" {self.solved}/{self.runs}" if self.runs > 1 else ""
        return f"{self.sign}{share}" + (f" {self.kind}" if self.kind else "")


@dataclass(frozen=True)
class Board:
    """All solvers and versions on all puzzles.

    Parameters
    ----------
    title
        Of the picture.
    puzzles, solvers
        Names of rows and columns; of solvers with their version.
    fields
        By puzzle and solver; None where there is no run.
    """

    title: str
    puzzles: tuple[str, ...]
    solvers: tuple[str, ...]
    fields: tuple[tuple[Field | None, ...], ...]

    def solved(self, solver: int) -> tuple[int, int]:
        """Puzzles that one solver solves every time, and those it ran on."""
        column = [row[solver] for row in self.fields]
        ran = [field for field in column if field is not None]
        return sum(field.sign == YES for field in ran), len(ran)


class HardExampleBoard(View[Board]):
    """Solved or not, and the kind of error, per puzzle, solver and version."""

    name = "board"
    summary = "hard-example board: solved or not, and how it is wrong"
    each_metric = False

    def compute(self, table: Table, metric: Metric | None, options: Options) -> Board:
        """Count by puzzle, solver and version."""
        puzzles = table.names("puzzle")
        versions = list(table.column("version")) if table.has("version") else [""] * table.count
        verdicts = list(table.columns.get("verdict") or [None] * table.count)
        found: dict[tuple[str, str], list[tuple[bool, str | None]]] = {}
        columns: dict[str, None] = {}
        for puzzle, solver, version, solved, verdict in zip(
            table.column("puzzle"),
            table.column("solver"),
            versions,
            table.column("solved"),
            verdicts,
            strict=True,
        ):
            if solved is None:
                continue
            name = f"{solver} {version}".strip()
            columns.setdefault(name)
            found.setdefault((str(puzzle), name), []).append((bool(solved), verdict))
        solvers = tuple(columns)
        return Board(
            title=f"{table.name}: hard-example board",
            puzzles=puzzles,
            solvers=solvers,
            fields=tuple(
                tuple(_field(found.get((puzzle, solver))) for solver in solvers)
                for puzzle in puzzles
            ),
        )

    def about(self, options: Options) -> str:
        """Whether it is solved."""
        return "solved"

    def draw(self, numbers: Board) -> "Drawing":
        """Draw a table of signs."""
        rows, columns = len(numbers.puzzles), len(numbers.solvers)
        drawing = style.canvas(numbers.title, height=min(1.9 + 0.36 * rows, 40.0))
        axes = drawing.add_subplot()
        for y, row in enumerate(numbers.fields):
            for x, field in enumerate(row):
                shade = "#F2F2F2" if field is None else SHADES[field.sign]
                axes.fill_between([x - 0.48, x + 0.48], y - 0.46, y + 0.46, color=shade, lw=0)
                text = "no run" if field is None else field.text
                axes.text(x, y, text, ha="center", va="center", fontsize=10)
        axes.set_xlim(-0.5, columns - 0.5)
        axes.set_ylim(rows - 0.5, -0.5)
        axes.xaxis.tick_top()
        axes.set_xticks(range(columns), [_head(numbers, place) for place in range(columns)])
        axes.set_yticks(range(rows), numbers.puzzles)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.set_xlabel(
            f"{YES} solved in every run, {SOME} in some, {NO} in none; {_legend(numbers)}"
        )
        return drawing

    def chart(self, numbers: Board) -> Chart:
        """Same board, with words on touch."""
        data: list[dict[str, Any]] = []
        rows = [("puzzle", *numbers.solvers)]
        for y, row in enumerate(numbers.fields):
            rows.append(
                (numbers.puzzles[y], *("" if field is None else field.text for field in row))
            )
            for x, field in enumerate(row):
                if field is None:
                    continue
                told = f"{numbers.puzzles[y]}, {numbers.solvers[x]}: "
                told += f"{field.solved} of {field.runs} solved"
                told += f"; {VERDICTS.get(field.kind, field.kind)}" if field.kind else ""
                data.append(
                    {
                        "value": [x, y, {NO: 0, SOME: 1, YES: 2}[field.sign]],
                        "text": escape(told),
                        "label": {"formatter": field.text, "color": "#111"},
                    }
                )
        heads = [_head(numbers, place) for place in range(len(numbers.solvers))]
        option = {
            "xAxis": {
                "type": "category",
                "data": heads,
                "position": "top",
                "axisLabel": {"lineHeight": 16, "interval": 0},
            },
            "yAxis": {"type": "category", "data": list(numbers.puzzles), "inverse": True},
            "grid": {"left": 16, "right": 24, "top": 40, "bottom": 16, "containLabel": True},
            "visualMap": {
                "show": False,
                "type": "piecewise",
                "categories": [0, 1, 2],
                "inRange": {"color": {0: SHADES[NO], 1: SHADES[SOME], 2: SHADES[YES]}},
            },
            "series": [
                {
                    "type": "heatmap",
                    "data": data,
                    "label": {"show": True},
                    "itemStyle": {"borderColor": "#fff", "borderWidth": 3},
                }
            ],
        }
        return Chart(option, 150 + 32 * len(numbers.puzzles), tuple(rows))


def _field(runs: list[tuple[bool, str | None]] | None) -> Field | None:
    if not runs:
        return None
    wrong = Counter(verdict for solved, verdict in runs if not solved and verdict)
    kind = wrong.most_common(1)[0][0] if wrong else ""
    return Field(sum(solved for solved, _ in runs), len(runs), kind)


def _head(numbers: Board, place: int) -> str:
    solved, ran = numbers.solved(place)
    name = numbers.solvers[place].replace(" ", "\n")  # narrow enough for a phone
    return f"{name}\n{solved} of {ran}"


def _legend(numbers: Board) -> str:
    kinds = {field.kind for row in numbers.fields for field in row if field and field.kind}
    told = [f"{kind}: {VERDICTS[kind]}" for kind in VERDICTS if kind in kinds]
    return ", ".join(told)
