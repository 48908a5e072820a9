"""A fleet without servers: recorded slices, every one of them placed by `assign`."""

import heapq
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from permq.fleet.dispatch import assign
from permq.fleet.work import Node, Policy, Running, Work

CLASSES = frozenset({"heavy", "light", "render"})

# Name, Apple Silicon, speed of a slot, slots, numeric class where bits differ.
MACHINES = [
    ("m4-max", True, 1.00, 14, "arm64"),
    ("m1-max-a", True, 0.57, 8, "arm64"),
    ("m1-max-b", True, 0.57, 8, "arm64"),
    ("i9-13900k", False, 0.42, 8, "avx2"),
    ("threadripper", False, 0.38, 4, "avx512"),
    ("i7-12700k", False, 0.35, 8, "avx2"),
]

# Slices of 10 s as they were recorded with annealing of 48 blocks on 256 rows, checkpoint
# included, on two cores of a virtual machine that was busy with other things: seconds, steps.
# fmt: off
RECORDED = [
    (10.006, 6366), (10.003, 6388), (10.005, 6483), (10.005, 6185), (10.006, 6067),
    (10.004, 6682), (10.003, 6067), (10.003, 5810), (10.004, 5971), (10.006, 6018),
    (10.003, 4210), (10.003, 4240), (10.004, 5544), (10.004, 5417), (10.009, 5103),
    (10.007, 4050), (10.010, 5221), (10.006, 5167), (10.004, 3740), (10.008, 5315),
    (10.004, 5745), (10.004, 5120), (10.008, 4450), (10.004, 6014), (10.006, 6183),
    (10.006, 6345), (10.008, 3321), (10.010, 2855), (10.003, 3486), (10.008, 3747),
    (10.013, 3732), (10.012, 4072), (10.004, 4345), (10.003, 4164), (10.008, 5596),
    (10.005, 5294),
]
# fmt: on
OVERTIME = np.array([seconds - 10 for seconds, _ in RECORDED])
PACE = np.array([steps / seconds for seconds, steps in RECORDED])
PACE /= PACE.mean()

# Seconds between a slice's end and the next one's beginning: a transaction, a message, a load.
HANDOVER = 0.05


def fleet(*, one_class: bool = True) -> list[Node]:
    """The six machines, idle."""
    return [
        Node(name, apple, speed, slots, 0, 1.0, CLASSES, "same" if one_class else numeric_class)
        for name, apple, speed, slots, numeric_class in MACHINES
    ]


def bound(lengths: Sequence[float], nodes: Sequence[Node]) -> float:
    """No fleet is faster: all slots busy to the end, or the longest job on the fastest slot."""
    total = sum(node.speed * node.slots for node in nodes)
    return max(sum(lengths) / total, max(lengths) / max(node.speed for node in nodes))


@dataclass(frozen=True)
class Outcome:
    """What a simulated run gave.

    `busy` is the share of its slots' time that a node worked, `done` the work it did, `first` the
    nodes of the first assignments in order, `moves` the slices on another node than the one before.
    """

    makespan: float
    busy: dict[str, float]
    done: dict[str, float]
    first: list[str]
    moves: int
    slices: int


class Simulation:
    """Jobs of given lengths (seconds on a slot of speed 1) on some nodes.

    Of the jobs that nobody began the dispatcher is shown the oldest and the longest, up to
    `window` of each, and told the work of the rest.
    """

    def __init__(
        self,
        lengths: Sequence[float],
        nodes: Sequence[Node],
        policy: Policy,
        rng: np.random.Generator,
        window: int,
    ) -> None:
        self.nodes = {node.name: node for node in nodes}
        self.policy = policy
        self.rng = rng
        self.window = window
        self.now = 0.0
        self.left = {job: float(steps) for job, steps in enumerate(lengths, 1)}
        self.new = set(self.left)
        self.unseen = sum(self.left.values())
        self.oldest = deque(self.left)
        self.longest = deque(sorted(self.left, key=lambda job: -self.left[job]))
        self.waiting: dict[int, Work] = {}
        self.held: dict[str, dict[int, float]] = {name: {} for name in self.nodes}
        self.begun: dict[int, tuple[str, str]] = {}
        self.ends: list[tuple[float, int, str, float]] = []
        self.trail: list[tuple[int, str]] = []
        self.moves = 0
        self.busy: Counter[str] = Counter()
        self.done: Counter[str] = Counter()

    def run(self) -> Outcome:
        """Let slice after slice end until every job is done."""
        self.dispatch()
        while self.ends:
            self.now, job, name, done = heapq.heappop(self.ends)
            del self.held[name][job]
            self.left[job] -= done
            if self.left[job] <= 1e-9:
                del self.left[job]
            else:
                numeric_class, last = self.begun[job]
                self.waiting[job] = Work(
                    *(job, "heavy", 5, self.left[job]),
                    started=True,
                    numeric_class=numeric_class,
                    last_node=last,
                )
            self.dispatch()
        assert not self.left, "jobs wait for ever"
        return Outcome(
            makespan=self.now,
            busy={
                name: self.busy[name] / node.slots / self.now for name, node in self.nodes.items()
            },
            done=dict(self.done),
            first=[name for _, name in self.trail[: sum(n.slots for n in self.nodes.values())]],
            moves=self.moves,
            slices=len(self.trail),
        )

    def dispatch(self) -> None:
        """Ask `assign` and begin what it says."""
        new = set(self.first_new(self.oldest)) | set(self.first_new(self.longest))
        work = [*self.waiting.values(), *(Work(job, "heavy", 5, self.left[job]) for job in new)]
        nodes = [
            replace(
                node,
                held=len(self.held[node.name]),
                running=tuple(Running(steps, 5) for steps in self.held[node.name].values()),
            )
            for node in self.nodes.values()
        ]
        backlog = self.unseen - sum(self.left[job] for job in new)
        for job, name in assign(work, nodes, self.policy, backlog=max(backlog, 0.0)).assignments:
            self.begin(job, self.nodes[name])

    def first_new(self, queue: deque[int]) -> Iterator[int]:
        """First jobs of a queue that nobody began."""
        while queue and queue[0] not in self.new:
            queue.popleft()
        return islice((job for job in queue if job in self.new), self.window)

    def begin(self, job: int, node: Node) -> None:
        """Work on a slice: of recorded overtime, at a recorded pace."""
        if job in self.new:
            self.new.remove(job)
            self.unseen -= self.left[job]
        self.waiting.pop(job, None)
        numeric_class, last = self.begun.get(job, (node.numeric_class, node.name))
        assert numeric_class == node.numeric_class
        self.begun[job] = (numeric_class, node.name)
        self.moves += last != node.name
        self.trail.append((job, node.name))
        self.held[node.name][job] = self.left[job]
        assert len(self.held[node.name]) <= node.slots
        pick = self.rng.integers(len(RECORDED))
        seconds = self.policy.slice_seconds + float(OVERTIME[pick])
        pace = node.speed * float(PACE[pick])
        seconds = min(seconds, self.left[job] / pace)
        done = min(seconds * pace, self.left[job])
        self.busy[node.name] += seconds
        self.done[node.name] += done
        heapq.heappush(self.ends, (self.now + HANDOVER + seconds, job, node.name, done))


def simulate(
    lengths: Iterable[float],
    nodes: Sequence[Node],
    *,
    heavy: str = "prefer",
    seed: int = 0,
    window: int = 50,
) -> Outcome:
    """Run jobs to their end, see `Simulation`."""
    policy = Policy(heavy=heavy)
    rng = np.random.default_rng(seed)
    return Simulation(list(lengths), nodes, policy, rng, window).run()
