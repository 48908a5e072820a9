"""What happens when: drawn from a seed, so that a bad day can be had again."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

NODE_FAULTS = (
    "kill child",
    "kill worker",
    "kill node",
    "SIGTERM",
    "freeze node",
    "freeze child",
    "network cut",
    "network silent",
    "full disk",
    "clock jump",
)
POSTGRES_FAULTS = ("kill Postgres", "kill backend", "close connections", "full Postgres disk")
REDIS_FAULTS = ("kill Redis", "FLUSHALL", "full Redis disk")
FAULTS = (*NODE_FAULTS, *POSTGRES_FAULTS, *REDIS_FAULTS)

POSTGRES, REDIS = "postgres", "redis"


@dataclass(frozen=True)
class Strike:
    """One fault.

    Parameters
    ----------
    fault
        One of `FAULTS`.
    pause
        Seconds of calm before it, for what it strikes.
    draw
        In [0, 1): how long it lasts, as a share of what is usual for it, and whom it hits.
    """

    fault: str
    pause: float
    draw: float


def plan(seed: int, nodes: Sequence[str], rounds: int) -> dict[str, tuple[Strike, ...]]:
    """Lay out the strikes on every node and server.

    Those on one of them come one after the other, those on different ones at the same time too.

    Parameters
    ----------
    seed
        Of all that is drawn.
    nodes
        Names of the nodes.
    rounds
        How often every fault comes.
    """
    rng = random.Random(seed)
    targets = [*nodes, POSTGRES, REDIS]
    planned: dict[str, list[Strike]] = {target: [] for target in targets}

    def add(target: str, fault: str, longest: float) -> None:
        planned[target].append(Strike(fault, round(rng.uniform(0.3, longest), 2), rng.random()))

    for _ in range(rounds):
        faults = rng.sample(NODE_FAULTS, len(NODE_FAULTS))
        dealt = rng.sample(list(nodes), len(nodes))
        for place, fault in enumerate(faults):
            add(dealt[place % len(dealt)], fault, 2.0)
        for target, kinds in ((POSTGRES, POSTGRES_FAULTS), (REDIS, REDIS_FAULTS)):
            for fault in rng.sample(kinds, len(kinds)):
                add(target, fault, 12.0)
    return {target: tuple(strikes) for target, strikes in planned.items()}
