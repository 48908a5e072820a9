"""The page in a real browser, while jobs run: it shows what the database holds."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from permq.jobs.control import cancel
from tests.chromium import Chromium, Page
from tests.dashboards import Pool
from tests.nodes import PATIENCE, step

VALUE = "JSON.parse(document.querySelector({}).dataset.value)"


@pytest.fixture
def dashboard(fleet):
    """`permq dashboard` as it is started by hand."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "permq", "dashboard"],
        env=os.environ | fleet.environment() | {"PERMQ_DATA": str(fleet.folder / "data")},
        stdout=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline()
    yield re.search(r"http://127\.0\.0\.1:\d+/", line).group()
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    process.stdout.close()


def value(page: Page, selector: str) -> object:
    """What an element says of itself, as the database has it."""
    return page.evaluate(VALUE.format(json.dumps(selector)))


def agree(page: Page, fleet, selector: str, query: str) -> None:
    """Wait until an element shows what a query gives at the same time."""
    end = time.monotonic() + PATIENCE
    while True:
        shown, ((said,),) = value(page, selector), fleet.rows(query)
        if shown == said:
            return
        assert time.monotonic() < end, f"{selector} shows {shown}, the database says {said}"
        time.sleep(0.2)


def called_off(fleet, jobs) -> bool:
    """Whether jobs have ended; asks for it as long as they have not."""
    connection = fleet.connection
    cancel(connection, jobs)
    connection.close()
    return set(fleet.states(jobs).values()) == {"cancelled"}


def test_the_page_follows_the_database_while_jobs_run(fleet, dashboard, chromium: Chromium):
    fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '4')")
    fleet.started("one", slots=2)
    puzzle = fleet.add_puzzle()
    # so hot that it finds something, but never the answer
    long = step("anneal", steps=10**9, rows=64, accept="threshold", hot=1e9, cold=1e9)
    jobs = fleet.submit(long, puzzle=puzzle, keep_going=True).jobs
    fleet.submit(step("noop", 3))
    fleet.until_running(jobs[0])
    page = chromium.page()
    page.size(1280, 900)
    page.open(dashboard)
    page.until("document.querySelector('#jobs tbody tr')", "the jobs are shown")
    fleet.until(lambda: fleet.rows("SELECT count(*) > 0 FROM solutions") == [(True,)], "a find")

    agree(page, fleet, "#best-cost", "SELECT min(cost) FROM solutions")
    agree(page, fleet, "#solutions", "SELECT count(*) FROM solutions")
    agree(page, fleet, "#running", "SELECT count(*) FROM jobs WHERE state = 'running'")
    agree(page, fleet, "#done", "SELECT count(*) FROM jobs WHERE state = 'done'")
    agree(page, fleet, "#live-nodes", "SELECT count(*) FROM nodes WHERE state = 'live'")
    row = f"#jobs tr[data-key='{jobs[0]}'] "
    agree(page, fleet, row + "td:nth-child(4)", f"SELECT state FROM jobs WHERE id = {jobs[0]}")
    agree(page, fleet, row + "td:nth-child(7)", f"SELECT best_cost FROM jobs WHERE id = {jobs[0]}")
    agree(page, fleet, "#nodes tr[data-key='one'] td:nth-child(3)", "SELECT 1")

    # it goes on by itself: more steps, and then the end
    steps = row + "td:nth-child(6)"
    before = value(page, steps)
    page.until(f"{VALUE.format(json.dumps(steps))} > {before}", "more steps are shown")
    fleet.until(lambda: called_off(fleet, jobs), "the search has ended")
    agree(page, fleet, "#running", "SELECT 0")
    assert page.complaints == []
    # nothing was asked of anybody else
    assert {url.split("/")[2] for url in page.asked} == {dashboard.split("/")[2]}


@pytest.fixture(scope="module")
def shown(module_postgres_url):
    """A dashboard of a pool in which every panel has something to show."""
    from permq.history.taking import take
    from tests.dashboards import Served

    pool = Pool(module_postgres_url)
    pool.node("mac")
    pool.job("running", steps_done=5, steps_total=10, best_cost=0.5, reason="x" * 200)
    for swaps in (3, 1, 0):
        pool.find(8, swaps=swaps)
        take(pool.connection, pool.row.id, pool.puzzle)
    pairs = zip(pool.answer.inputs, pool.answer.outputs, strict=True)
    told = json.dumps({"probable": [[inp, out, 0.9] for inp, out in pairs]})
    pool.job("done", kind="pair", work_class="light", result=told)
    served = Served(pool.url)
    yield served
    served.end()
    pool.close()


