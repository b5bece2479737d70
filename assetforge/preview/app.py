"""The routes of the preview. What the session does happens on threads of its own."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from assetforge import images
from assetforge.digest import Digest, Json
from assetforge.preview.actions import ACTIONS, read_action
from assetforge.preview.answers import Ended, Malformed, Unknown, answer, refused
from assetforge.preview.contract import Served
from assetforge.preview.pages import page, page_files
from assetforge.preview.stream import Stream
from assetforge.preview.thumbnails import EDGES, Thumbnails

KEPT: Final = "private, max-age=31536000, immutable"
"""What is named by its digest never changes."""

DEAD: Final = "sandbox; default-src 'none'"
"""A picture that is opened by itself may do nothing, whatever its bytes hold."""

CALLS: Final = 16
"""How many requests the session sees to at once; the others wait."""

NEWEST: Final = (1 << 53) - 1
"""A version that has not come yet: nothing has changed since."""

Endpoint = Callable[[Request], Awaitable[Response]]
Result = TypeVar("Result")


class App:
    """Answers requests about one session. All belongs to one event loop.

    Attributes:
        stream: news for open pages.
    """

    def __init__(self, session: Served, csrf: str) -> None:
        self._session = session
        self._csrf = csrf
        self._files = page_files()
        self._pool = ThreadPoolExecutor(CALLS, "assetforge-preview")
        self._thumbnails = Thumbnails(session.blob)
        self.stream = Stream(self._news)
        self._unsubscribe: Callable[[], None] = lambda: None
        self._calls: set[asyncio.Future[Any]] = set()

    def routes(self) -> ASGIApp:
        """Return what answers; it does not ask who asks."""
        reading: dict[str, Endpoint] = {
            "/": self.index,
            "/page/{name}": self.file,
            "/events": self.events,
            "/state": self.state,
            "/detail": self.detail,
            "/thumbnails/{digest}": self.thumbnail,
            "/pictures/{digest}": self.picture,
            "/texts": self.texts,
            "/texts/locales": self.text_locales,
        }
        app = Starlette(
            routes=[
                *(Route(path, _told(each), methods=["GET"]) for path, each in reading.items()),
                *(Route(path, _told(self.act), methods=["POST"]) for path in ACTIONS),
            ],
            exception_handlers={404: _nothing_there, 405: _nothing_there},
        )
        app.router.redirect_slashes = False
        return app

    def open(self) -> None:
        """Begin to tell pages what changes."""
        self.stream.open()
        self._unsubscribe = self._session.subscribe(self.stream.told)

    def close(self) -> None:
        """End what pages wait for; what the session does about it goes on."""
        self._unsubscribe()
        self.stream.close()
        self._thumbnails.close()
        for call in list(self._calls):
            call.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def index(self, request: Request) -> Response:
        """Return the page."""
        title = (await self._call(self._session.document, NEWEST))["title"]
        return HTMLResponse(page(str(title), self._csrf))

    async def file(self, request: Request) -> Response:
        """Return a part of the page."""
        found = self._files.get(request.path_params["name"])
        if found is None:
            raise Unknown("the page has no such part")
        return Response(found.data(), media_type=found.media_type)

    async def events(self, request: Request) -> Response:
        """Return news for as long as somebody listens."""
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return StreamingResponse(self.stream.events(), media_type="text/event-stream")

    async def state(self, request: Request) -> Response:
        """Return the pictures that changed since a version."""
        since = request.query_params.get("since", "-1")
        if not re.fullmatch(r"-1|[0-9]{1,15}", since):
            raise Malformed("since: no version")
        return await self._answer(self._session.document, int(since))

    async def detail(self, request: Request) -> Response:
        """Return all about one picture."""
        return await self._answer(self._session.detail, _said(request, "id"))

    async def texts(self, request: Request) -> Response:
        """Return the texts of a locale."""
        return await self._answer(self._session.texts, _said(request, "locale"))

    async def text_locales(self, request: Request) -> Response:
        """Return the locales that have texts, and what is left to do in each."""
        return await self._answer(self._session.text_locales)

    async def thumbnail(self, request: Request) -> Response:
        """Return a small copy of a picture."""
        edge = request.query_params.get("edge", "")
        if edge not in map(str, EDGES):
            raise Unknown(f"edge: one of {', '.join(map(str, EDGES))}")
        copy = await self._thumbnails.of(_digest(request), int(edge))
        return _shown(copy, "image/webp")

    async def picture(self, request: Request) -> Response:
        """Return a picture, byte for byte."""
        data, media_type = await self._call(self._picture, _digest(request))
        return _shown(data, media_type)

    async def act(self, request: Request) -> Response:
        """Do what a page asks for."""
        action = read_action(request.url.path, await request.body())
        done = await self._call(action.on, self._session)
        return answer({"words": done} if isinstance(done, str) else done)

    def _picture(self, digest: Digest) -> tuple[bytes | None, str]:
        data = self._session.blob(digest)
        try:
            format = "" if data is None else images.kind_of(data)[0]
        except images.UnreadableImage:
            return None, ""
        return data, f"image/{format.lower()}"

    async def _call(self, call: Callable[..., Result], *arguments: object) -> Result:
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._pool, partial(call, *arguments))
        self._calls.add(running)
        running.add_done_callback(self._calls.discard)
        return await running

    async def _answer(self, ask: Callable[..., Mapping[str, Json]], *arguments: object) -> Response:
        """Return a document; one of thousands of pictures takes a while to be written as well."""
        return await self._call(lambda: answer(ask(*arguments)))

    async def _news(self) -> bytes:
        """Return the event that says how the session stands."""
        now = await self._call(self._session.document, NEWEST)
        data = json.dumps({"version": now["version"], "status": now["status"]})
        return f"id: {now['version']}\nevent: changed\ndata: {data}\n\n".encode()


def _told(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that answers whatever goes wrong."""

    async def safe(request: Request) -> Response:
        try:
            return await endpoint(request)
        except asyncio.CancelledError:  # the server ends
            return refused(Ended())
        except Exception as error:  # the one place; a bug is told on stderr
            return refused(error)

    return safe


async def _nothing_there(request: Request, error: Exception) -> Response:
    return refused(Unknown("there is nothing at this address"))


def _digest(request: Request) -> Digest:
    written = request.path_params["digest"]
    if not re.fullmatch("[0-9a-f]{64}", written):
        raise Unknown("a picture is named by its whole digest")
    return Digest(written)


def _said(request: Request, name: str) -> str:
    value = request.query_params.get(name)
    if not value:
        raise Malformed(f"{name}: must be given")
    return value


def _shown(data: bytes | None, media_type: str) -> Response:
    if data is None:
        raise Unknown("there is no such picture")
    headers = {"cache-control": KEPT, "content-security-policy": DEAD}
    return Response(data, media_type=media_type, headers=headers)
