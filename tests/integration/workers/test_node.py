"""A real node: it registers, works, is steered, and leaves."""

import json
import sys

import pytest

from permq.core.loading import load_puzzle
from permq.fleet.names import queue_of
from permq.fleet.producer import sender
from permq.jobs import control
from permq.jobs.kinds import kind_named
from permq.jobs.task import Task
from tests.nodes import EXAMPLE, Fleet, step


@pytest.fixture
def node(fleet: Fleet):
    return fleet.started("one")


def celery(node: str, queue: str) -> list[str]:
    words = ("-m", "celery", "-A", "workers", "worker", "-n", f"{node}@%h", "-Q", queue, "-c", "1")
    return [sys.executable, "-P", *words]


def long_anneal(**given):
    """Minutes of work that never reaches its target, cut into short slices."""
    return step("anneal", steps=2_000_000, rows=64, accept="threshold", hot=1e9, cold=1e9, **given)


def slices_of(fleet: Fleet, seconds: float = 0.3) -> None:
    fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', %s)", str(seconds))


def test_the_ordinary_celery_command_makes_a_node_that_takes_work(fleet):
    node = fleet.node("bmasass")
    node.start(words=celery("bmasass", "node.bmasass"))
    fleet.await_node("bmasass")
    done = fleet.submit(step("noop", 3), node="bmasass")
    assert set(fleet.until_ended(done.jobs).values()) == {"done"}
    (facts,) = fleet.rows("SELECT slots, speed > 0, classes, apple FROM nodes")
    assert facts == (1, True, ["heavy", "light", "render"], False)


def test_a_node_refuses_the_queue_of_another(fleet):
    node = fleet.node("one")
    node.start(words=celery("one", "node.two"))
    assert node.process.wait(60) == 1
    assert "-Q node.one" in node.told()


def test_a_worker_without_addresses_says_what_to_set(fleet):
    node = fleet.node("one")
    node.start(PERMQ_POSTGRES_URL="")
    assert node.process.wait(60) == 1
    assert "PERMQ_POSTGRES_URL must say" in node.told()


def test_a_search_in_slices_ends_as_in_one_go(fleet, node):
    """And a child begins with what its parent found."""
    slices_of(fleet, 0.1)
    puzzle = fleet.add_puzzle()
    chain = (
        step("anneal", steps=800, perturbation=0, **{"from": "random"}),
        step("refine", steps=2),
    )
    done = fleet.submit(*chain, puzzle=puzzle, seed=5, keep_going=True)
    first, second = done.jobs
    assert set(fleet.until_ended(done.jobs).values()) == {"done"}
    ((result,),) = fleet.rows("SELECT result FROM jobs WHERE id = %s", first)

    kind = kind_named("anneal")
    task = Task(puzzle=load_puzzle(EXAMPLE), params=chain[0].params, seed=5, source="random")
    state = kind.begin(task)
    assert kind.advance(task, state)
    alone = json.loads(json.dumps(kind.result(task, state)))
    assert result["answer"] == alone["answer"]
    assert result["mse"] == alone["mse"]
    ((start, best),) = fleet.rows(
        "SELECT c.start, p.best_solution_id FROM jobs c, jobs p WHERE c.id = %s AND p.id = %s",
        second,
        first,
    )
    assert start["source"] == "parent"
    assert start["solution_id"] == best


def test_a_running_job_is_cancelled_within_its_slice_and_keeps_what_it_found(fleet, node):
    (job,) = fleet.submit(long_anneal(), puzzle=fleet.add_puzzle()).jobs
    fleet.until_running(job)
    control.cancel(fleet.connection, [job])
    assert fleet.until_ended([job]) == {job: "cancelled"}
    assert fleet.rows("SELECT count(*) > 0 FROM solutions") == [(True,)]


