"""The emulator against the published description of the API, and against the SDK's own types."""

import base64
import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from openai.types import (
    Batch,
    FileDeleted,
    FileObject,
    ImageEditCompletedEvent,
    ImageEditPartialImageEvent,
    ImageGenCompletedEvent,
    ImageGenPartialImageEvent,
    ImagesResponse,
    Model,
)
from openai.types.chat import ChatCompletion
from pydantic import BaseModel
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assetforge.capabilities import families
from assetforge.emulator import Settings, serving
from tests.emulator.asking import (
    BOUNDARY,
    KEY,
    PICTURE,
    ask,
    chat,
    edit,
    form,
    generate,
    picture,
    texts,
)
from tests.emulator.still import kept
from tests.emulator.test_chat import question
from tests.pictures import ramp, saved

SCHEMA = Path(__file__).parents[2] / "schemas" / "openai-images.json"

PNG = saved(ramp())
DATA_URL = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"

FORM = KEY | {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

LIMITS = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

OPTIONS = {
    "generation": {
        "allow-extra-parameters": False,
        "with-security-parameters": False,
        "database": "none",
    }
}

described = schemathesis.openapi.from_dict(
    json.loads(SCHEMA.read_text("utf-8")), config=schemathesis.Config.from_dict(OPTIONS)
)


@pytest.fixture(scope="module")
def server():
    with serving(Settings(pictures="flat", c2pa=False)) as server:
        yield server


@described.parametrize()
@LIMITS
def test_whatever_is_asked_the_answer_is_as_described(case, server):
    case.call_and_validate(server.url, headers=KEY, checks=CHECKS, timeout=60)


@described.include(path_regex="/images/").parametrize()
@LIMITS
def test_a_call_that_is_nearly_right_is_answered_as_described(case, server):
    """What is drawn at random names no model: here it does, so that the rest is looked at."""
    if isinstance(case.body, dict):
        case.body |= {"model": "gpt-image-2", "prompt": "a hare", "size": "1024x640", "n": 1}
    if isinstance(case.body, dict) and "images" in case.body:
        case.body["images"] = [{"image_url": DATA_URL}]
    if isinstance(case.body, dict) and "image" in case.body:
        case.body["image"] = PNG

    case.call_and_validate(server.url, headers=KEY, checks=CHECKS[:-1], timeout=60)


def strangers(value):
    """Return the names in an answer that the SDK's type of it does not know."""
    if isinstance(value, list):
        return [name for each in value for name in strangers(each)]
    if not isinstance(value, BaseModel):
        return []
    known = [getattr(value, name) for name in type(value).model_fields]
    return list(value.model_extra or ()) + [name for each in known for name in strangers(each)]


def assert_is(kind, answer):
    assert strangers(kind.model_validate(answer, strict=True)) == []


def events(told):
    assert told.headers["content-type"].startswith("text/event-stream")
    frames = told.data.decode().strip().split("\n\n")
    return [json.loads(frame.partition("data: ")[2]) for frame in frames]


@pytest.mark.parametrize("quality", ["low", "auto"])
def test_pictures_are_of_the_type_the_sdk_expects(server, quality):
    made = generate(server, quality=quality)
    edited = edit(server, [*texts(quality=quality), picture(PNG)])

    assert (made.status, edited.status) == (200, 200)
    assert_is(ImagesResponse, made.body)
    assert_is(ImagesResponse, edited.body)


def test_frames_of_a_stream_are_of_the_type_the_sdk_expects(server):
    preview, whole = events(generate(server, stream=True, partial_images=1))
    edited = edit(server, [*texts(stream="true", partial_images="1"), picture(PNG)])
    edited_preview, edited_whole = events(edited)

    assert_is(ImageGenPartialImageEvent, preview)
    assert_is(ImageGenCompletedEvent, whole)
    assert_is(ImageEditPartialImageEvent, edited_preview)
    assert_is(ImageEditCompletedEvent, edited_whole)


def test_files_are_of_the_type_the_sdk_expects(server):
    parts = [("purpose", b"vision", None, None), ("file", PNG, "p.png", "image/png")]
    file = ask(server, "POST", "/v1/files", form(parts), FORM).body

    assert_is(FileObject, file)
    assert_is(FileObject, ask(server, "GET", "/v1/files").body["data"][0])
    assert_is(FileDeleted, ask(server, "DELETE", f"/v1/files/{file['id']}").body)


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_batches_are_of_the_type_the_sdk_expects(server, method):
    line = {"custom_id": "a", "method": method, "url": "/v1/images/generations", "body": PICTURE}
    id = kept(server.world, json.dumps(line).encode())
    body = {"input_file_id": id, "endpoint": line["url"], "completion_window": "24h"}
    said = KEY | {"content-type": "application/json"}
    batch = ask(server, "POST", "/v1/batches", json.dumps(body).encode(), said).body
    done = ask(server, "GET", f"/v1/batches/{batch['id']}").body

    assert_is(Batch, batch)
    assert_is(Batch, done)
    assert done["status"] == ("completed" if method == "POST" else "failed")


def test_models_are_of_the_type_the_sdk_expects(server):
    for model in ask(server, "GET", "/v1/models").body["data"]:
        assert_is(Model, model)


def test_a_chat_is_of_the_type_the_sdk_expects(server):
    assert_is(ChatCompletion, chat(server, question()).body)


def test_a_name_that_the_sdk_does_not_know_would_be_noticed(server):
    answer = generate(server).body
    answer["usage"]["cached_tokens"] = 0

    with pytest.raises(AssertionError, match="cached_tokens"):
        assert_is(ImagesResponse, answer)


def test_the_description_says_where_it_is_from():
    info = json.loads(SCHEMA.read_text("utf-8"))["info"]

    assert info["license"]["name"] == "MIT"
    assert "github.com/openai/openai-openapi" in info["description"]


def test_the_description_is_one():
    described.validate()


def test_the_description_knows_every_quality():
    schemas = json.loads(SCHEMA.read_text("utf-8"))["components"]["schemas"]
    known = {quality for each, _ in families() for quality in each.qualities}

    assert set(schemas["CreateImageRequest"]["properties"]["quality"]["enum"]) == {
        *known,
        "auto",
        None,
    }
    assert set(schemas["ImagesResponse"]["properties"]["quality"]["enum"]) == known
