"""Kill `permq up` at every point of its start and end, and at moments drawn from a seed.

After each kill the next `permq up` on the same data must become ready without help, run a job, have
nothing of the former one beside it, and leave nothing when it is asked to end.
"""

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
import pytest

from permq.config import prepare_blas
from permq.faults import END, FIRST, MIGRATION, SERVERS, START
from tests.machines import MARK, Machine, Up

POINTS = (*FIRST, *SERVERS, *MIGRATION, *START, *END)
HOWS = ("KILL", "STOP")
"""The supervisor alone dies; or it is halted, and then all that it started dies with it at once."""
PATIENCE = 120.0
LONGEST_MOMENT = 4.0
"""Seconds within which a start and an end are over on a fast machine."""
SHARE = 0.3
"""Of moments, before which the data is thrown away, and after which the next kill comes at once."""
PAGES = ("flower", "metrics", "dashboard")


class NotAsBeforeError(AssertionError):
    """A killed `permq up` was noticed by the one that followed it."""


@dataclass
class Figures:
    """What a run of strikes came to."""

    seed: int
    points: int = 0
    moments: int = 0
    before_ready: int = 0
    recoveries: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def told(self) -> str:
        """Some lines for a person."""
        slowest = max(self.recoveries, default=0.0)
        killed = f"at {self.points} points and at {self.moments} moments"
        lines = [
            f"seed {self.seed}: {'FAILED' if self.problems else 'passed'}",
            f"  killed      {killed}, {self.before_ready} of these before it was ready",
            f"  recovered   {len(self.recoveries)} times, ready after {slowest:.1f} s at the most",
        ]
        lines += [f"  problem     {problem}" for problem in self.problems]
        if not self.problems:
            lines.append(
                "  verdict     0 starts that needed help, 0 jobs that did not run, 0 processes and "
                "files left"
            )
        return "\n".join(lines)


def machine_in(folder: Path) -> Machine:
    """An empty machine whose processes can be told from all others."""
    faults = folder / "faults"
    faults.mkdir(parents=True)
    return Machine(folder / "data", variables={MARK: str(faults)})


@contextmanager
def machine_for_a_while() -> Iterator[Machine]:
    """The same, and nothing is left of it."""
    folder = Path(tempfile.mkdtemp(prefix="permq-starts-"))
    machine = machine_in(folder)
    try:
        yield machine
    finally:
        for up in machine.started:
            up.kill_all()
        until(lambda: not machine.processes(), "everything is gone")
        shutil.rmtree(folder, ignore_errors=True)


def members_for(point: str) -> tuple[str, ...]:
    """Options of a `permq up` that comes to a point, and does no more than that."""
    nodes = "1" if point.startswith(("node", "worker")) else "0"
    wanted = point.replace("watcher", "metrics")
    pages = [f"--{'' if wanted.startswith(page) else 'no-'}{page}" for page in PAGES]
    return ("--nodes", nodes, *pages)


def strike(machine: Machine, point: str, how: str) -> None:
    """Start `permq up` and kill it at a point, or all that it started with it."""
    mark = Path(machine.variables[MARK]) / point
    mark.write_text(how, encoding="ascii")
    up = machine.launch(*members_for(point))
    if point in END:
        up.hear()
        up.process.terminate()
    try:
        until(lambda: up.halted or up.process.poll() is not None, f"{point} is reached")
    finally:
        if up.process.poll() is None:
            up.kill_all()
    reached = up.process.returncode == -signal.SIGKILL and not mark.exists()
    if not reached:
        mark.unlink(missing_ok=True)
        told = "" if up.closed else up.process.communicate()[0]
        raise NotAsBeforeError(f"{point}: not reached: {up.text}{told}")
    up.close()


def strike_after(machine: Machine, seconds: float, how: str) -> bool:
    """Kill a whole `permq up` at a moment of its start or its end. Returns whether it was ready."""
    up = machine.launch("--nodes", "1", *(f"--no-{page}" for page in PAGES[:2]))
    end = time.monotonic() + seconds
    asked = False
    while time.monotonic() < end and up.process.poll() is None:
        if not asked and (machine.data / "addresses.json").exists():
            up.process.terminate()
            asked = True
        time.sleep(0.005)
    if how == "STOP":
        up.kill_all()
    else:
        up.process.kill()
        up.process.wait()
    up.close()
    return asked


