"""The routes of the emulator, and what every answer of it has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assetforge import images
from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.books import Entry
from assetforge.emulator.call import Endpoint
from assetforge.emulator.dialects import DIALECTS
from assetforge.emulator.images import ENDPOINTS, new_request_id, reply
from assetforge.emulator.reading import read_call
from assetforge.emulator.routes import needs_key, service_routes
from assetforge.emulator.shelf import PICTURES
from assetforge.emulator.wire import respond, stream
from assetforge.emulator.world import World
from assetforge.providers.base import EMULATED

BOOKS: Final = "/emulator/books"
OPEN: Final = "/emulator/"
"""What begins so belongs to the emulator, not to the service, and needs no key."""

KEYS_PAGE: Final = "https://platform.openai.com/account/api-keys"


def make_app(world: World) -> ASGIApp:
    """Return the application that serves one world."""
    routes = [
        Route(BOOKS, _books(world)),
        Route(f"{PICTURES}{{name}}", _pictures(world)),
        *service_routes(world),
        Route("/v1/images/variations", _gone, methods=["GET", "POST"]),
        *(
            Route(f"/v1/images/{each}", _images(world, each), methods=["POST"])
            for each in ENDPOINTS
        ),
    ]
    app = Starlette(routes=routes, exception_handlers={404: _no_route, 405: _no_method})
    return Service(world, app)


def _books(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def books(_: Request) -> Response:
        return respond(world, Answer(200, world.books.document()))

    return books


def _pictures(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def picture(request: Request) -> Response:
        data = world.shelf.find(request.path_params["name"])
        if data is None:
            return Response(status_code=404)
        format, _ = images.kind_of(data)
        return Response(data, media_type=f"image/{format.lower()}")

    return picture


async def _gone(_: Request) -> Response:
    return Response(status_code=404)


def _images(world: World, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def images(request: Request) -> Response:
        call = await read_call(request, endpoint, world.files)
        answer = await reply(world, call, request.headers)
        return respond(world, answer) if isinstance(answer, Answer) else stream(world, answer)

    return images


async def _no_route(request: Request, _: Exception) -> Response:
    message = f"Invalid URL ({request.method} {request.url.path})"
    return _error(Problem(message, status=404))


async def _no_method(request: Request, _: Exception) -> Response:
    message = f"Not allowed to {request.method} on {request.url.path}."
    return _error(Problem(message, code="method_not_supported", status=405))


def _error(problem: Problem) -> Response:
    return JSONResponse(problem.answer.body, problem.status)


class Service:
    """Asks for a key first, and gives every answer an id."""

    def __init__(self, world: World, app: ASGIApp) -> None:
        self._world = world
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        id = new_request_id()
        problem = None if self._is_open(request) else key_problem(request.headers)
        app = self._app if problem is None else self._locked(request, problem, id)
        with suppress(ClientDisconnect):  # halfway through its request: nobody is left to tell
            await app(scope, receive, _with_id(send, id))

    def _is_open(self, request: Request) -> bool:
        return request.url.path.startswith(OPEN) or not needs_key(self._world.settings)

    def _locked(self, request: Request, problem: Problem, id: str) -> Response:
        """Book a call without a key that opens anything."""
        world = self._world
        world.books.add(
            Entry(
                number=world.next_call(),
                time=world.wall(),
                endpoint=request.url.path.rpartition("/")[2],
                outcome="refused",
                status=problem.status,
                request_id=id,
            )
        )
        return respond(world, DIALECTS[world.settings.dialect].refused(problem.answer))


def key_problem(headers: Mapping[str, str]) -> Problem | None:
    """Return what is wrong with the key of a call: there must be one, not beginning with `bad-`."""
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    key = (bearer.strip() if scheme.lower() == "bearer" else "") or headers.get("api-key", "")
    if key and not key.startswith("bad-"):
        return None
    return Problem(
        f"Incorrect API key provided: {masked(key)}. You can find your API key at {KEYS_PAGE}.",
        code="invalid_api_key",
        status=401,
    )


def masked(key: str) -> str:
    """Return a key so that its owner knows it and nobody can use it."""
    return f"{key[:4]}***{key[-2:]}" if len(key) > 8 else "***"


def _with_id(send: Send, id: str) -> Send:
    """Give an answer an id unless it has one, and say that nobody real answered."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("x-request-id", id)
            headers[EMULATED] = "1"
        await send(message)

    return sent
