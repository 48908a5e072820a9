"""Runs as columns, whoever wrote them."""

import json

import pytest

from permq.bench.table import Table, read_table
from permq.errors import MissingDataError, OptionError

COLUMNS = {
    "solver": ["a", "a", "b"],
    "puzzle": ["p", "q", "p"],
    "seed": [1, 1, 1],
    "blocks": [4, 4, 4],
    "pairs_right": [4, 2, None],
    "solved": [True, False, None],
    "peak_memory": [1 << 20, 3 << 20, None],
    "energy": [None, None, None],
    "temperature": [20.5, 21.0, 19.0],
    "node": ["one", "two", "one"],
}
TABLE = Table("t", COLUMNS)


def test_metrics_are_the_columns_that_hold_numbers():
    names = [metric.name for metric in TABLE.metrics()]
    assert names == ["solved", "pairs_right", "peak_memory", "temperature"]


def test_an_unknown_column_of_numbers_is_a_metric_nobody_knows_the_best_of():
    assert TABLE.metric("temperature").better is None


def test_pairs_are_told_as_shares_of_the_blocks_and_memory_in_mebibytes():
    assert TABLE.values(TABLE.metric("pairs_right")) == [1.0, 0.5, None]
    assert TABLE.values(TABLE.metric("peak_memory")) == [1.0, 3.0, None]


def test_groups_leave_out_what_is_not_known():
    assert TABLE.grouped(TABLE.metric("solved"), "solver") == {("a",): [1.0, 0.0]}


@pytest.mark.parametrize("name", ["energy", "missing", "node"])
def test_a_column_without_numbers_is_no_metric(name):
    with pytest.raises(MissingDataError, match=name):
        TABLE.metric(name)


def test_csv_and_json_say_the_same(tmp_path):
    text = "solver,puzzle,solved,seconds,node\na,p,true,1.5,one\na,q,False,,two\n"
    rows = [
        {"solver": "a", "puzzle": "p", "solved": True, "seconds": 1.5, "node": "one"},
        {"solver": "a", "puzzle": "q", "solved": False, "seconds": None, "node": "two"},
    ]
    (tmp_path / "runs.csv").write_text(text)
    (tmp_path / "runs.json").write_text(json.dumps({"runs": rows}))
    (tmp_path / "list.json").write_text(json.dumps(rows))
    of_csv, of_json, of_list = (
        read_table(tmp_path / name) for name in ("runs.csv", "runs.json", "list.json")
    )
    assert of_csv.columns == of_json.columns == of_list.columns
    assert of_csv.name == "runs"


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.csv", "solver\n"), ("a.json", "{}"), ("a.json", "[1]"), ("a.json", "{"), ("a.json", "[]")],
)
def test_a_file_without_runs_is_refused(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(OptionError, match=name):
        read_table(tmp_path / name)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(OptionError, match="cannot be read"):
        read_table(tmp_path / "none.csv")
