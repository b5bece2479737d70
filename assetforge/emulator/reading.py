"""Calls as they come off the wire, as JSON or as the parts of a form."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from assetforge.emulator.answers import Problem
from assetforge.emulator.call import Call, Endpoint, Upload
from assetforge.emulator.checks import MAX_IMAGE_BYTES, refused, too_large, wrong_type
from assetforge.emulator.world import StoredFile

MAX_BODY_BYTES: Final = 500_000_000
MAX_TEXT_BYTES: Final = 1_000_000
MAX_DATA_URL: Final = 20_971_520
"""Characters of a picture in a JSON call. Source: OpenAI API reference, read 2026-11-21."""

NUMBERS: Final = ("n", "output_compression", "partial_images")
DATA_URL: Final = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,", re.IGNORECASE)

Files = Mapping[str, StoredFile]


async def read_call(request: Request, endpoint: Endpoint, files: Files) -> Call | Problem:
    """Return what a request asks for, unchecked, or why it cannot be read at all."""
    form = media_type(request.headers)
    if endpoint == "edits" and form == "multipart/form-data":
        return await _read_form(request)
    if form == "application/json":
        body = await read_json(request)
        return body if isinstance(body, Problem) else json_call(endpoint, body, files)
    return unsupported(request.headers.get("content-type", ""))


def media_type(headers: Headers) -> str:
    """Return the media type of a body, without parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def unsupported(written: str) -> Problem:
    """Say that a body is of a type that cannot be read."""
    return Problem(
        f"Unsupported content type: '{written}'. This API method only accepts 'application/json' "
        f"requests, but you specified the header 'Content-Type: {written}'. Please try again with "
        "a supported content type.",
        code="unsupported_content_type",
    )


async def read_json(request: Request) -> dict[str, Any] | Problem:
    """Return the JSON object that a request holds, or why there is none."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MAX_BODY_BYTES:
            return Problem("The request body is too large.", status=413)
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        return body
    return Problem(
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't "
        "using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was "
        "sent was not valid JSON.)"
    )


def json_call(endpoint: Endpoint, body: Mapping[str, Any], files: Files) -> Call:
    """Return the call that a JSON object is."""
    if endpoint == "generations":
        return Call(endpoint, "json", body)
    pictures = ("images", "mask", "markup")
    fields = {key: value for key, value in body.items() if key not in pictures}
    listed, mask, markup = (body.get(key) for key in pictures)
    return Call(
        endpoint,
        "json",
        fields,
        None if listed is None else _listed(listed, files),
        None if mask is None else _referenced(mask, "mask", files),
        None if markup is None else _referenced(markup, "markup", files),
    )


def _listed(value: Any, files: Files) -> tuple[Upload, ...]:
    if not isinstance(value, list):
        return (Upload(b"", problem=wrong_type("images", "an array of objects", value)),)
    return tuple(_referenced(each, f"images[{place}]", files) for place, each in enumerate(value))


def _referenced(value: Any, param: str, files: Files) -> Upload:
    """Return the picture that `{"file_id": ...}` or `{"image_url": ...}` stands for."""
    if not isinstance(value, dict):
        return Upload(b"", problem=wrong_type(param, "an object", value))
    if len(value) != 1 or not value.keys() <= {"file_id", "image_url"}:
        message = f"Invalid '{param}': expected exactly one of 'file_id' and 'image_url'."
        return Upload(b"", problem=Problem(message, param=param, code="invalid_value"))
    ((key, named),) = value.items()
    if not isinstance(named, str):
        return Upload(b"", problem=wrong_type(f"{param}.{key}", "a string", named))
    return _stored(named, param, files) if key == "file_id" else _inline(named, param)


def _stored(id: str, param: str, files: Files) -> Upload:
    file = files.get(id)
    if file is not None:
        return Upload(file.data)
    problem = Problem(f"No such File object: {id}", param=param, code="file_not_found", status=404)
    return Upload(b"", problem=problem)


def _inline(url: str, param: str) -> Upload:
    prefix = DATA_URL.match(url)
    if len(url) > MAX_DATA_URL:
        return Upload(b"", problem=too_large(param, f"{MAX_DATA_URL} characters"))
    if prefix is None:
        message = "The emulator reaches no network: 'image_url' must be a base64 data URL here."
        return Upload(b"", problem=refused(param, message, "invalid_image_url"))
    try:
        return Upload(base64.b64decode(url[prefix.end() :], validate=True))
    except binascii.Error:
        message = f"Invalid '{param}': the data URL is not valid base64."
        return Upload(b"", problem=refused(param, message, "invalid_image_url"))


async def _read_form(request: Request) -> Call | Problem:
    try:
        async with request.form(max_part_size=MAX_TEXT_BYTES) as form:
            return await form_call(form)
    except HTTPException as error:
        return Problem(f"We could not parse the form of your request: {error.detail}")


async def form_call(form: FormData) -> Call:
    """Return the call that the parts of a form are."""
    listed = [each for key, each in form.multi_items() if key in ("image", "image[]")]
    overlays = {key: await _uploaded(form[key], key) for key in ("mask", "markup") if key in form}
    pictures = ("image", "image[]", "mask", "markup")
    fields = {key: _typed(key, value) for key, value in form.items() if key not in pictures}
    return Call(
        "edits",
        "multipart",
        fields,
        tuple([await _uploaded(each, "image") for each in listed]) if listed else None,
        overlays.get("mask"),
        overlays.get("markup"),
    )


async def _uploaded(value: UploadFile | str, param: str) -> Upload:
    if isinstance(value, str):
        message = f"Invalid type for '{param}': expected a file, but got a string instead."
        return Upload(b"", problem=Problem(message, param=param, code="invalid_type"))
    if (value.size or 0) >= MAX_IMAGE_BYTES:
        return Upload(b"", problem=too_large(param, "50MB"))
    return Upload(await value.read(), value.content_type or None)


def _typed(key: str, value: UploadFile | str) -> Any:
    """Return a text part as the number or boolean it stands for, where its key wants one."""
    if not isinstance(value, str):
        return {}  # a file in the place of a text is as wrong as an object
    if key in NUMBERS and re.fullmatch(r"-?\d{1,9}", value):
        return int(value)
    if key == "stream" and value in ("true", "false"):
        return value == "true"
    return value
