from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from permq.core.settings_file import PuzzleSettings, read_settings
from permq.errors import PuzzleError

SHA = "0123456789abcdef" * 4


@pytest.fixture
def write(tmp_path):
    def written(content):
        path = tmp_path / "puzzle.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def test_a_missing_file_says_nothing(tmp_path):
    assert read_settings(tmp_path / "puzzle.toml") == PuzzleSettings()


def test_every_key_is_read(write):
    text = (
        f'name = "Ünit"\nactivation = "gelu"\nsolution_sha256 = "{SHA.upper()}"\n[made]\nseed = 3\n'
    )
    assert read_settings(write(text)) == PuzzleSettings("Ünit", "gelu", SHA, {"seed": 3})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nane = 'x'", "unknown key 'nane'; it may hold name, activation, solution_sha256, made"),
        ("name = 3", "name must be a text of 1 to 100 printable characters"),
        ("name = ''", "name must be a text of 1 to 100 printable characters"),
        ('name = "\\u001b[31m"', "name must be a text of 1 to 100 printable characters"),
        ("activation = 'elu'", "activation must be one of relu, gelu, silu, tanh"),
        ("activation = ['relu']", "activation must be one of relu, gelu, silu, tanh"),
        ("solution_sha256 = 'abc'", "solution_sha256 must be 64 hexadecimal digits"),
        (f"solution_sha256 = '{SHA}\\n'", "solution_sha256 must be 64 hexadecimal digits"),
        ("solution_sha256 = 12", "solution_sha256 must be 64 hexadecimal digits"),
        ("made = 'today'", "made must be a table, [made]"),
        ("[[made]]\nseed = 1", "made must be a table, [made]"),
        ("name = ", "is no TOML: Invalid value (at end of document)"),
        (b"name = '\xff'", "is no TOML: 'utf-8' codec can't decode byte 0xff in position 8"),
        ("name = " + "[" * 20_000, "is no TOML: maximum recursion depth exceeded"),
        ("name = " + "1" * 10_000, "is no TOML: "),
        ("a" * 100_000, "has 100,000 bytes; at most 65,536 are read"),
    ],
)
def test_anything_else_is_an_error(write, text, problem):
    path = write(text)
    with pytest.raises(PuzzleError) as caught:
        read_settings(path)
    assert str(caught.value).startswith(f"{path}: {problem}")
    assert "\n" not in str(caught.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=50), st.text("name=activton'\"[]{}.,1e-_\n \\u", max_size=50)))
def test_any_text_is_read_or_refused(write, text):
    with suppress(PuzzleError):
        read_settings(write(text))
