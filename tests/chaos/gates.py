"""A network that can be cut: relays between one node and the servers."""

import asyncio
import socket
import struct
import threading
from contextlib import suppress

_AT_ONCE = struct.pack("ii", 1, 0)
_CHUNK = 1 << 16


class Gates:
    """Relays in a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gates", daemon=True)
        self._thread.start()
        self._gates: list[Gate] = []

    def gate(self, upstream: int) -> "Gate":
        """Open a relay to a port of this machine."""
        made = Gate(self._loop, upstream)
        asyncio.run_coroutine_threadsafe(made.listen(), self._loop).result(10)
        self._gates.append(made)
        return made

    def close(self) -> None:
        """End all of them."""

        async def end() -> None:
            for gate in self._gates:
                await gate.leave()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


class Gate:
    """One relay; `port` is where the node connects."""

    def __init__(self, loop: asyncio.AbstractEventLoop, upstream: int) -> None:
        self._loop = loop
        self._upstream = upstream
        self._cut = False
        self._passable = asyncio.Event()
        self._passable.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def leave(self) -> None:
        self._server.close()
        for writer in list(self._writers):
            _abort(writer)

    def cut(self) -> None:
        """Connections break, and no new one is made."""
        self._soon(cut=True, passable=True, ended=True)

    def silence(self) -> None:
        """Connections stay and carry nothing; new ones are never answered."""
        self._soon(cut=False, passable=False, ended=False)

    def open(self) -> None:
        """The network is back; what was connected before it went is not."""
        self._soon(cut=False, passable=True, ended=True)

    def _soon(self, *, cut: bool, passable: bool, ended: bool) -> None:
        def change() -> None:
            self._cut = cut
            if ended:
                for writer in list(self._writers):
                    _abort(writer)
            if passable:
                self._passable.set()
            else:
                self._passable.clear()

        self._loop.call_soon_threadsafe(change)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        other = None
        try:
            await self._passable.wait()
            if self._cut or writer.is_closing():
                return
            with suppress(OSError):
                back, other = await asyncio.open_connection("127.0.0.1", self._upstream)
                self._writers.add(other)
                ways = [
                    asyncio.ensure_future(self._carry(reader, other)),
                    asyncio.ensure_future(self._carry(back, writer)),
                ]
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
        except asyncio.CancelledError:  # the gates are closed; nobody waits for this task
            return
        finally:
            for one in filter(None, (writer, other)):
                self._writers.discard(one)
                _abort(one)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self._passable.wait()
                writer.write(data)
                await writer.drain()


def _abort(writer: asyncio.StreamWriter) -> None:
    """End a connection as a router does that has forgotten it."""
    with suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()
