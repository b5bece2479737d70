"""The endpoints of services that speak a dialect: the same pictures, asked for otherwise."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assetforge import images
from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.call import Call, Endpoint
from assetforge.emulator.chat import PATH, chat, read_chat
from assetforge.emulator.dialects.base import Asked, Body, Dialect
from assetforge.emulator.images import reply
from assetforge.emulator.models import CREATED
from assetforge.emulator.reading import (
    MAX_TEXT_BYTES,
    form_call,
    media_type,
    read_call,
    read_json,
)
from assetforge.emulator.shelf import PICTURES
from assetforge.emulator.wire import respond, stream
from assetforge.emulator.world import World

JPEG_QUALITY: Final = 90


class Foreign:
    """Answers the calls for one world in a dialect."""

    def __init__(self, world: World, dialect: Dialect) -> None:
        self._world = world
        self._dialect = dialect

    @property
    def routes(self) -> list[Route]:
        """The routes; what else begins with `/v1` is not there."""
        root = self._dialect.root
        return [
            *(
                Route(f"{root}/images/{each}", self._images(each), methods=["POST"])
                for each in self._dialect.endpoints
            ),
            *(
                [Route(f"{root}{PATH}", self._chat, methods=["POST"])]
                if self._dialect.judge
                else []
            ),
            Route(f"{root}/models", self._list_models, methods=["GET"]),
            Route(f"{root}/models/{{id:path}}", self._tell_model, methods=["GET"]),
            Route("/v1/{rest:path}", _nothing, methods=["GET", "POST", "DELETE"]),
        ]

    def _images(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def pictures(request: Request) -> Response:
            call = await self._read(request, endpoint)
            asked = call if isinstance(call, Problem) else await self._understood(call)
            sent = asked.call if isinstance(asked, Asked) else asked
            answer = await reply(self._world, sent, request.headers)
            if not isinstance(answer, Answer):
                return stream(self._world, answer)
            if answer.status == 200 and answer.body and isinstance(asked, Asked):
                body = await self._answered(asked, answer.body, str(request.base_url))
                return respond(self._world, replace(answer, body=body))
            return respond(self._world, self._dialect.refused(answer))

        return pictures

    async def _chat(self, request: Request) -> Response:
        body = await read_chat(request)
        assert self._dialect.judge, "BUG: a route that the dialect does not have"
        judge = None if isinstance(body, Problem) else self._dialect.judge(body.get("model"))
        if isinstance(judge, Problem):
            body = judge
        elif not isinstance(body, Problem):
            body = {**body, "model": judge}
        answer = await chat(self._world, body, request.headers)
        return respond(
            self._world, answer if answer.status == 200 else self._dialect.refused(answer)
        )

    async def _read(self, request: Request, endpoint: Endpoint) -> Call | Problem:
        form = media_type(request.headers)
        if self._dialect.raw and form == "application/json":
            body = await read_json(request)
            return body if isinstance(body, Problem) else Call(endpoint, "json", body)
        if self._dialect.parts and form == "multipart/form-data":
            return await self._read_form(request)
        return await read_call(request, endpoint, self._world.files)

    async def _read_form(self, request: Request) -> Call | Problem:
        named = self._dialect.parts
        try:
            async with request.form(max_part_size=MAX_TEXT_BYTES) as form:
                parts = [(named.get(name, name), value) for name, value in form.multi_items()]
                return await form_call(FormData(parts))
        except HTTPException as error:
            return Problem(f"We could not parse the form of your request: {error.detail}")

    async def _understood(self, call: Call) -> Asked | Problem:
        world, loop = self._world, asyncio.get_running_loop()
        return await loop.run_in_executor(
            world.renderers, self._dialect.understood, call, world.settings
        )

    async def _answered(self, asked: Asked, body: Body, base: str) -> Body:
        loop = asyncio.get_running_loop()
        data = [
            await loop.run_in_executor(self._world.renderers, reshaped, asked, each)
            for each in body["data"]
        ]
        if asked.as_url:
            data = [self._shelved(each, base) for each in data]
        return self._dialect.answered(asked, {**body, "data": data})

    def _shelved(self, picture: Body, base: str) -> Body:
        data = _decoded(picture)
        if data is None:
            return picture
        return {"url": f"{base.rstrip('/')}{PICTURES}{self._world.shelf.put(data)}"}

    async def _list_models(self, _: Request) -> Response:
        return JSONResponse({"object": "list", "data": list(map(_model, self._dialect.models))})

    async def _tell_model(self, request: Request) -> Response:
        name = request.path_params["id"]
        if name in self._dialect.models:
            return JSONResponse(_model(name))
        problem = Problem(
            f"The model '{name}' does not exist", param="model", code="model_not_found", status=404
        )
        return respond(self._world, self._dialect.refused(problem.answer))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "system"}


async def _nothing(_: Request) -> Response:
    return Response(status_code=404)


def _decoded(picture: Body) -> bytes | None:
    """Return what a picture in an answer is; None where a fault spoiled it."""
    try:
        return base64.b64decode(picture.get("b64_json", ""), validate=True) or None
    except binascii.Error:
        return None


def reshaped(asked: Asked, picture: Body) -> Body:
    """Return a picture as the service sends it; one that a fault spoiled stays so."""
    data = _decoded(picture)
    if data is None or (asked.size in (None, asked.canvas) and asked.format is None):
        return picture
    image = images.decode(data)
    if asked.size and image.size == asked.canvas:
        image = images.fit(image, asked.size)
    if asked.marked:
        width, height = image.size
        image.paste((255, 255, 255), (width * 7 // 8, height * 15 // 16, width, height))
    shown = (
        images.encode(image, "jpeg", JPEG_QUALITY)
        if asked.format == "jpeg"
        else images.encode_png(image)
    )
    return {"b64_json": base64.b64encode(shown).decode()}
