"""What work took, by node, and what to do about it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from permq.pool.runs import NodeUseRow

IDLE, SHARED, CROWDED, FULL = 0.5, 0.7, 1.3, 0.8
"""Below this use slots count as idle, and below this efficiency a processor as shared; above this
efficiency a slot has several threads, and above this share memory is near its limit."""


@dataclass(frozen=True)
class NodeUse:
    """What one node did; None where the system does not tell.

    Parameters
    ----------
    node, chipset, slots, numeric_class
        Which it is.
    slices, jobs, steps
        What it worked.
    wall
        Seconds from its first slice's beginning to its last one's end.
    busy
        Seconds of all slices together.
    use
        Share of the slots' time that was busy.
    cpu_seconds, efficiency
        Time of the processor, and its share of `busy`.
    peak_memory, memory
        Most bytes of one slot's process, and what the machine allows all of them together.
    rate
        Steps/s of one slot.
    energy
        Joules.
    """

    node: str
    chipset: str
    slots: int
    numeric_class: str
    slices: int
    jobs: int
    steps: int
    wall: float
    busy: float
    use: float
    cpu_seconds: float | None
    efficiency: float | None
    peak_memory: int | None
    memory: int | None
    rate: float
    energy: float | None

    @property
    def facts(self) -> dict[str, Any]:
        """All of it, as JSON can hold it, with recommendations."""
        return {**asdict(self), "recommendations": recommendations(self)}


def use_of(row: NodeUseRow) -> NodeUse:
    """Derive what a node's row says. A pure function."""
    return NodeUse(
        node=row.node,
        chipset=row.chipset,
        slots=row.slots,
        numeric_class=row.numeric_class,
        slices=row.slices,
        jobs=row.jobs,
        steps=row.steps,
        wall=row.span,
        busy=row.busy,
        use=_ratio(row.busy, row.span * row.slots) or 0.0,
        cpu_seconds=row.cpu_seconds,
        efficiency=None if row.cpu_seconds is None else _ratio(row.cpu_seconds, row.busy),
        peak_memory=row.peak_memory,
        memory=row.memory,
        rate=_ratio(row.steps, row.busy) or 0.0,
        energy=row.energy,
    )


def recommendations(use: NodeUse) -> list[str]:
    """What to do about a node; empty where all is well."""
    told = []
    if use.use < IDLE:
        told.append(
            f"slots idle: {use.use:.0%} of {use.slots} slots' time was used; submit more jobs side "
            "by side, or give the node fewer slots"
        )
    if use.efficiency is not None and use.efficiency < SHARED:
        told.append(
            f"processor shared: a busy slot had {use.efficiency:.0%} of a core; give the node "
            "fewer slots, or less beside permq"
        )
    if use.efficiency is not None and use.efficiency > CROWDED:
        told.append(
            f"several threads: a busy slot took {use.efficiency:.1f} cores; one thread a process "
            "is faster (PERMQ_THREADS=1)"
        )
    if use.peak_memory is not None and use.memory:
        share = use.peak_memory * use.slots / use.memory
        if share > FULL:
            told.append(
                f"memory near the limit: {use.slots} slots may take {share:.0%} of it; give the "
                "node fewer slots"
            )
    return told


def total(uses: Sequence[NodeUse]) -> dict[str, Any]:
    """Sums over nodes; None where no node tells."""
    return {
        "busy": sum(use.busy for use in uses),
        "cpu_seconds": _sum([use.cpu_seconds for use in uses]),
        "energy": _sum([use.energy for use in uses]),
        "steps": sum(use.steps for use in uses),
        "slices": sum(use.slices for use in uses),
    }


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
