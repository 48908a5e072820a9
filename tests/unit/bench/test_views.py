"""What views show, as numbers; and that each becomes a picture and a page."""

import json
import re
from importlib.resources import files

import numpy as np
import pytest

from permq.bench.page import LIBRARY
from permq.bench.render import file_stem, render
from permq.bench.table import KNOWN, Table
from permq.bench.views.heat_map import is_diagonal
from permq.bench.views.radar import scaled_by
from permq.bench.views.registry import VIEWS
from permq.bench.views.view import Options
from permq.errors import MissingDataError

# solver a solves both puzzles, b one of them once; joint is the only setting that differs
RUNS = Table(
    "toy",
    {
        "solver": ["a", "a", "a", "a", "b", "b", "b", "b"],
        "puzzle": ["p", "p", "q", "q", "p", "p", "q", "q"],
        "version": ["1"] * 8,
        "blocks": [4] * 8,
        "settings": [{"joint": False, "steps": 5}] * 4 + [{"joint": True, "steps": 5}] * 4,
        "solved": [True, True, True, True, True, False, False, False],
        "verdict": ["solved"] * 5 + ["order", "pairs", "pairs"],
        "pairs_right": [4, 4, 4, 4, 4, 4, 1, 3],
        "final_mse": [1e-14, 1e-14, 1e-14, 1e-14, 1e-14, 1e-2, 1e-2, 1e-4],
        "seconds": [1.0, 1.0, 1.0, 1.0, 10.0, 10.0, 10.0, 10.0],
        "confidence": [0.9, 0.8, 0.9, 0.8, 0.9, 0.8, 0.3, 0.1],
    },
)


def charts_library():
    return (files("permq") / "static" / LIBRARY).read_text("utf-8")


def numbers(view, metric=None, table=RUNS, **options):
    found = None if metric is None else table.metric(metric)
    return VIEWS[view].compute(table, found, Options(**options))


def test_scores_by_puzzle_have_wilson_intervals():
    found = numbers("score_by_puzzle", "solved")
    assert (found.rows, found.series) == (("p", "q"), ("a", "b"))
    b_on_p = found.estimates[1][0]
    assert (b_on_p.mean, b_on_p.count) == (0.5, 2)
    assert (b_on_p.low, b_on_p.high) == pytest.approx((0.0945, 0.9055), abs=1e-4)


def test_costs_are_averaged_as_logarithms():
    assert numbers("by_solver", "final_mse").estimates[0][1].mean == pytest.approx(
        (1e-14 * 1e-2 * 1e-2 * 1e-4) ** 0.25
    )


def test_a_heat_map_has_the_means():
    assert numbers("heat_map", "pairs_right").values.tolist() == [[1, 1], [1, 0.5]]


def test_a_diagonal_is_no_heat_map():
    table = Table("d", {"solver": ["a", "b"], "puzzle": ["p", "q"], "solved": [True, False]})
    with pytest.raises(MissingDataError, match="diagonal"):
        numbers("heat_map", "solved", table)
    assert is_diagonal(np.eye(3, dtype=bool))
    assert not is_diagonal(np.ones((1, 3), bool))
    assert not is_diagonal(np.ones((1, 1), bool))


@pytest.mark.parametrize(
    ("normalise", "expected"),
    [("min-max", [1, 0.5, 0]), ("percentile", [1, 0.6, 0.2]), ("absolute", [1, 0.1, 0.01])],
)
def test_less_work_is_better_on_every_scale(normalise, expected):
    means, runs = np.array([1.0, 10.0, 100.0]), np.array([1.0, 5.0, 10.0, 20.0, 100.0])
    scaled = scaled_by(normalise, KNOWN["seconds"], means, runs)
    assert scaled == pytest.approx(expected)


def test_shares_are_absolute_as_they_are():
    means = np.array([0.25, 0.5])
    assert scaled_by("absolute", KNOWN["solved"], means, means).tolist() == [0.25, 0.5]


def test_equal_solvers_are_all_best():
    means = np.array([2.0, 2.0])
    assert scaled_by("min-max", KNOWN["seconds"], means, means).tolist() == [1, 1]


def test_a_radar_needs_metrics_and_solvers():
    few = Table("f", {"solver": ["a", "b"], "puzzle": ["p", "p"], "solved": [True, False]})
    with pytest.raises(MissingDataError, match="a radar needs 3"):
        numbers("radar", table=few)
    alone = Table("a", {name: values[:4] for name, values in RUNS.columns.items()})
    with pytest.raises(MissingDataError, match="absolute"):
        numbers("radar", table=alone)
    assert numbers("radar", table=alone, normalise="absolute").scaled.shape == (1, 5)


