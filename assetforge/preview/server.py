"""The preview as a server on this machine, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

from assetforge.loopback import HOST, HttpServer, listening
from assetforge.preview.app import App
from assetforge.preview.contract import Served
from assetforge.preview.guard import Guard
from assetforge.preview.rules import OWN_NAMES, new_secrets, rules_for

GRACE_SECONDS: Final = 1
"""How long the last answers may take once it ends."""


class Preview:
    """The page of a session, served to who knows its address."""

    def __init__(
        self, session: Served, port: int = 0, host: str = HOST, allow_hosts: Sequence[str] = ()
    ) -> None:
        """Take the port, so that requests wait from now on.

        `allow_hosts` are further names it answers to; one at least where `host` is an address that
        other machines reach.

        Raises:
            OSError: the port is in use, or the address is not this machine's.
        """
        self._socket = listening(port, host)
        self.port: int = self._socket.getsockname()[1]
        self._secrets = new_secrets()
        self._name = OWN_NAMES.get(host) or allow_hosts[0]
        self._app = App(session, self._secrets.csrf)
        guard = Guard(self._app.routes(), rules_for(self.port, allow_hosts, self._secrets))
        self._http = HttpServer(guard, self._app.close, GRACE_SECONDS)
        self._thread = threading.Thread(target=self._serve, name="assetforge-preview")

    @property
    def address(self) -> str:
        """Where the page is, without what lets somebody in."""
        name = self._name if ":" in self._name.rpartition("]")[2] else f"{self._name}:{self.port}"
        return f"http://{name}/"

    @property
    def url(self) -> str:
        """Where the page is, with the token: who opens it may do everything."""
        return f"{self.address}?token={self._secrets.token}"

    @property
    def tabs(self) -> int:
        """How many pages listen to news."""
        return self._app.stream.pages

    def start(self) -> None:
        """Serve from now on."""
        ready = threading.Event()

        def began() -> None:
            self._app.open()
            ready.set()

        self._http.ready = began
        self._thread.start()
        ready.wait()

    def close(self) -> None:
        """End the pages' streams, then all else; returns when the port is free again."""
        self._http.should_exit = True
        if self._thread.ident is not None:
            self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        self._http.run(sockets=[self._socket])
