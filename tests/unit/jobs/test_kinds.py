"""The registry of kinds, and steps as text."""

import subprocess
import sys

import pytest

from permq.errors import OptionError
from permq.jobs.kinds import KINDS, kind_named, parse_parameters, parse_step
from permq.search.annealing_settings import AnnealSettings
from permq.search.moves import MOVES


def test_the_kinds_are_those_that_users_are_promised():
    others = "figures views report history embed twin noop"
    wanted = "pair order anneal constrained surgery zone rotate cascade refine lns sweep loo solve"
    assert set(KINDS) == {*wanted.split(), *others.split()}
    assert all(name == kind.name and kind.summary for name, kind in KINDS.items())


def test_the_registry_loads_without_numpy():
    code = "import sys, permq.jobs.kinds; print([m for m in ('numpy','torch') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", KINDS)
def test_defaults_are_complete_and_pass_their_own_checks(name):
    kind = KINDS[name]
    given = {"lock": "1"} if name == "constrained" else {}
    params = kind.complete(given, blocks=8)
    assert set(params) == {parameter.name for parameter in kind.parameters}
    assert kind.complete(params, blocks=8) == params
    assert all(parameter.help.endswith(".") for parameter in kind.parameters)
    total = kind.total(params, 8)
    assert total is None or (type(total) is int and total >= 0)
    assert all(kind.complete(each) == each for each in kind.expand(params))


def test_events_of_snapshots_are_those_that_the_pool_knows():
    from permq.jobs.kinds.history import EVENTS
    from permq.pool import history

    assert history.EVENTS == EVENTS


def test_a_default_annealing_is_that_of_the_command():
    assert KINDS["anneal"].complete({})["steps"] == AnnealSettings().steps


def test_the_moves_that_may_be_weighed_are_those_that_exist():
    words = ",".join(f"{move}:2" for move in MOVES)
    assert parse_parameters(kind_named("anneal"), [f"moves={words}"])["moves"] == words


def test_steps_are_read_with_commas_inside_of_values():
    kind, params = parse_step("surgery:lock=7,0-3,repair=no,steps=5")
    assert kind.name == "surgery"
    assert (params["lock"], params["repair"], params["steps"]) == ("0-3,7", False, 5)
    assert parse_step("rotate")[1] == KINDS["rotate"].complete({})
    assert parse_step("anneal:moves=swap:1,insertion:2")[1]["moves"] == "swap:1,insertion:2"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("aneal", "unknown kind 'aneal': did you mean anneal? known: pair, order"),
        ("anneal:stpes=5", "unknown parameter 'stpes' of anneal: did you mean steps? known: from"),
        ("anneal:from=greedy", "from=greedy: unknown start 'greedy': did you mean greedy-by"),
        ("anneal:from=trace:up", "from=trace:up: a seed runs plain, as trace:reversed"),
        ("anneal:from=1,2,3", "from=1,2,3: unknown start '1,2,3'"),
        ("anneal:pairs=ensembel", "pairs=ensembel: unknown pairing method 'ensembel': did you"),
        ("anneal:moves=jump:1", "moves=jump:1: unknown move 'jump'"),
        ("anneal:moves=swap:0", "moves=swap:0: weights must be 0 or more, and one above 0"),
        ("anneal:hot=1,cold=2", "cold=2.0 must not be above hot=1.0"),
        ("anneal:heat=2", "heat=2.0: must be at most 1"),
        ("constrained", "constrained needs positions to lock or input pieces to anchor"),
        ("constrained:lock=9", "lock=9: positions run from 0 to 7"),
        ("surgery:lock=x", "lock=x: 'x' is no number and no range such as 0-3"),
        ("zone:positions=3-8", "positions=3-8: positions run from 0 to 7"),
        ("sweep:part=5", "part=5: there are 4 parts"),
        ("sweep:exchange=1-2,2-3", "exchange=1-2,2-3: a position stands twice"),
        ("sweep:exchange=1-8", "exchange: positions run from 0 to 7"),
        ("sweep:exchange=1-2,lock=2", "exchange: 1-2 touches a locked position"),
        ("sweep:doubt=tracee", "doubt=tracee: unknown doubt 'tracee': did you mean trace"),
        ("order:method=random", "method=random: seeds are tried in both directions"),
        ("pair:method=some", "method=some: unknown pairing method 'some'"),
        ("noop:steps=-1", "steps=-1: must be at least 0"),
        ("noop:steps", "parameter 'steps' of noop needs a value"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text, message):
    with pytest.raises(OptionError) as caught:
        parse_step(text, blocks=8)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_sweep_becomes_a_job_for_every_part():
    sweep = KINDS["sweep"]
    jobs = sweep.expand(sweep.read(["parts=3", "count=5"]))
    assert [job["part"] for job in jobs] == [1, 2, 3]
    assert sum(sweep.total(job, 48) for job in jobs) == 32
    (one,) = sweep.expand(sweep.read(["parts=3", "part=2"]))
    assert one["part"] == 2
