"""Which job goes to which node: a pure function of jobs, nodes and policy.

Heavy work is a problem of uniform machines with preemption: a job's slice ends every 20 seconds or
so, and the next one may be anywhere. Handing every job the fastest free slot is not enough there,
as only one slot is free when a slice ends: a job that began on a slow slot would stay there while
faster ones finish and fall idle. The level algorithm of Horvath, Lam and Sethi (J. ACM 24, 1977)
gives the fastest slots to the jobs with most work left and is optimal. Here it is done in slices,
and only where it matters: a job that would hold up the fleet on the slot that is free (its work
divided by the slot's speed is beyond the time in which all could be done) waits for the next slice
to end on a faster slot whose job has clearly less left; then the two change places. A slow slot
idle for a moment is what that costs.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from permq.fleet.lanes import Key, Lane, key_of, lane_of, value
from permq.fleet.outlook import Outlook
from permq.fleet.work import BRIEF_PER_SLOT, Decision, Node, Policy, Running, Work

__all__ = ["Decision", "Node", "Policy", "Running", "Work", "assign"]

# Two jobs change places only if one has this share of its work more left than the other; less
# would have them change after every slice.
CLEARLY = 0.2

# ... and at least what the faster slot does in this share of a slice, so that the slot left idle
# meanwhile costs less than the change brings.
PART = 0.5

# A job is urgent once it needs this share of the time that is left on the fastest slot.
NEARLY = 0.8

# Where two speeds differ by less than this share, the node that did the last slice is kept.
SAME = 0.05


def assign(
    work: Sequence[Work], nodes: Sequence[Node], policy: Policy, *, backlog: float = 0.0
) -> Decision:
    """Choose nodes for jobs that are ready.

    Order: by priority; then urgent jobs, so long that even the fastest slot will only just do them
    in the time that is left; then what has begun; then what is new. Within these go first, the
    longest before the others, jobs that would hold up the fleet on its slowest slot, and then the
    oldest. So equal jobs run in the order in which they were submitted, and as only few can be
    long against all the work there is, none is overtaken for ever.

    A job that has begun cannot leave its numeric class. So a new one is not begun in a class of
    slower nodes where it would end after everything else could be done; it waits for a faster one.

    Free slots are filled. Beyond them a node gets brief jobs only, up to `Policy.ahead` slots'
    worth. A slice of 20 seconds is never bound to a slot that is not free: once its message is
    sent nobody takes it back, and it would wait there although another node's slot, perhaps a
    faster one, might be free first. It would gain milliseconds.

    Parameters
    ----------
    work
        Jobs that are ready, every one once. Where there are very many, some hundred do: the first
        by priority, begun and id, and the longest of the new ones.
    nodes
        Nodes that are not gone.
    policy
        How work is spread.
    backlog
        Steps of the new heavy jobs that were left out of `work`.

    Returns
    -------
    Decision
        The same for any order of `work` and `nodes`.
    """
    return _Round(work, nodes, policy, backlog).decide()


def _turn(job: Work, lane: Lane) -> tuple[int, float]:
    """Place of a job among those of its priority."""
    if job.steps is not None and job.steps > lane.critical:
        return (0 if job.steps > lane.urgent else 2 - job.started, -job.steps)
    return (2 - job.started, 0.0)


@dataclass(slots=True)
class _Partner:
    """A slot whose job may make room for one with more left when its slice ends."""

    steps: float
    value: float
    priority: int
    taken: bool = False


class _Round:
    """One decision in the making; the nodes' room shrinks as jobs are assigned."""

    def __init__(
        self, work: Sequence[Work], nodes: Sequence[Node], policy: Policy, backlog: float
    ) -> None:
        self.policy = policy
        self.nodes = sorted(nodes, key=lambda node: node.name)
        self.place_of = {node.name: place for place, node in enumerate(self.nodes)}
        self.values = [value(node) for node in self.nodes]
        # counted in brief jobs
        self.room = [(node.slots - node.held) * BRIEF_PER_SLOT - node.brief for node in self.nodes]
        self.lanes: dict[Key, Lane] = {}
        self.jobs = [(job, self._lane(job)) for job in work]
        self.outlook = self._outlook(backlog)
        self.horizon = self.outlook.horizon()
        self.partners = self._partners()

    def decide(self) -> Decision:
        """Walk the jobs in order."""
        for (work_class, *_), lane in self.lanes.items():
            if work_class == "heavy" and lane.places:
                worths = [self.values[place] for place in lane.places]
                lane.critical = self.horizon * min(worths)
                lane.urgent = self.horizon * max(worths) * NEARLY
        order = sorted(
            (job.priority, *_turn(job, lane), job.job, position)
            for position, (job, lane) in enumerate(self.jobs)
        )
        assignments: list[tuple[int, str]] = []
        reasons: dict[int, str] = {}
        for *_, position in order:
            job, lane = self.jobs[position]
            place = self._place(job, lane)
            if place is not None:
                self._take(job, place)
                assignments.append((job.job, self.nodes[place].name))
            elif lane.reason is not None:
                reasons[job.job] = lane.reason
            elif job.steps is not None and job.steps >= lane.declined:
                reasons[job.job] = "a faster node will have done it before the free ones could"
        return Decision(tuple(assignments), reasons)

    def _lane(self, job: Work) -> Lane:
        key = key_of(job)
        lane = self.lanes.get(key)
        if lane is None:
            lane = self.lanes[key] = lane_of(key, self.nodes, self.policy)
        return lane

    def _outlook(self, backlog: float) -> Outlook:
        """Heavy work by numeric class; what has begun cannot leave its class."""
        outlook = Outlook()
        for node, worth in zip(self.nodes, self.values, strict=True):
            if node.state != "live" or node.slots <= 0 or "heavy" not in node.classes:
                continue
            if self.policy.heavy == "strict" and not node.apple:
                continue
            share = outlook.shares[node.numeric_class]
            share.speed += worth * node.slots
            share.fastest = max(share.fastest, worth)
            for running in node.running:
                if running.steps is None:
                    share.known = False
                else:
                    share.add(running.steps)
        outlook.free = backlog
        for job, lane in self.jobs:
            if job.steps is None or job.work_class != "heavy" or not lane.places:
                continue
            numeric_class = self.nodes[lane.places[0]].numeric_class
            if job.node is not None or (job.started and job.numeric_class == numeric_class):
                outlook.shares[numeric_class].add(job.steps)
            else:
                outlook.add(job.steps)
        return outlook

    def _partners(self) -> dict[str, list[_Partner]]:
        """By numeric class, those with least left first."""
        partners: defaultdict[str, list[_Partner]] = defaultdict(list)
        for node, worth in zip(self.nodes, self.values, strict=True):
            if node.state == "live":
                partners[node.numeric_class] += [
                    _Partner(running.steps, worth, running.priority)
                    for running in node.running
                    if running.steps is not None and running.movable
                ]
        for found in partners.values():
            found.sort(key=lambda partner: (partner.steps, -partner.value))
        return partners

    def _place(self, job: Work, lane: Lane) -> int | None:
        """Where a job goes, None where it waits."""
        if job.brief:
            place = lane.free.first(self.room, 1)
            if place is None:
                place = lane.full.first(self.room, 1 - self.policy.ahead * BRIEF_PER_SLOT)
            return place
        if job.steps is not None and job.steps >= lane.declined:
            return None
        place = lane.free.first(self.room, BRIEF_PER_SLOT)
        if place is None or self._gains_by_waiting(job, lane, place):
            return None
        last = self.place_of.get(job.last_node or "")
        if (
            last in lane.places
            and self.room[last] >= BRIEF_PER_SLOT
            and abs(self.values[last] / self.values[place] - 1) < SAME
        ):
            return last
        return place

    def _gains_by_waiting(self, job: Work, lane: Lane, place: int) -> bool:
        """Whether the fleet, or the job itself, is done sooner if a free slot is left alone."""
        if job.work_class != "heavy" or job.steps is None or job.node is not None:
            return False
        worth = self.values[place]
        share = self.outlook.shares[self.nodes[place].numeric_class]
        # Once begun it could not leave the slot's numeric class.
        if not job.started and self.outlook.has_better(share, worth):
            in_time = self.outlook.horizon() + self.policy.slice_seconds
            if job.steps > worth * in_time:
                lane.declined = min(lane.declined, job.steps)
                return True
        if not job.started and job.steps <= lane.urgent:
            return False
        if job.steps <= worth * max(self.horizon, share.least):
            return False
        return self._finds_partner(job, job.steps, place)

    def _finds_partner(self, job: Work, steps: float, place: int) -> bool:
        """Reserve the slot of a running job that has clearly less left and is on a faster one."""
        for partner in self.partners[self.nodes[place].numeric_class]:
            if partner.steps > steps * (1 - CLEARLY):
                break
            if (
                not partner.taken
                and partner.value > self.values[place] * (1 + SAME)
                and partner.priority >= job.priority
                and partner.steps < steps - PART * self.policy.slice_seconds * partner.value
            ):
                partner.taken = True
                return True
        return False

    def _take(self, job: Work, place: int) -> None:
        """Count a job that goes to a node."""
        self.room[place] -= 1 if job.brief else BRIEF_PER_SLOT
        if job.work_class == "heavy" and not job.started and job.steps is not None:
            self.outlook.begin(job.steps, self.nodes[place].numeric_class)
