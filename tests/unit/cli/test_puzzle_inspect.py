import pytest

from tests.puzzle_files import REAL, needs_real_puzzle, write_puzzle
from tests.toys import toy_puzzle


@pytest.fixture
def folder(tmp_path):
    return write_puzzle(tmp_path / "tiny", toy_puzzle(blocks=2, width=3, hidden=5, rows=4)[0])


def test_counts_shapes_norms_and_statistics_are_printed(permq, folder):
    done = permq("puzzle", "inspect", folder)
    assert done.code == 0
    for text in ("2 blocks of width 3 with 5 hidden units (relu), 1 output\n", "5 x 3", "3 x 5"):
        assert text in done.out
    for word in ("puzzle", "fingerprint", "SHA-256 not known", "weight", "bias", "pred", "true"):
        assert word in done.out


def test_columns_stand_below_their_heads(permq, folder):
    lines = permq("puzzle", "inspect", folder).out.splitlines()
    head = next(line for line in lines if line.startswith("layers"))
    rows = lines[lines.index(head) + 1 : lines.index(head) + 7]
    assert {len(line) for line in rows} == {len(head)}


def test_json_carries_the_same(permq, folder):
    shown = permq("puzzle", "inspect", folder, "--json", "--activation", "silu").json
    assert shown["pieces"] == 5
    assert (shown["blocks"], shown["width"], shown["hidden"], shown["outputs"]) == (2, 3, 5, 1)
    assert shown["rows"] == 4
    assert shown["activation"] == "silu"
    assert shown["known"] is False
    assert shown["solution_sha256"] is None
    assert [layer["role"] for layer in shown["layers"]] == ["input", "output", "last"]
    assert [kind["columns"] for kind in shown["data"]] == [3, 1, 1]


def test_square_layers_are_not_given_a_role(permq, tmp_path):
    folder = write_puzzle(tmp_path / "square", toy_puzzle(blocks=2, width=4, hidden=4)[0])
    shown = permq("puzzle", "inspect", folder, "--json").json
    assert [(layer["role"], layer["count"]) for layer in shown["layers"]] == [
        ("square", 4),
        ("last", 1),
    ]


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda f: (f / "pieces" / "piece_0.pth").write_bytes(b"x"), "is no file written by torch"),
        (lambda f: (f / "pieces" / "piece_0.pth").unlink(), "piece 0 is missing"),
        (lambda f: (f / "historical_data.csv").write_text("a,b\n"), "has no column pred"),
        (lambda f: (f / "puzzle.toml").write_text("x = 1"), "unknown key 'x'"),
    ],
)
def test_bad_input_is_one_line_and_status_2(permq, folder, damage, problem):
    damage(folder)
    done = permq("puzzle", "inspect", folder)
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith(f"permq: error: {folder}")
    assert problem in done.err
    assert done.err.count("\n") == 1


def test_errors_with_json_are_json(permq, tmp_path):
    done = permq("puzzle", "inspect", tmp_path / "none", "--json")
    assert done.code == 2
    assert done.err == f'{{"error": "{tmp_path}/none: no such folder"}}\n'


@needs_real_puzzle
def test_the_real_puzzle_is_recognised(permq):
    shown = permq("puzzle", "inspect", REAL, "--json").json
    assert shown["known"] is True
    assert shown["name"] == "jane-street"
    assert shown["loss"] == pytest.approx(0.1065, abs=5e-5)