def test_the_effect_of_a_setting_is_paired_by_puzzle():
    found = numbers("factor_effect", "solved")
    # solver and setting split the runs alike; a solved 1 and 1, b 0.5 and 0
    assert found.rows == ("solver: a → b",)
    effect = found.estimates[0][0]
    assert (effect.mean, effect.count) == (-0.75, 2)
    ratio = numbers("factor_effect", "seconds").estimates[0][0]
    assert ratio.mean == pytest.approx(1.0)  # ten times: one decade


def test_settings_are_compared_only_where_all_else_is_equal():
    table = Table(
        "c",
        {
            "solver": ["a", "b", "c"],
            "puzzle": ["p", "p", "p"],
            "settings": [{"rows": 8, "joint": False}, {"rows": 8, "joint": True}, {"limit": 3}],
            "seconds": [1.0, 2.0, 9.0],
        },
    )
    assert numbers("factor_effect", "seconds", table).rows == ("joint: false → true",)


def test_without_a_binary_factor_there_is_no_effect():
    table = Table("n", {"solver": ["a"], "puzzle": ["p"], "solved": [True]})
    with pytest.raises(MissingDataError, match="no setting has two values"):
        numbers("factor_effect", "solved", table)


def test_the_board_tells_how_it_is_wrong():
    board = numbers("board")
    assert board.solvers == ("a 1", "b 1")
    assert [[field.text for field in row] for row in board.fields] == [
        ["✓ 2/2", "◐ 1/2 order"],
        ["✓ 2/2", "✗ 0/2 pairs"],
    ]
    assert [board.solved(0), board.solved(1)] == [(2, 2), (0, 2)]


def test_versions_have_columns_of_their_own():
    columns = dict(RUNS.columns) | {"version": ["1", "2"] * 4}
    assert len(numbers("board", table=Table("v", columns)).solvers) == 4


def test_curves_of_one_class_are_left_out_and_listed():
    found = numbers("roc")
    assert found.names == ("b",)
    assert found.qualities[0].auc == 1.0
    assert found.left_out == ("a: all of its 4 came true, one class has no curve",)


def test_names_of_files_say_view_suite_and_metric():
    assert file_stem("heat_map", "a/b c", "solved") == "heat_map-a_b_c-solved"


def test_every_view_becomes_a_picture_and_a_page(tmp_path):
    told = []
    done = render(RUNS, tmp_path, metrics=["solved", "final_mse", "nothing"], made=told.append)
    stems = {path.stem for path in done.files}
    assert {path.suffix for path in done.files} == {".png", ".html"}
    assert {name.partition("-")[0] for name in stems} == set(VIEWS)
    assert "score_by_puzzle-toy-final_mse" in stems
    assert told == list(done.files)
    assert ("nothing", "the runs have no column 'nothing'") in done.skipped
    for path in done.files:
        assert path.stat().st_size > 1000
    for stem in stems:
        assert (tmp_path / f"{stem}.png").read_bytes().startswith(b"\x89PNG")


def test_a_page_holds_everything_and_no_name_can_break_out_of_it(tmp_path):
    evil = "</script><script>alert(1)</script>"
    columns = dict(RUNS.columns) | {"puzzle": [evil] * 8}
    done = render(Table("toy", columns), tmp_path, views=["board"])
    text = next(path for path in done.files if path.suffix == ".html").read_text("utf-8")
    assert evil not in text
    without_library = text.replace(charts_library(), "")
    assert not re.search(r"(src|href)=|https?://|@import", without_library)
    (options,) = re.findall(r'id="options">(.*?)</script>', text, re.DOTALL)
    assert json.loads(options)[0]["yAxis"]["data"] == [evil]


def test_views_without_their_columns_are_skipped_with_the_reason(tmp_path):
    done = render(Table("bare", {"solver": ["a"], "seconds": [1.0]}), tmp_path)
    reasons = dict(done.skipped)
    assert reasons["board-bare-solved"] == "the runs have no column 'puzzle'"
    assert reasons["roc-bare-solved"] == "the runs have no column 'confidence'"
    assert {path.stem for path in done.files} == {"by_solver-bare-seconds"}
