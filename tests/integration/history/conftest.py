"""The history is tested with the pool's puzzle and solutions."""

from tests.integration.pool.conftest import connection, stored, toy, wrong

__all__ = ["connection", "stored", "toy", "wrong"]
