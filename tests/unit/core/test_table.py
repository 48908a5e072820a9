import csv
import re
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.core.table import read_fast, read_header, read_strictly, read_table
from permq.errors import PuzzleError
from tests.puzzle_files import REAL, needs_real_puzzle

GOOD = "a,b,pred,true\n1,2,3,4\n-1.5,2e-3,.5,7.\n"

numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr),
    st.floats(-1e38, 1e38).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.from_regex(r"\A[+-]?[0-9]{1,30}\.?[0-9]{0,30}([eE][+-]?[0-9]{1,2})?\Z"),
)
line_ends = st.sampled_from(["\n", "\r\n"])


@pytest.fixture
def write(tmp_path):
    def written(content):
        path = tmp_path / "historical_data.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def refused(path):
    with pytest.raises(PuzzleError) as caught:
        read_table(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value.problem


def test_inputs_predictions_and_labels_are_told_apart_by_name(write):
    table = read_table(write("pred,a,true,b\n1,2,3,4\n5,6,7,8\n"))
    assert table.x.tolist() == [[2, 4], [6, 8]]
    assert table.pred.tolist() == [[1], [5]]
    assert table.true.tolist() == [[3], [7]]
    assert table.x.dtype == table.pred.dtype == np.float32
    assert table.x.flags.c_contiguous


def test_labels_may_be_missing(write):
    assert read_table(write("a,pred\n1,2\n")).true is None


def test_several_outputs_come_in_the_order_of_their_numbers(write):
    table = read_table(write("pred_1,true_0,x,pred_0,true_1\n1,2,3,4,5\n"))
    assert table.pred.tolist() == [[4, 1]]
    assert table.true.tolist() == [[2, 5]]


def test_only_exact_names_are_answers(write):
    table = read_table(write("prediction,true_north,pred\n1,2,3\n"))
    assert table.x.tolist() == [[1, 2]]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        "\ufeff" + GOOD,
        GOOD.rstrip("\n"),
        GOOD + "\n\n \n",
        GOOD.replace("\n-", "\n\n-"),
        GOOD.replace(",", " , "),
        '"a","b","pred","true"\n"1","2",3,4\n-1.5,2e-3,.5,7.\n',
        GOOD.replace("2e-3", "+2.0E-03"),
    ],
)
def test_harmless_variety_is_read(write, content):
    table = read_table(write(content))
    values = np.column_stack([table.x, table.pred, table.true])
    assert np.array_equal(values, np.float32([[1, 2, 3, 4], [-1.5, 2e-3, 0.5, 7]]))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "line 1: has no column pred (nor pred_0)"),
        ("a,b\n1,2\n", "line 1: has no column pred (nor pred_0)"),
        ("pred,true\n1,2\n", "line 1: has no input columns"),
        ("a,a,pred\n1,2,3\n", "line 1: column 'a' stands twice"),
        ("a,pred,pred_0\n1,2,3\n", "line 1: has both pred and pred_0"),
        ("a,pred_0,pred_2\n1,2,3\n", "line 1: has 2 columns pred_…, but no pred_1"),
        ("a,pred_0,pred_1,true\n1,2,3,4\n", "line 1: has 2 columns of pred, but 1 of true"),
        ("a,pred\n", "has no rows"),
        ("a,pred", "has no rows"),
        ("a,pred\n\n\r\n", "has no rows"),
        ("a,pred\n1,2\n3\n", "line 3: has 1 columns, the header has 2"),
        ("a,pred\n1,2,3\n", "line 2: has 3 columns, the header has 2"),
        ("a,pred\n1,2,3\n4,5,6\n", "line 2: has 3 columns, the header has 2"),
        ("a,pred\n1,2\n\n1,abc\n", "line 4, column 'pred': 'abc' is no number"),
        ("a,pred\n1,2\n,3\n", "line 3, column 'a': is empty"),
        ("a,pred\n1,2\n1,2-\n", "line 3, column 'pred': '2-' is no number"),
        ("a,pred\n1_0,2\n", "line 2, column 'a': '1_0' is no number"),
        ("a,pred\n0x1,2\n", "line 2, column 'a': '0x1' is no number"),
        ("a,pred\n1 2,3\n", "line 2, column 'a': '1 2' is no number"),
        ("a,pred\n１,2\n", "line 2, column 'a': '１' is no number"),
        ("a,pred\n1,nan\n", "line 2, column 'pred': nan is no finite number"),
        ("a,pred\n-Infinity,1\n", "line 2, column 'a': -Infinity is no finite number"),
        ("a,pred\n1,1e39\n", "line 2, column 'pred': 1e39 is too large for float32"),
        ("a,pred\n1,1e999\n", "line 2, column 'pred': 1e999 is too large for float32"),
        ("a,pred\n#1,2\n", "line 2, column 'a': '#1' is no number"),
        (GOOD.encode("utf-16"), "is no CSV in UTF-8"),
        (b"a,pred\n1,2\n\xff,1\n", "is no CSV in UTF-8"),
        (b"a,pred\n1,\x00\n", r"line 2, column 'pred': '\x00' is no number"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(write, content, problem):
    assert refused(write(content)) == problem


def test_a_missing_file_is_named(tmp_path):
    assert refused(tmp_path / "none.csv") == "no such file"


@given(
    st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=6),
    line_ends,
    st.booleans(),
)
def test_the_fast_reader_agrees_with_python_digit_for_digit(rows, end, closed):
    body = end + end.join(map(",".join, rows)) + (end if closed else "")
    wanted = np.array([[float(word) for word in row] for row in rows])
    with np.errstate(over="ignore"):
        wanted = wanted.astype(np.float32)
    got = read_fast(body.encode(), 3)
    if np.isfinite(wanted).all():
        assert np.array_equal(got, wanted)
        assert np.array_equal(read_strictly(body.encode(), "abc", Path("t.csv")), wanted)
    else:
        assert got is None


@given(st.text("0123456789+-.eE,\r\n", max_size=40), st.integers(1, 3))
def test_the_fast_reader_accepts_nothing_that_the_strict_one_refuses(body, columns):
    fast = read_fast(body.encode(), columns)
    try:
        strict = read_strictly(body.encode(), "abc"[:columns], Path("t.csv"))
    except PuzzleError:
        assert fast is None
    else:
        assert fast is None or np.array_equal(fast, strict)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body):
    with suppress(PuzzleError):
        read_strictly(body, "ab", Path("t.csv"))


@given(st.text(max_size=30))
def test_any_header_is_read_or_refused(line):
    try:
        columns = read_header(line, Path("t.csv"))
    except PuzzleError:
        return
    places = [*columns.x, *columns.pred, *columns.true]
    assert sorted(places) == list(range(len(columns.names)))


@needs_real_puzzle
def test_the_real_table_takes_the_fast_way_and_equals_the_csv_module():
    path = REAL / "historical_data.csv"
    header, *rows = csv.reader(path.read_text().splitlines())
    wanted = np.array([[float(word) for word in row] for row in rows]).astype(np.float32)
    body = re.sub(rb"^[^\r\n]*", b"", path.read_bytes(), count=1)
    assert np.array_equal(read_fast(body, len(header)), wanted)
    table = read_table(path)
    assert np.array_equal(table.x, wanted[:, :48])
    assert np.array_equal(table.pred, wanted[:, 48:49])
    assert np.array_equal(table.true, wanted[:, 49:])
