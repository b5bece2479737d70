"""Serving the page of a session, once somebody wants to see it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias

from assetforge.errors import UsageProblem
from assetforge.session.session import Session

if TYPE_CHECKING:
    from assetforge.preview.server import Preview

LOOPBACK: Final = "127.0.0.1"
HIGHEST_PORT: Final = 65_535

Serve: TypeAlias = "Callable[[Session], Preview]"
"""Takes the port of a session's page, where requests wait until it is started."""


def serving(port: int, host: str = LOOPBACK, allow_hosts: Sequence[str] = ()) -> Serve:
    """Return what serves a page at a port; it raises `UsageProblem` where that is in use."""

    def serve(session: Session) -> Preview:
        # The server takes a while to load, and a watch may never need it.
        server = import_module("assetforge.preview.server")
        try:
            preview: Preview = server.Preview(session, port, host, allow_hosts)
        except OSError as error:
            raise UsageProblem(
                f"the page cannot be served at port {port} of {host}: {reason(error)}; "
                "choose another with --port, or leave that out"
            ) from error
        return preview

    return serve


def reason(error: OSError) -> str:
    """Return why an address cannot be listened at, in a few words."""
    if isinstance(error, socket.gaierror):
        return "there is no such address"
    return os.strerror(error.errno or 0).lower()
