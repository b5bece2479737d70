"""The endpoints beside those for pictures: chats, files, batches and models."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assetforge.emulator import batches, files, models
from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.batch_lines import Line
from assetforge.emulator.chat import PATH, chat, read_chat
from assetforge.emulator.faults import HEADER
from assetforge.emulator.images import answer
from assetforge.emulator.reading import MAX_TEXT_BYTES, media_type, read_json, unsupported
from assetforge.emulator.wire import respond
from assetforge.emulator.world import World

OCTETS: Final = "application/octet-stream"
MAX_FORM_BYTES: Final = files.MAX_BYTES + MAX_TEXT_BYTES


class Endpoints:
    """Answers the calls for one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def routes(self) -> list[Route]:
        """The routes, all of them below `/v1`."""
        return [
            Route(f"/v1{PATH}", self._chat, methods=["POST"]),
            Route("/v1/files", self._list_files, methods=["GET"]),
            Route("/v1/files", self._upload, methods=["POST"]),
            Route("/v1/files/{id}", self._tell_file, methods=["GET"]),
            Route("/v1/files/{id}", self._delete_file, methods=["DELETE"]),
            Route("/v1/files/{id}/content", self._send_file, methods=["GET"]),
            Route("/v1/batches", self._list_batches, methods=["GET"]),
            Route("/v1/batches", self._create_batch, methods=["POST"]),
            Route("/v1/batches/{id}", self._tell_batch, methods=["GET"]),
            Route("/v1/batches/{id}/cancel", self._cancel_batch, methods=["POST"]),
            Route("/v1/models", self._list_models, methods=["GET"]),
            Route("/v1/models/{id:path}", self._tell_model, methods=["GET"]),
        ]

    async def _chat(self, request: Request) -> Response:
        return self._respond(await chat(self._world, await read_chat(request), request.headers))

    async def _list_files(self, request: Request) -> Response:
        return self._respond(files.listed(self._world, request.query_params))

    async def _upload(self, request: Request) -> Response:
        if media_type(request.headers) != "multipart/form-data":
            return self._respond(files.no_form(request.headers.get("content-type", "")).answer)
        if int(request.headers.get("content-length", 0)) > MAX_FORM_BYTES:
            return self._respond(Problem("The request body is too large.", status=413).answer)
        try:
            async with request.form(max_part_size=MAX_TEXT_BYTES) as form:
                return self._respond(await self._kept(form))
        except HTTPException as error:
            message = f"We could not parse the form of your request: {error.detail}"
            return self._respond(Problem(message).answer)

    async def _kept(self, form: FormData) -> Answer:
        part = form.get("file")
        fields = {
            name: value for name, value in form.items() if isinstance(value, str) and name != "file"
        }
        file = (
            (part.filename or "upload", await part.read()) if isinstance(part, UploadFile) else None
        )
        return files.upload(self._world, fields, file)

    async def _tell_file(self, request: Request) -> Response:
        return self._respond(files.told(self._world, request.path_params["id"]))

    async def _delete_file(self, request: Request) -> Response:
        return self._respond(files.delete(self._world, request.path_params["id"]))

    async def _send_file(self, request: Request) -> Response:
        id = request.path_params["id"]
        data = files.file_bytes(self._world, id)
        if data is None:
            return self._respond(files.missing(id).answer)
        return Response(data, media_type=OCTETS)

    async def _list_batches(self, request: Request) -> Response:
        return self._respond(batches.listed(self._world, request.query_params))

    async def _create_batch(self, request: Request) -> Response:
        if media_type(request.headers) != "application/json":
            return self._respond(unsupported(request.headers.get("content-type", "")).answer)
        body = await read_json(request)
        if isinstance(body, Problem):
            return self._respond(body.answer)
        expires = request.headers.get(HEADER) == batches.EXPIRES
        return self._respond(await batches.create(self._world, body, expires=expires))

    async def _tell_batch(self, request: Request) -> Response:
        return self._respond(await batches.told(self._world, request.path_params["id"], answering))

    async def _cancel_batch(self, request: Request) -> Response:
        id = request.path_params["id"]
        return self._respond(await batches.cancel(self._world, id, answering))

    async def _list_models(self, _: Request) -> Response:
        return self._respond(models.listed(self._world))

    async def _tell_model(self, request: Request) -> Response:
        return self._respond(models.told(self._world, request.path_params["id"]))

    def _respond(self, answer: Answer) -> Response:
        return respond(self._world, answer)


async def answering(world: World, line: Line, endpoint: str) -> Answer:
    """Answer one line of a batch."""
    return await answer(world, endpoint, line.body, {}, batch=True)
