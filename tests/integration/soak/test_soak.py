"""A short soak: what leaks at every job or question shows in seconds; long ones: `ops/soak`."""

import pytest

from tests.soak.run import Report, run
from tests.soak.telling import told

SOON = ("open files", "threads", "connections", "keys", "rows", "temporary files")
"""What would grow at once; memory needs longer to tell."""


@pytest.mark.slow
def test_files_threads_connections_and_keys_do_not_grow_while_a_fleet_works(tmp_path):
    report = run(
        10.0,
        0.5,
        tmp_path,
        lambda line: None,
        judged=lambda name: name.endswith(SOON),
        # the first picture opens fonts, once and for all
        without=("figures",),
        # every process has opened by then what it keeps open
        before=40,
    )
    assert report.problems == [], "\n".join(told(report))
    assert isinstance(report, Report)
    assert report.jobs["done"] > 10
    assert report.asked > 20
    assert {name.partition(":")[0] for name in report.trends} >= {
        *("node ant", "node ant child 1", "node bee child 2", "postgres", "redis", "files"),
        *("flower", "metrics", "dashboard"),
    }