@pytest.fixture
def opened(shown, chromium):
    """The page of that dashboard, drawn."""

    def opened(width, scheme="light"):
        page = chromium.page()
        page.size(width, 800)
        page.prefer(scheme)
        page.open(shown.address)
        page.until("document.querySelectorAll('.chart canvas').length >= 7", "charts are drawn")
        page.until("!document.getElementById('flower').hidden", "links are there")
        return page

    return opened


@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_no_width_needs_scrolling_sideways(opened, width):
    page = opened(width)
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths == [width, width]
    outside = page.evaluate(
        "[...document.querySelectorAll('section, .facts div, canvas')]"
        ".filter((one) => one.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert outside == 0
    assert page.complaints == []


def test_dark_and_light_follow_the_system_and_can_be_chosen(opened):
    ground = "getComputedStyle(document.body).backgroundColor"

    def lightness(page):
        return sum(int(part) for part in re.findall(r"\d+", page.evaluate(ground))[:3])

    light, dark = opened(1280, "light"), opened(1280, "dark")
    assert lightness(light) > 600
    assert lightness(dark) < 150
    choose = (
        "(() => { const choice = document.getElementById('theme'); choice.value = 'light';"
        "choice.dispatchEvent(new Event('change')); return true; })()"
    )
    dark.evaluate(choose)
    assert lightness(dark) > 600
    assert dark.evaluate("localStorage.getItem('theme')") == "light"
    dark.evaluate("localStorage.clear()")
    assert light.complaints + dark.complaints == []


def test_everything_is_reached_and_read_with_the_keyboard(opened):
    page = opened(1280)
    focus = (
        "(() => { const one = document.activeElement; return one.id || one.className || "
        "one.tagName; })()"
    )
    page.press("Tab")
    assert page.evaluate(focus) == "skip"
    seen = []
    for _ in range(40):
        page.press("Tab")
        seen.append(page.evaluate(focus))
        if seen[-1] == "chart":
            break
    assert seen[:2] == ["puzzle", "theme"]
    assert {"flower", "grafana", "scroll", "colour", "chart"} <= set(seen)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    said = "document.activeElement.parentElement.querySelector('.spoken').textContent"
    page.press("ArrowRight")
    first = page.evaluate(said)
    assert first.startswith("best so far")
    page.press("ArrowRight")
    assert page.evaluate(said) != first
    page.press("Escape")
    assert page.complaints == []


def test_a_chart_holds_the_numbers_that_were_told(opened, shown):
    page = opened(1280)
    panel = "echarts.getInstanceByDom(document.querySelector('#agreement .chart')).getOption()"
    drawn = page.evaluate(f"{panel}.series[0].data.map((bar) => bar.value)")
    assert drawn == shown.ask("/api/puzzles/1/consensus").json["share"]
    history = "echarts.getInstanceByDom(document.querySelector('#history .chart')).getOption()"
    costs = page.evaluate(f"{history}.series[1].data.map((point) => point[1])")
    told = shown.ask("/api/puzzles/1/history").json["snapshots"]
    assert costs == [one["median_cost"] for one in told]
    reliability = "echarts.getInstanceByDom(document.querySelector('#calibration .chart'))"
    curves = page.evaluate(
        f"{reliability}.getOption().series.slice(1).map(({{ name, data }}) => [name, data])"
    )
    told = shown.ask("/api/puzzles/1/history").json["calibration"]
    assert [name for name, _ in curves] == ["placement", "pairing"]
    assert curves == [[one["name"], [[b["said"], b["seen"]] for b in one["bins"]]] for one in told]


def test_what_is_not_there_yet_is_said_in_one_line(postgres_url, serve, chromium):
    served = serve(postgres_url)
    page = chromium.page()
    page.open(served.address)
    page.until(
        "[...document.querySelectorAll('.none')].filter((one) => one.textContent !== 'Loading.')"
        ".length === 13",
        "every panel has said that it is empty",
    )
    assert page.complaints == []


def test_the_page_says_when_the_dashboard_has_gone(postgres_url, serve, chromium):
    served = serve(postgres_url)
    page = chromium.page()
    page.open(served.address)
    page.until("document.getElementById('state').textContent === 'live'", "the page is live")
    served.end()
    page.until("document.querySelector('#state.away')", "the page says so")
    assert "does not answer" in page.evaluate("document.getElementById('state').textContent")