def recover(machine: Machine, *, node: bool = True) -> float:
    """Start `permq up`, see that nothing is amiss, and end it. Returns the seconds of the start."""
    begun = time.monotonic()
    up = machine.up("--nodes", "1" if node else "0", *(f"--no-{page}" for page in PAGES))
    seconds = time.monotonic() - begun
    if not up.ready:
        raise NotAsBeforeError(f"the next permq up does not start: {up.text}")
    until(lambda: not strangers(machine, up), lambda: f"of the former: {strangers(machine, up)}")
    if node:
        run_job(machine)
    if up.end() != 0:
        raise NotAsBeforeError(f"it does not end well: {up.text}")
    until(lambda: not machine.processes(), lambda: f"nothing is left: {machine.processes()}")
    left = [path.name for path in machine.data.rglob("*.part")]
    left += [path.name for path in machine.data.glob(".*")]
    left += [name for name in ("addresses.json",) if (machine.data / name).exists()]
    if left:
        raise NotAsBeforeError(f"files are left: {left}")
    return seconds


def strangers(machine: Machine, up: Up) -> dict[int, str]:
    """Processes of an earlier `permq up`."""
    found = machine.processes()
    own = {up.process.pid, *up.tree()}
    return {pid: words for pid, words in found.items() if pid not in own}


def run_job(machine: Machine) -> None:
    """Let its node do something."""
    from tests.nodes import Fleet, step

    record = machine.record()
    folder = Path(tempfile.mkdtemp(dir=machine.data.parent)) / "fleet"
    fleet = Fleet(record["postgres_url"], record["redis_url"], folder)
    jobs = fleet.submit(step("noop")).jobs
    fleet.until_ended(jobs)
    if set(fleet.states(jobs).values()) != {"done"}:
        raise NotAsBeforeError(f"a job does not run: {fleet.states(jobs)}")


def until(true: Callable[[], bool], what: str | Callable[[], str]) -> None:
    """Wait for something."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise NotAsBeforeError(f"waited in vain: {what if isinstance(what, str) else what()}")
        time.sleep(0.01)


def chain(machine: Machine, hows: Iterator[str]) -> Iterator[str]:
    """Strike at one point after the other, all on the same data, and recover now and then.

    Every start goes through what the kill before has left. Yields the points that were struck.
    """
    for stretch in ((*FIRST, *SERVERS, *MIGRATION), START, END):
        for point in stretch:
            strike(machine, point, next(hows))
            yield point
        recover(machine)


def day(seed: int, moments: int, *, points: bool) -> Figures:
    """Strike at all points in both ways, recovering after each, and at so many moments."""
    figures = Figures(seed)
    rng = random.Random(seed)
    for point in POINTS if points else ():
        for how in HOWS:
            with machine_for_a_while() as machine, noting(figures, f"{point}, {how}"):
                if point not in (*FIRST, *MIGRATION):
                    recover(machine, node=False)
                strike(machine, point, how)
                figures.points += 1
                figures.recoveries.append(recover(machine))
    with machine_for_a_while() as machine:
        for _ in range(moments):
            how, seconds = rng.choice(HOWS), rng.uniform(0, LONGEST_MOMENT)
            anew, again = rng.random() < SHARE, rng.random() < SHARE
            if anew:
                shutil.rmtree(machine.data, ignore_errors=True)
            with noting(figures, f"{how} after {seconds:.3f} s"):
                figures.before_ready += not strike_after(machine, seconds, how)
                figures.moments += 1
                if not again:
                    figures.recoveries.append(recover(machine))
    return figures


@contextmanager
def noting(figures: Figures, what: str) -> Iterator[None]:
    """Write down what went wrong, and go on."""
    try:
        yield
    except (NotAsBeforeError, pytest.fail.Exception) as error:
        figures.problems.append(f"{what}: {error}")
        click.echo(figures.problems[-1], err=True)  # the rest takes its time


def main() -> int:
    """Run the seeds; the exit status is the number of those that failed."""
    parser = argparse.ArgumentParser(prog="ops/chaos up", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="how many")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the first of them")
    parser.add_argument(
        "--moments", type=int, default=30, metavar="N", help="kills at any moment, a seed"
    )
    parser.add_argument("--no-points", action="store_true", help="kills at any moment alone")
    parser.add_argument("--json", action="store_true", help="an object a line")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    prepare_blas(1)
    failed = 0
    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        # the points do not depend on the seed
        points = not arguments.no_points and seed == arguments.seed
        figures = day(seed, arguments.moments, points=points)
        failed += bool(figures.problems)
        click.echo(json.dumps(asdict(figures)) if arguments.json else figures.told())
    return min(failed, 100)


if __name__ == "__main__":
    sys.exit(main())
