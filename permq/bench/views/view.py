"""What a view is: numbers from runs, drawn twice."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from permq.bench.table import Metric, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Numbers = TypeVar("Numbers")
Normalisation = Literal["min-max", "percentile", "absolute"]
NORMALISATIONS: tuple[Normalisation, ...] = ("min-max", "percentile", "absolute")


@dataclass(frozen=True)
class Options:
    """How views are made.

    Parameters
    ----------
    normalise
        How a radar puts its metrics on one scale.
    """

    normalise: Normalisation = "min-max"


@dataclass(frozen=True)
class Chart:
    """An interactive chart.

    Parameters
    ----------
    option
        Of the charting library, as JSON can hold it; what it calls texts are escaped already.
    height
        Pixels.
    table
        The same numbers in words: a header and rows.
    """

    option: dict[str, Any]
    height: int
    table: tuple[tuple[str, ...], ...] = field(default=())


class View(ABC, Generic[Numbers]):
    """One view.

    Attributes
    ----------
    name, summary
        What it is called, and what it shows in one line.
    each_metric
        Whether there is one for every metric.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    each_metric: ClassVar[bool] = True

    @abstractmethod
    def compute(self, table: Table, metric: Metric | None, options: Options) -> Numbers:
        """Everything that is shown, as numbers.

        Raises
        ------
        MissingDataError
            When there is nothing to show; it says why.
        """

    @abstractmethod
    def draw(self, numbers: Numbers) -> "Drawing":
        """Draw it on a canvas of `permq.figures.style`."""

    @abstractmethod
    def chart(self, numbers: Numbers) -> Chart:
        """Describe it for the charting library."""

    def about(self, options: Options) -> str:
        """What stands for the metric in names of files, where the view has none."""
        return "all"

    def left_out(self, numbers: Numbers) -> tuple[str, ...]:
        """Parts that could not be shown, and why."""
        return ()
