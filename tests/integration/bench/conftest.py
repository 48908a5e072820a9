"""Commands find the servers of the test's fleet."""

import pytest

SUITE = """
name = "tiny"
seeds = [1]

[[solvers]]
name = "solve"
time_limit = 20
steps = [{ kind = "solve" }]

[[solvers]]
name = "walk"
time_limit = 5
steps = [{ kind = "anneal", params = { steps = 1, rows = 16, from = "random" } }]

[[regimes]]
id = "tiny-6"
blocks = 6
width = 8
hidden = 16
rows = 200
epochs = 30
"""


@pytest.fixture
def servers(fleet, monkeypatch, tmp_path):
    monkeypatch.setenv("PERMQ_POSTGRES_URL", fleet.postgres_url)
    monkeypatch.setenv("PERMQ_REDIS_URL", fleet.redis_url)
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path / "data"))
    return fleet


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(SUITE)
    return path