def test_a_paused_job_keeps_its_checkpoint_and_goes_on_when_resumed(fleet, node):
    slices_of(fleet)
    (job,) = fleet.submit(long_anneal(), puzzle=fleet.add_puzzle()).jobs
    fleet.until(lambda: fleet.rows("SELECT slice FROM jobs")[0][0] > 1, "it has a checkpoint")
    control.pause(fleet.connection, [job])
    fleet.until(lambda: fleet.states()[job] == "ready", "it has stopped")
    ((before,),) = fleet.rows("SELECT steps_done FROM jobs")
    _, letters = control.resume(fleet.connection, [job])
    assert [letter.message.job for letter in letters] == [job]
    # nobody sends the letter: the node itself looks
    fleet.until(
        lambda: fleet.rows("SELECT steps_done FROM jobs")[0][0] > before,
        "it goes on from where it was",
    )
    assert fleet.rows("SELECT sum(s.steps) <= max(j.steps_done) FROM slices s, jobs j") == [(True,)]


def test_a_node_that_is_told_to_end_saves_its_work_and_signs_off(fleet, node):
    (job,) = fleet.submit(long_anneal(), puzzle=fleet.add_puzzle()).jobs
    fleet.until_running(job)
    assert node.terminate() == 0
    ((state, saved, steps),) = fleet.rows(
        "SELECT state, slice, steps_done FROM jobs WHERE id = %s", job
    )
    assert (state, saved) == ("ready", 1)
    assert steps > 0
    assert fleet.rows("SELECT state FROM nodes") == [("gone",)]


def test_messages_that_no_job_stands_behind_are_kept_and_the_worker_goes_on(fleet, node):
    app = sender(fleet.redis_url)
    from kombu.entity import Queue

    queue = Queue(queue_of("one"), routing_key=queue_of("one"))
    messages = [
        [{"job": 77, "token": 1, "version": 1}],
        [{"job": 77, "token": 1, "version": 2}],
        [{"job": 77, "token": 1, "version": 1, "more": True}],
        ["__import__('os').abort()"],
        [],
        [{"job": "77", "token": None, "version": 1}],
    ]
    for args in messages:
        app.send_task("permq.noop", args=args, queue=queue, ignore_result=True)
    done = fleet.submit(step("noop"))
    assert fleet.until_ended(done.jobs) == {done.jobs[0]: "done"}
    fleet.until(
        lambda: fleet.rows("SELECT count(*) FROM dead_letters") == [(len(messages),)],
        "all are kept",
    )


def test_a_job_that_raises_is_tried_again_and_then_failed_with_its_error(fleet, node):
    puzzle = fleet.add_puzzle()
    done = fleet.submit(step("anneal"), puzzle=puzzle, node="one")
    # what no user can submit: a parameter that the search cannot use
    fleet.until_ended(done.jobs)
    fleet.run(
        "INSERT INTO jobs (submission_id, puzzle_id, kind, work_class, params, seed, state,"
        " code_version) SELECT submission_id, puzzle_id, kind, work_class, '{}', seed, 'ready',"
        " code_version FROM jobs"
    )
    (job,) = (number for number, state in fleet.states().items() if state != "done")
    assert fleet.until_ended([job]) == {job: "failed"}
    ((error, attempt),) = fleet.rows("SELECT error, attempt FROM jobs WHERE id = %s", job)
    assert error.startswith("KeyError")
    assert attempt == 5


def test_a_second_worker_of_the_same_name_takes_over_and_the_first_ends(fleet, node):
    second = fleet.node("one")
    second.folder = fleet.folder / "second"
    second.log = second.folder / "worker.log"
    second.start()
    fleet.until(
        lambda: fleet.rows("SELECT incarnation FROM nodes") == [(2,)], "the second registered"
    )
    assert node.process.wait(60) == 0
    assert "another worker has taken the name one" in node.told()


def test_drained_nodes_finish_their_slice_and_get_nothing_new(fleet, node):
    control.drain(fleet.connection, "one", drained=True)
    (job,) = fleet.submit(step("noop")).jobs
    ((reason,),) = fleet.rows("SELECT reason FROM jobs")
    assert reason
    control.drain(fleet.connection, "one", drained=False)
    assert fleet.until_ended([job]) == {job: "done"}


def test_a_job_ends_with_its_time_however_long_the_slice_might_still_be(fleet, node):
    slices_of(fleet, 600)
    (job,) = fleet.submit(long_anneal(), puzzle=fleet.add_puzzle(), time_limit=1.0).jobs
    assert fleet.until_ended([job]) == {job: "done"}
    assert fleet.rows("SELECT slice, reason FROM jobs") == [(1, "its time limit of 1 s is over")]
