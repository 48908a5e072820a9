"""The page of `permq watch`, and its lines."""

from dataclasses import replace
from datetime import UTC, datetime

from permq.cli.job_watch import Snapshot, changes, fitted, page
from permq.pool.listed import Discovery, JobRow, PuzzleBest
from permq.pool.nodes import NodeStatus

AT = datetime(2030, 5, 6, 12, tzinfo=UTC)


def job(number, **values):
    facts = dict.fromkeys(JobRow._fields) | {
        "id": number,
        "kind": "anneal",
        "puzzle": "small",
        "state": "running",
        "paused": False,
        "cancelling": False,
        "node": "alpha",
        "slice": 2,
        "steps_done": 50,
        "steps_total": 100,
        "rate": 10.0,
        "worked": 5.0,
        "current_cost": 0.5,
        "age": 7.0,
    }
    return JobRow(**(facts | values))


def node(name, **values):
    facts = dict.fromkeys(NodeStatus._fields) | {
        "name": name,
        "chipset": "Apple M4",
        "state": "live",
        "slots": 8,
        "running": 1,
        "speed": 9000.0,
        "rate": 10.0,
        "silent": 1.0,
        "works_on": "anneal 1",
    }
    return NodeStatus(**(facts | values))


def best(**values):
    facts = dict.fromkeys(PuzzleBest._fields) | {
        "puzzle_id": 1,
        "name": "small",
        "blocks": 12,
        "solution_id": 5,
        "sha256": "ab" * 32,
        "cost": 0.25,
        "solved": False,
        "method": "anneal",
        "node": "alpha",
        "job": 1,
        "age": 3.0,
    }
    return PuzzleBest(**(facts | values))


def find(number):
    return Discovery(number, AT, "small", number, 0.25, False, "anneal", "alpha", 1)


NOW = Snapshot(
    at=AT,
    counts={"ready": 3, "running": 1},
    running=(job(1),),
    nodes=(node("alpha"),),
    bests=(best(),),
    newest=(find(5),),
)


def test_the_page_shows_jobs_nodes_pool_and_finds():
    text = "\n".join(page(NOW, 100, 40))
    assert "3 ready, 1 running" in text
    assert "small (12 blocks): best 0.25 by job 1 (anneal on alpha)" in text
    assert "[#####-----]  50%" in text
    assert "5.0s" in text
    assert "SOLVED" not in text


def test_the_page_fits_any_window():
    crowd = replace(
        NOW,
        running=tuple(job(n) for n in range(60)),
        nodes=tuple(node(f"node{n}") for n in range(30)),
        newest=tuple(map(find, range(8))),
    )
    for height in range(1, 60):
        lines = page(crowd, 60, height)
        assert len(lines) <= height
        assert max(map(len, lines)) <= 60


def test_lists_that_are_cut_say_so():
    sections = fitted([["head", *"abc"], ["head", *"abcdefgh"]], 10)
    assert sections == [["head", "a", "b", "c"], ["head", "a", "b", "… and 6 more"]]


def test_lists_are_left_whole_where_there_is_room():
    sections = [["head", "a"], [], ["head", "b"]]
    assert fitted(sections, 6) == sections


def test_a_solved_puzzle_cannot_be_overlooked():
    lines = page(replace(NOW, bests=(best(solved=True),)), 120, 40)
    assert f"*** SOLVED: small, sha256 {'ab' * 32} ***" in lines


def test_the_first_look_tells_everything_and_the_next_what_changed():
    first = changes(None, NOW)
    assert [line.split(" ", 1)[1] for line in first] == [
        "jobs 3 ready, 1 running",
        "node alpha live: Apple M4, 8 slots, 9,000 steps/s each",
        "small best 0.25 by job 1 (anneal on alpha)",
    ]
    assert changes(NOW, replace(NOW, running=(job(1, steps_done=60),))) == []
    (line,) = changes(NOW, replace(NOW, nodes=(node("alpha", state="dead"),)))
    assert "node alpha dead" in line


def test_a_solution_is_told_loudly_once():
    solved = replace(NOW, bests=(best(solution_id=6, cost=0.0, solved=True, job=7),))
    lines = changes(NOW, solved)
    assert lines[-1].endswith(f"*** SOLVED: small by job 7: sha256 {'ab' * 32} ***")
    assert changes(solved, solved) == []


def test_a_fleet_is_idle_when_nothing_but_paused_jobs_is_left():
    assert not NOW.idle
    assert replace(NOW, counts={"paused": 2, "done": 3}).idle
