"""Progress on a terminal, in a log, and not at all."""

import io

import pytest

from permq.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_log_gets_a_line_every_few_seconds(clock):
    stream = io.StringIO()
    with Progress("annealing", 40_000, stream=stream, clock=clock) as progress:
        for step in range(1, 13):
            clock.now = float(step)
            progress.update(1_000 * step, f"best {step}")
    assert stream.getvalue() == (
        "annealing: 5,000/40,000, best 5\nannealing: 10,000/40,000, best 10\n"
    )


def test_a_short_run_says_nothing_in_a_log(clock):
    stream = io.StringIO()
    with Progress("pairing", 3, stream=stream, clock=clock) as progress:
        progress.update(3)
    assert stream.getvalue() == ""


def test_a_terminal_gets_a_bar_that_is_gone_at_the_end(clock):
    stream = Terminal()
    with Progress("sweep", 4, stream=stream, clock=clock) as progress:
        clock.now = 1.0
        progress.update(1, "best 2")
        assert stream.getvalue() == "\r\x1b[Ksweep [######------------------]  25% 1/4  best 2"
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_bar_is_not_drawn_more_often_than_seen(clock):
    stream = Terminal()
    progress = Progress("sweep", 1_000, stream=stream, clock=clock)
    for step in range(1_000):
        clock.now = step / 1_000
        progress.update(step)
    assert stream.getvalue().count("\r") <= 10


def test_a_bar_never_passes_its_end(clock):
    stream = Terminal()
    progress = Progress("sweep", 4, stream=stream, clock=clock)
    clock.now = 1.0
    progress.update(9)
    assert "100%" in stream.getvalue()


@pytest.mark.parametrize("total", [None, 0])
def test_an_unknown_end_is_only_counted(clock, total):
    stream = Terminal()
    progress = Progress("search", total, stream=stream, clock=clock)
    clock.now = 1.0
    progress.update(12)
    assert "%" not in stream.getvalue()
    assert "search: 12" in stream.getvalue()


def test_a_line_stands_above_the_bar(clock):
    stream = Terminal()
    progress = Progress("search", 4, stream=stream, clock=clock)
    clock.now = 1.0
    progress.update(1)
    progress.say("stage one")
    assert stream.getvalue().endswith("\r\x1b[Kstage one\n")


def test_quiet_means_nothing_at_all(clock):
    stream = Terminal()
    with Progress("search", 4, quiet=True, stream=stream, clock=clock) as progress:
        clock.now = 100.0
        progress.update(2)
        progress.say("no")
    assert stream.getvalue() == ""
