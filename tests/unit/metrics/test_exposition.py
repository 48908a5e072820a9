import math
import re

import pytest

from permq.metrics.catalogue import CATALOGUE
from permq.metrics.exposition import Metric, Sample, number, write

JOBS = Metric("permq_jobs", "gauge", "Jobs.", ("state", "kind"))
DONE = Metric("permq_done_total", "counter", "What is\ndone \\ over.")


def test_samples_of_a_metric_stand_together_under_its_help_and_kind():
    text = write(
        [
            Sample(JOBS, ("ready", "anneal"), 3.0),
            Sample(DONE, (), 0.5),
            Sample(JOBS, ("done", "anneal"), 1e20),
        ]
    )
    assert text == (
        "# HELP permq_jobs Jobs.\n"
        "# TYPE permq_jobs gauge\n"
        'permq_jobs{state="ready",kind="anneal"} 3\n'
        'permq_jobs{state="done",kind="anneal"} 1e+20\n'
        "# HELP permq_done_total What is\\ndone \\\\ over.\n"
        "# TYPE permq_done_total counter\n"
        "permq_done_total 0.5\n"
    )


def test_what_would_end_a_label_is_escaped():
    text = write([Sample(JOBS, ('a"b', "c\\d\ne"), 1.0)])
    assert text.splitlines()[-1] == 'permq_jobs{state="a\\"b",kind="c\\\\d\\ne"} 1'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-2.0, "-2"),
        (0.1, "0.1"),
        (2.10069e-14, "2.10069e-14"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
    ],
)
def test_numbers_are_written_as_prometheus_reads_them(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    "samples",
    [[Sample(JOBS, ("ready",), 1.0)], [Sample(DONE, (), 1.0), Sample(DONE, (), 2.0)]],
)
def test_wrong_and_doubled_labels_are_refused(samples):
    with pytest.raises(ValueError, match="wrong or doubled labels"):
        write(samples)


@pytest.mark.parametrize(
    ("name", "kind", "labels"),
    [
        ("permq_done", "counter", ()),
        ("permq_done_total", "gauge", ()),
        ("permq_done", "histogram", ()),
        ("permq done", "gauge", ()),
        ("permq_done", "gauge", ("kind-of",)),
    ],
)
def test_a_metric_that_prometheus_would_misread_is_refused(name, kind, labels):
    with pytest.raises(ValueError, match=r"permq|kind-of"):
        Metric(name, kind, "Help.", labels)


def test_no_metric_is_listed_twice_and_each_is_explained():
    assert len({metric.name for metric in CATALOGUE}) == len(CATALOGUE)
    for metric in CATALOGUE:
        assert metric.name.startswith("permq_")
        assert re.fullmatch(r"[A-Z1].*\.", metric.help)
