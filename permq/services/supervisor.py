"""The supervisor: starts members, keeps them running and ends them in order.

One thread, no event loop: it sleeps until a signal comes or a member needs something. Members are
ended stage by stage (workers, then those that watch, then Postgres, then Redis), so that workers
can write their checkpoints.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from permq.errors import ServiceError
from permq.faults import fault_point
from permq.services.guard import Guard
from permq.services.leftovers import Trace, save, sweep
from permq.services.members import Member, Running, Stage
from permq.services.processes import identity
from permq.services.waking import Waking

LOGS = "logs"
POLL_SECONDS = 0.02
RESTART_POLL_SECONDS = 0.2
CALM_SECONDS = 60.0


class InterruptedStartError(ServiceError):
    """A signal to end came while members were starting."""


class Supervisor:
    """Members that live and end with a `with` block.

    The caller holds the lock of the data folder and is the main thread.

    Parameters
    ----------
    data
        Where logs go and where it is written down who runs.
    say
        Given one line at a time on what happens.
    """

    def __init__(self, data: Path, say: Callable[[str], None]) -> None:
        self.data = data
        self.logs = data / LOGS
        self._say = say
        self._running: list[Running] = []
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        """Take over signals and end what an earlier supervisor left behind."""
        with ExitStack() as entered:
            self._waking = entered.enter_context(Waking())
            left = sweep(self.data)
            fault_point("leftovers-swept")
            if left:
                self._say(f"ended what was left of an earlier start: {', '.join(left)}")
            self._guard = entered.enter_context(Guard())
            fault_point("guard-started")
            self._resources = entered.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every member, in order."""
        with self._resources:
            self._end()
        fault_point("guard-gone")

    @property
    def asked(self) -> int:
        """How many signals to end have come."""
        return self._waking.asked

    def start(self, *members: Member) -> None:
        """Start members and wait until all are ready; those that fail are forgotten.

        Raises
        ------
        InterruptedStartError
            When a signal to end came meanwhile.
        ServiceError
            When one ends or is not ready in time.
        """
        fresh = [Running(member, self.logs) for member in members]
        stage = max((member.stage.name.lower() for member in members), default="")
        try:
            for running in fresh:
                running.launch()
                fault_point(f"{running.member.name}-launched")
                self._running.append(running)
            self._write_down()
            fault_point(f"{stage}-known")
            while not self.asked and not all(running.check() for running in fresh):
                self._waking.wait(POLL_SECONDS)
        except ServiceError:
            for running in fresh:
                running.stop()
            self._running = [running for running in self._running if running not in fresh]
            self._write_down()
            raise
        fault_point(f"{stage}-ready")
        if self.asked:
            raise InterruptedStartError("interrupted while starting")

    def watch(self) -> None:
        """Keep members running until a signal to end comes."""
        while not self.asked:
            pauses = [self._tend(running) for running in self._running]
            self._waking.wait(min(pauses, default=CALM_SECONDS))

    def _tend(self, running: Running) -> float:
        """Do what a member needs. Returns the seconds until it may need something again."""
        if running.process is None:
            pause = running.due - time.monotonic()
            if running.left or pause > 0:
                return CALM_SECONDS if running.left else pause
            running.launch()
            self._write_down()
            return RESTART_POLL_SECONDS
        was_ready = running.ready
        try:
            if not running.check():
                return RESTART_POLL_SECONDS
        except ServiceError as error:
            self._bury(running, error)
            return 0.0
        if not was_ready:
            self._tell(f"{running.member.name} runs again")
        return CALM_SECONDS

    def _bury(self, running: Running, error: ServiceError) -> None:
        """Clear away a member that has failed, and plan its next start."""
        ended = not running.runs
        status = running.kill()
        if ended and status == 0 and running.member.may_leave:
            running.left = True
            self._tell(f"{running.member.name} has left")
        else:
            pause = running.schedule()
            self._tell(f"{error}; starting it again in {pause:g} s")
        self._write_down()

    def _end(self) -> None:
        """End all; a second signal hurries workers, a third one the servers too."""
        alive = [running for running in self._running if running.process is not None]
        for stage in sorted({running.member.stage for running in alive}, reverse=True):
            members = [running for running in alive if running.member.stage == stage]
            for running in members:
                running.ask_to_end()
            fault_point(f"{stage.name.lower()}-asked")
            while any(running.runs for running in members):
                impatient = self.asked > (1 if stage > Stage.POSTGRES else 2)
                for running in members:
                    if running.runs and (impatient or running.overdue):
                        self._tell(f"{running.member.name} takes too long and is killed")
                        running.kill()
                self._waking.wait(POLL_SECONDS)
            for running in members:
                running.kill()  # what its children left
            fault_point(f"{stage.name.lower()}-ended")
        self._running.clear()
        self._write_down()

    def _write_down(self) -> None:
        """Tell the guard, and the next supervisor, who runs."""
        traces = [
            Trace(
                name=running.member.name,
                pid=running.process.pid,
                identity=identity(running.process.pid),
                stage=running.member.stage,
                stop_signal=int(running.member.stop_signal),
                stop_seconds=running.member.stop_seconds,
            )
            for running in self._running
            if running.process is not None
        ]
        save(self.data, traces)
        self._guard.tell(traces)

    def _tell(self, line: str) -> None:
        with suppress(OSError):  # nobody may be there to read it
            self._say(line)
