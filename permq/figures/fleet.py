"""`fleet`: what each node did, how fast, and when it had nothing to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from permq.core.network import Array
from permq.figures.figure import Figure, Sources
from permq.pool.timeline import Work, work

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

BINS = 240
"""Parts of the time."""
SHOWN = 6
"""Kinds of job with a colour of their own, those with the most work."""


@dataclass(frozen=True, eq=False)
class Fleet:
    """Work of the nodes.

    Parameters
    ----------
    nodes
        N names, the one with the most work first.
    slots
        (N,) jobs each does at once.
    kinds
        K kinds of job, the one with the most work first.
    hours
        (N, K) of work.
    measured, rate
        The kind with the most steps, and (N,) steps/s of one slot at it; NaN where a node did none.
    edges
        (B + 1,) hours since the beginning.
    busy
        (N, B) share of its slots at work.
    """

    nodes: tuple[str, ...]
    slots: Array
    kinds: tuple[str, ...]
    hours: Array
    measured: str
    rate: Array
    edges: Array
    busy: Array

    @property
    def share(self) -> Array:
        """(N,) share of all work."""
        return np.asarray(self.hours.sum(axis=1) / self.hours.sum())

    @property
    def utilisation(self) -> float:
        """Share of all slots at work, over the whole time."""
        return float(
            (self.busy * self.slots[:, None]).sum() / (self.slots.sum() * len(self.busy.T))
        )


def summed(slices: Sequence[Work], bins: int = BINS) -> Fleet:
    """Sum up slices of work, at least one."""
    spent: dict[tuple[str, str], float] = {}
    steps: dict[tuple[str, str], int] = {}
    for one in slices:
        key = (one.node, one.kind)
        spent[key] = spent.get(key, 0.0) + max(one.ended - one.begun, 1e-6)
        steps[key] = steps.get(key, 0) + one.steps
    nodes = _ranked({name: 0.0 for name, _ in spent}, spent, 0)
    kinds = _ranked({kind: 0.0 for _, kind in spent}, spent, 1)
    measured = _ranked({kind: 0.0 for _, kind in spent}, steps, 1)[0]
    hours = np.array([[spent.get((node, kind), 0.0) / 3600 for kind in kinds] for node in nodes])
    rate = np.array(
        [
            steps[node, measured] / spent[node, measured] if (node, measured) in spent else np.nan
            for node in nodes
        ]
    )
    slots = {one.node: one.slots for one in slices}
    begin, end = min(one.begun for one in slices), max(one.ended for one in slices)
    edges = np.linspace(begin, max(end, begin + 1e-3), bins + 1)
    counted = np.array([max(slots[node], 1) for node in nodes], np.float64)
    busy = np.stack(
        [_at_work([one for one in slices if one.node == node], edges) for node in nodes]
    )
    # slots may have been more in an earlier life of the node
    share = np.minimum(busy / counted[:, None], 1.0)
    return Fleet(nodes, counted, kinds, hours, measured, rate, (edges - begin) / 3600, share)


def _ranked(
    names: Mapping[str, float], amounts: Mapping[tuple[str, str], float], part: int
) -> tuple[str, ...]:
    """Names in the order of their sums, the largest first."""
    totals = dict(names)
    for key, amount in amounts.items():
        totals[key[part]] += amount
    return tuple(sorted(totals, key=lambda name: (-totals[name], name)))


def _at_work(slices: Sequence[Work], edges: Array) -> Array:
    """(B,) mean number of slices at work between edges (B + 1,)."""
    begun = np.array([one.begun for one in slices])[:, None]
    ended = np.array([one.ended for one in slices])[:, None]
    # seconds of all slices before every edge; their differences are those between the edges
    worked = np.zeros(len(edges))
    for first in range(0, len(begun), 4096):
        part = slice(first, first + 4096)
        worked += np.clip(edges[None, :] - begun[part], 0, ended[part] - begun[part]).sum(axis=0)
    return np.asarray(np.diff(worked) / np.diff(edges))


class FleetFigure(Figure[Fleet]):
    """Work of the nodes while the puzzle was worked on."""

    name = "fleet"
    summary = "steps/s and share of work by node, busy and idle over time"

    def compute(self, sources: Sources) -> Fleet:
        """Read what the nodes did."""
        with sources.reading() as cursor:
            slices = work(cursor, sources.row.id)
        if not slices:
            raise sources.missing("no job has worked on it yet")
        return summed(slices)

    def draw(self, numbers: Fleet) -> "Drawing":
        """Speed and work above, time below."""
        from permq.figures import style

        count = len(numbers.nodes)
        factor, unit = style.unit_of_time(float(numbers.edges[-1]))
        drawing = style.canvas(
            f"Fleet — {factor * numbers.hours.sum():,.1f} {unit} of work, slots busy "
            f"{100 * numbers.utilisation:.0f} % of the time",
            5.2 + 0.55 * min(count, 40),
        )
        parts = drawing.subfigures(2, 1, height_ratios=[1.2, 1], squeeze=False)
        above, below = parts[:, 0]
        speed, amount = above.subplots(1, 2, sharey=True)
        places = np.arange(count)
        speed.barh(places, np.nan_to_num(numbers.rate), color=style.BLUE)
        for place, rate in enumerate(numbers.rate):
            text = "none" if np.isnan(rate) else f" {rate:,.0f}" if rate >= 100 else f" {rate:.3g}"
            speed.text(0 if np.isnan(rate) else rate, place, text, va="center", fontsize=10)
        speed.margins(x=0.18)
        speed.set_title(f"speed at {numbers.measured}")
        speed.set_xlabel("steps/s of one slot")
        speed.set_yticks(
            places, [f"{n} ({s:.0f})" for n, s in zip(numbers.nodes, numbers.slots, strict=True)]
        )
        speed.set_ylabel("node (slots)")
        speed.invert_yaxis()
        _stack(amount, numbers)
        axes = below.subplots()
        mesh = axes.pcolormesh(
            factor * numbers.edges,
            np.arange(count + 1) - 0.5,
            100 * numbers.busy,
            cmap=style.SEQUENTIAL,
            vmin=0,
            vmax=100,
            rasterized=True,
        )
        below.colorbar(mesh, ax=axes, label="slots busy (%)")
        axes.set_yticks(places, numbers.nodes)
        axes.invert_yaxis()
        axes.set_title("busy and idle over time")
        axes.set_xlabel(f"{unit} since the first slice")
        axes.set_ylabel("node")
        return drawing


def _stack(axes: "Axes", numbers: Fleet) -> None:
    """Share of work of every node, by kind of job."""
    from permq.figures import style

    share = 100 * numbers.hours / numbers.hours.sum()
    kinds = list(numbers.kinds[:SHOWN])
    columns = [share[:, place] for place in range(len(kinds))]
    if len(numbers.kinds) > SHOWN:
        kinds.append("others")
        columns.append(share[:, SHOWN:].sum(axis=1))
    left = np.zeros(len(share))
    for place, (kind, width) in enumerate(zip(kinds, columns, strict=True)):
        axes.barh(
            np.arange(len(share)),
            width,
            left=left,
            color=style.colour(place),
            label=kind,
            edgecolor="white",
            hatch=("", "///", "...")[place % 3],
        )
        left += width
    axes.set_title("share of the work (time)")
    axes.set_xlabel("share of all time at work (%)")
    axes.legend(title="kind", loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
    style.grid(axes, "x")


FIGURE = FleetFigure()
