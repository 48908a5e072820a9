"""Puzzles at a node: fetched once, kept on disk and in memory, never believed when damaged."""

import pytest

from permq.pool.content import pack
from tests.toys import toy_puzzle
from workers.puzzles import IN_MEMORY, PuzzleCache


@pytest.fixture
def saved(tmp_path):
    """A cache that holds one puzzle on disk, and no pool to fetch another from."""
    from permq.pool.content import contents_of

    puzzle, _ = toy_puzzle(0)
    fingerprint = contents_of(puzzle)
    tmp_path.joinpath(f"{fingerprint}.npz").write_bytes(pack(puzzle))
    return PuzzleCache(tmp_path), fingerprint, tmp_path


def test_a_puzzle_on_disk_needs_no_pool(saved):
    cache, fingerprint, _ = saved
    found = cache.get(None, 1, fingerprint)
    assert found.fingerprint == fingerprint
    assert cache.get(None, 1, fingerprint) is found


def test_a_damaged_file_is_removed_and_fetched_again(saved):
    cache, fingerprint, folder = saved
    path = folder / f"{fingerprint}.npz"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(TypeError):  # it asks the pool, and there is none
        cache.get(None, 1, fingerprint)
    assert not path.exists()


def test_only_the_last_few_stay_in_memory(tmp_path):
    from permq.pool.content import contents_of

    cache = PuzzleCache(tmp_path)
    prints = []
    for seed in range(IN_MEMORY + 1):
        puzzle, _ = toy_puzzle(seed)
        prints.append(contents_of(puzzle))
        tmp_path.joinpath(f"{prints[-1]}.npz").write_bytes(pack(puzzle))
    first = cache.get(None, 1, prints[0])
    for fingerprint in prints[1:]:
        cache.get(None, 1, fingerprint)
    assert cache.get(None, 1, prints[0]) is not first
