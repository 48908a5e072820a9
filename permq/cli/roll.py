"""Which nodes have registered since `permq up` began."""

from typing import TYPE_CHECKING

from permq.errors import ServiceError

if TYPE_CHECKING:
    from permq.pool.connection import Connection


class Roll:
    """The nodes' rows in Postgres, looked at again and again while workers start.

    Times are those of Postgres' clock, which may be another machine's.

    Parameters
    ----------
    url
        Postgres, with the schema.
    """

    def __init__(self, url: str) -> None:
        from permq.pool.connection import transaction

        self._url = url
        self._connection: Connection | None = None
        with transaction(self._connected()) as cursor:
            cursor.execute("SELECT clock_timestamp()")
            ((self._began,),) = cursor.fetchall()

    def is_live(self, name: str) -> bool:
        """Whether the node of a name has said that it lives; False while Postgres is away."""
        from permq.pool import nodes
        from permq.pool.connection import transaction

        try:
            with transaction(self._connected()) as cursor:
                found = nodes.listing(cursor)
        except ServiceError:
            self.close()
            return False
        return any(
            node.name == name and node.state == "live" and node.heartbeat > self._began
            for node in found
        )

    def close(self) -> None:
        """Close the connection; it is opened again when it is needed."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> "Connection":
        from permq.pool.connection import connect

        if self._connection is None:
            self._connection = connect(self._url)
        return self._connection
