"""HTTP on a socket that was taken before, so that its port is known. The one door to uvicorn."""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import FrameType
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST: Final = "127.0.0.1"
BACKLOG: Final = 2048


class HttpServer(uvicorn.Server):
    """An HTTP server whose last calls learn that it ends, and do not take their time.

    Attributes:
        ready: called once, in the server's thread, when signals are heeded and calls answered.
    """

    def __init__(
        self,
        app: ASGIApp,
        ending: Callable[[], None],
        grace_seconds: int,
        protocol: type[H11Protocol] = H11Protocol,
    ) -> None:
        """Serve `app`.

        Args:
            app: what answers.
            ending: called in the server's loop before it waits for calls in flight.
            grace_seconds: how long these may take.
            protocol: HTTP on one connection.
        """
        self.ready: Callable[[], None] = lambda: None
        self._ending = ending
        super().__init__(
            uvicorn.Config(
                app,
                http=protocol,
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=grace_seconds,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, and say so."""
        await super().startup(sockets)
        self.ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End when the last call is answered, and as if nothing had happened: code 0."""
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let calls that wait go on, and end once they are answered."""
        self._ending()
        await super().shutdown(sockets)


def listening(port: int, host: str = HOST) -> socket.socket:
    """Return a socket that takes calls at an address of this machine; port 0 is any free one.

    Raises:
        OSError: the port is in use, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.create_server((host, port), family=family, backlog=BACKLOG)
    taken.setblocking(False)
    return taken
