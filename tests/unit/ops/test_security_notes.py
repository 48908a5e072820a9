"""What ops/SECURITY.md names is there: files, tests, commands and variables."""

import re


def test_every_test_and_command_of_the_table_exists(root):
    text = (root / "ops/SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:tests|ops|permq)/[\w./]+)(?:::(\w+))?`", text)
    assert len(named) > 30
    for path, test in named:
        assert (root / path).exists(), path
        if test:
            assert f"def {test}(" in (root / path).read_text(encoding="utf-8"), test


def test_every_line_of_protection_says_what_shows_it(root):
    text = (root / "ops/SECURITY.md").read_text(encoding="utf-8")
    table = text.partition("## What is protected")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) > 15
    for row in rows:
        assert re.search(r"`(tests|ops)/", row.split("|")[-2]), row


def test_every_variable_is_one_that_is_read(root):
    text = (root / "ops/SECURITY.md").read_text(encoding="utf-8")
    for name in set(re.findall(r"PERMQ_SIGN_\w+", text)):
        from permq.config import SigningSettings

        part = name.removeprefix("PERMQ_SIGN_").lower()
        assert part in SigningSettings.__dataclass_fields__
