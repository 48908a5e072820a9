"""A dashboard and the pool behind it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.dashboards import Pool, Served


@pytest.fixture
def pool(postgres_url: str) -> Iterator[Pool]:
    """A pool with a puzzle and nothing else."""
    made = Pool(postgres_url)
    yield made
    made.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Starts dashboards: `serve(url, guard)`."""
    started: list[Served] = []

    def start(*given: Any) -> Served:
        started.append(Served(*given))
        return started[-1]

    yield start
    for served in started:
        served.end()
