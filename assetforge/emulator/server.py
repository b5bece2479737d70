"""The emulator as a server on this machine's loopback address, in a thread or in the foreground."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from assetforge.emulator.app import make_app
from assetforge.emulator.dialects import DIALECTS
from assetforge.emulator.faults import FAULTS
from assetforge.emulator.routes import root_of
from assetforge.emulator.settings import Settings
from assetforge.emulator.wire import Protocol
from assetforge.emulator.world import World
from assetforge.loopback import HOST, HttpServer, listening

GRACE_SECONDS: Final = 60
"""How long the last calls may take; only a client that stops halfway takes so long."""


class Server:
    """A running emulator.

    Attributes:
        world: its state; for reading the books, everything else belongs to its thread.
        port: where it listens, on the loopback address.
    """

    def __init__(self, settings: Settings, port: int = 0) -> None:
        """Take the port, so that calls wait from now on.

        Raises:
            OSError: the port is in use.
            ValueError: there is no such fault or dialect.
        """
        check(settings)
        self.world = World(settings)
        self._socket = listening(port)
        self.port: int = self._socket.getsockname()[1]
        self._http = HttpServer(
            make_app(self.world), self.world.closing.set, GRACE_SECONDS, protocol=Protocol
        )

    @property
    def url(self) -> str:
        """The base URL of the API."""
        return f"{self.address}{root_of(self.world.settings)}"

    @property
    def address(self) -> str:
        """Where it listens; `/emulator/books` is below."""
        return f"http://{HOST}:{self.port}"

    def books(self) -> dict[str, Any]:
        """Return every call and the totals, as `GET /emulator/books` does."""
        return self.world.books.document()

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until told to end, by `stop` or a signal, then finish what is in flight.

        Args:
            ready: called once, when signals are heeded and calls answered.
        """
        self._http.ready = ready
        try:
            self._http.run(sockets=[self._socket])
        finally:
            self._socket.close()
            self.world.close()

    def stop(self) -> None:
        """Tell a server that runs in another thread to end."""
        self._http.should_exit = True


def check(settings: Settings) -> None:
    """Look whether every name is known.

    Raises:
        ValueError: there is no such fault or dialect.
    """
    for name, known in [
        *((each, FAULTS) for each in settings.faults),
        (settings.dialect, DIALECTS),
    ]:
        if name not in known:
            raise ValueError(f"'{name}' is none of {', '.join(known)}")


@contextmanager
def serving(settings: Settings | None = None) -> Iterator[Server]:
    """Serve an emulator on a free port while the block runs."""
    server = Server(settings or Settings())
    thread = threading.Thread(target=server.run, name="emulator")
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
