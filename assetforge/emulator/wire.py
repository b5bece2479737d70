"""How answers get on the wire, whole or, where a fault wants it so, in part."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from assetforge.emulator.answers import Answer, Wire
from assetforge.emulator.images import Stream
from assetforge.emulator.world import World

RESET_AT_ONCE: Final = struct.pack("ii", 1, 0)
"""`SO_LINGER` of no seconds: closing sends a reset, as a machine that fails does."""


class Protocol(H11Protocol):
    """HTTP on one connection; what is called can get at the connection itself."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let `scope["state"]` hold the connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def respond(world: World, answer: Answer) -> Response:
    """Return the response that an answer is sent as."""
    if answer.html is not None:
        return HTMLResponse(answer.html, answer.status, dict(answer.headers))
    response = Response(
        written(answer.body), answer.status, dict(answer.headers), "application/json"
    )
    return response if answer.wire == "whole" else Broken(world, response, answer.wire)


def written(body: Mapping[str, Any] | None) -> bytes:
    """Return a JSON body; empty where there is none."""
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def stream(world: World, answer: Stream) -> Response:
    """Return the response that a stream is sent as."""
    response = StreamingResponse(
        answer.frames, headers=dict(answer.headers), media_type="text/event-stream"
    )
    return response if answer.wire == "whole" else Broken(world, response, answer.wire)


class Broken(Response):
    """A response that does not arrive, or not all of it."""

    def __init__(self, world: World, whole: Response, wire: Wire) -> None:
        self.background = None
        self._world = world
        self._whole = whole
        self._wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what arrives, then drop the connection and wait until it is gone."""
        transport: asyncio.Transport = scope["state"]["transport"]
        if self._wire == "silent":
            await _until_gone(receive, self._world)
        if self._wire in ("headers", "truncated"):
            await self._begin(send)
            transport.close()
        else:
            reset(transport)
        await _gone(receive)

    async def _begin(self, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": self._whole.raw_headers}
        )
        if self._wire == "truncated":
            body = await self._body()
            half = body[: len(body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})

    async def _body(self) -> bytes:
        if isinstance(self._whole, StreamingResponse):
            frames = [each async for each in self._whole.body_iterator]
            return b"".join(each.encode() if isinstance(each, str) else each for each in frames)
        return bytes(self._whole.body)


def reset(transport: asyncio.Transport) -> None:
    """Drop a connection so that the other side sees a reset, whatever is still to be sent."""
    if transport.is_closing():
        return
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
    transport.abort()


async def _until_gone(receive: Receive, world: World) -> None:
    """Wait until the client gives up, or the server is told to end."""
    gone = asyncio.ensure_future(_gone(receive))
    closing = asyncio.ensure_future(world.closing.wait())
    await asyncio.wait({gone, closing}, return_when=asyncio.FIRST_COMPLETED)
    for each in (gone, closing):
        each.cancel()
    await asyncio.gather(gone, closing, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        """What is left of the request."""
