from pathlib import Path

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.core.objective import verify


def test_the_shipped_example_is_small_and_solved_by_its_answer(root: Path):
    folder = root / "permq" / "examples"
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 300_000
    found = verify(load_puzzle(folder / "small"), Arrangement.read(folder / "small" / "answer.txt"))
    assert found.sha256_match
    assert found.exact
