"""What the service says before it looks at a call."""

import json

import pytest

from assetforge.emulator import reading
from assetforge.emulator.app import masked
from tests.emulator.asking import (
    BOUNDARY,
    KEY,
    Part,
    ask,
    edit,
    form,
    generate,
    picture,
    send,
    texts,
)
from tests.pictures import ramp, saved

JSON = {"content-type": "application/json"}
PICTURE = saved(ramp())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer bad-key-of-somebody"},
        {"authorization": "Basic any"},
        {"api-key": "bad-key-of-somebody"},
    ],
)
def test_without_a_key_nothing_is_answered(shared, headers):
    before = shared.books()["totals"]
    told = ask(shared, "POST", "/v1/images/generations", b"{}", headers | JSON)
    call = shared.books()["calls"][-1]

    assert told.status == 401
    assert told.error["message"].startswith("Incorrect API key provided: ")
    assert (told.error["type"], told.error["param"], told.error["code"]) == (
        "invalid_request_error",
        None,
        "invalid_api_key",
    )
    assert "key-of-some" not in told.error["message"]
    assert told.headers["x-request-id"] == call["request_id"]
    assert (call["status"], call["endpoint"]) == (401, "generations")
    assert shared.books()["totals"]["refused"] == before["refused"] + 1


@pytest.mark.parametrize(
    "headers", [{"authorization": "Bearer any"}, {"api-key": "any"}, {"Authorization": "bearer x"}]
)
def test_any_other_key_opens_it(shared, headers):
    assert ask(shared, "POST", "/v1/images/generations", b"{}", headers | JSON).status == 400


def test_a_key_is_told_so_that_its_owner_knows_it():
    assert masked("bad-1234567890") == "bad-***90"
    assert masked("bad-1") == "***"


def test_variations_are_gone(shared):
    told = ask(shared, "POST", "/v1/images/variations")

    assert (told.status, told.data) == (404, b"")


def test_other_paths_and_methods_are_errors_in_json(shared):
    path = ask(shared, "GET", "/v1/nothing")
    method = ask(shared, "GET", "/v1/images/generations")

    assert (path.status, path.error["message"]) == (404, "Invalid URL (GET /v1/nothing)")
    assert (method.status, method.error["code"]) == (405, "method_not_supported")
    assert path.headers["x-request-id"].startswith("req_")


def test_the_books_need_no_key(shared):
    told = ask(shared, "GET", "/emulator/books", headers={})

    assert told.body == shared.books()
    assert told.body["totals"].keys() == {
        "calls",
        "accepted",
        "refused",
        "images",
        "429",
        "billed_microdollars",
        "wrong_text",
    }


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(shared, data):
    told = ask(shared, "POST", "/v1/images/generations", data, KEY | JSON)

    assert (told.status, told.error["type"]) == (400, "invalid_request_error")
    assert "could not parse the JSON body" in told.error["message"]


def test_generations_takes_json_only(shared):
    headers = KEY | {"content-type": "application/x-www-form-urlencoded"}
    told = ask(shared, "POST", "/v1/images/generations", b"a=b", headers)

    assert (told.status, told.error["code"]) == (400, "unsupported_content_type")


def test_text_of_a_form_is_a_number_where_one_is_meant(shared):
    right = edit(shared, [*texts(n="2", output_format="jpeg"), picture(PICTURE)])
    word = edit(shared, [*texts(n="two"), picture(PICTURE)])
    stream = edit(shared, [*texts(stream="maybe"), picture(PICTURE)])
    quiet = edit(shared, [*texts(stream="false"), picture(PICTURE)])

    assert (right.status, len(right.body["data"])) == (200, 2)
    assert word.error["message"].endswith("expected an integer, but got a string instead.")
    assert stream.error["code"] == "invalid_type"
    assert quiet.status == 200


def test_a_file_and_a_text_in_each_other_s_place_are_refused(shared):
    text = edit(shared, [*texts(), ("image", b"text", None, None)])
    file = edit(shared, [*texts(), picture(PICTURE), picture(PICTURE, "quality")])

    assert (text.error["param"], text.error["code"]) == ("image", "invalid_type")
    assert (file.error["param"], file.error["code"]) == ("quality", "invalid_type")


def test_a_part_without_a_type_or_of_the_wrong_one_is_refused(shared):
    untyped = edit(shared, [*texts(), picture(PICTURE, content_type=None)])
    octets = edit(shared, [*texts(), picture(PICTURE, content_type="application/octet-stream")])

    assert untyped.error["code"] == "missing_file_mimetype"
    assert octets.error["code"] == "unsupported_file_mimetype"


def test_many_pictures_may_come_under_either_name(shared):
    for name in ("image", "image[]"):
        assert edit(shared, [*texts(), *[picture(PICTURE, name)] * 2]).status == 200
    assert edit(shared, [*texts(), picture(PICTURE, "images")]).error["param"] == "images"


def test_a_picture_that_is_too_large_is_never_held_in_memory(shared):
    told = edit(shared, [*texts(), picture(bytes(50_000_000))])

    assert (told.status, told.error["code"]) == (400, "file_too_large")


@pytest.mark.parametrize(
    "data", [b"no form at all", b'--7d93b1\r\nContent-Disposition: form-data; name="a'], ids=str
)
def test_a_form_that_cannot_be_read_is_refused(shared, data):
    headers = KEY | {"content-type": "multipart/form-data; boundary=7d93b1"}

    assert ask(shared, "POST", "/v1/images/edits", data, headers).status == 400


def test_a_form_s_text_that_is_far_too_long_is_refused(shared):
    told = edit(shared, [*texts(prompt="x" * 1_100_000), picture(PICTURE)])

    assert told.status == 400


@pytest.mark.parametrize(
    ("reference", "param", "code"),
    [
        ("x", "images[0]", "invalid_type"),
        ({}, "images[0]", "invalid_value"),
        ({"file_id": "file-1", "image_url": "x"}, "images[0]", "invalid_value"),
        ({"url": "x"}, "images[0]", "invalid_value"),
        ({"file_id": 1}, "images[0].file_id", "invalid_type"),
        ({"image_url": "https://example.com/a.png"}, "images[0]", "invalid_image_url"),
        ({"image_url": "data:image/png;base64,@@@"}, "images[0]", "invalid_image_url"),
        ({"image_url": "x" * 20_971_521}, "images[0]", "file_too_large"),
    ],
    ids=["text", "empty", "both", "neither", "number", "network", "base64", "long"],
)
def test_a_reference_of_a_json_edit_is_a_file_or_a_data_url(shared, reference, param, code):
    body = {"model": "gpt-image-2", "prompt": "a hill", "images": [reference]}
    told = send(shared, "edits", body)

    assert (told.status, told.error["param"], told.error["code"]) == (400, param, code)


def test_a_file_that_is_not_there_is_not_found(shared):
    body = {"model": "gpt-image-2", "prompt": "a hill", "images": [{"file_id": "file-1"}]}
    told = send(shared, "edits", body)

    assert (told.status, told.error["message"]) == (404, "No such File object: file-1")


def test_references_that_are_no_list_and_overlays_that_are_no_object(shared):
    body = {"model": "gpt-image-2.5-flare", "prompt": "a hill"}
    url = "data:image/png;base64,iVBORw0KGgo="
    listed = send(shared, "edits", body | {"images": {"image_url": url}})
    empty = send(shared, "edits", body | {"images": []})
    missing = send(shared, "edits", body | {"images": None})

    assert (listed.error["param"], listed.error["code"]) == ("images", "invalid_type")
    assert empty.error["code"] == "empty_array"
    assert missing.error["code"] == "missing_required_parameter"


def test_a_mask_in_json_is_checked_like_the_pictures(shared):
    url = f"data:image/png;base64,{json.dumps(0)}"
    body = {"model": "gpt-image-2", "prompt": "a hill", "images": [{"image_url": url}]}

    assert send(shared, "edits", body | {"mask": "x", "markup": "y"}).status == 400


def test_a_call_that_was_refused_is_in_the_books_without_its_words(shared):
    generate(shared, prompt="a secret hill", n=0)
    call = shared.books()["calls"][-1]

    assert (call["status"], call["outcome"], call["model"]) == (400, "refused", "gpt-image-2")
    assert "secret" not in json.dumps(call)


def test_characters_that_are_none_do_no_harm(shared):
    told = generate(shared, None, model="\ud800", **{"\ud801": 1})

    assert (told.status, told.error["message"]) == (400, "The model '?' does not exist.")
    assert ask(shared, "GET", "/emulator/books").status == 200


def test_a_body_that_is_far_too_large_is_refused(shared, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BODY_BYTES", 1000)
    told = generate(shared, prompt="x" * 2000)

    assert told.status == 413


def test_an_uploaded_file_is_a_reference(shared):
    parts: list[Part] = [("purpose", b"vision", None, None), picture(PICTURE, "file")]
    headers = KEY | {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    uploaded = ask(shared, "POST", "/v1/files", form(parts), headers)
    body = {"model": "gpt-image-2", "prompt": "a hill", "size": "1024x640", "quality": "low"}
    told = send(shared, "edits", body | {"images": [{"file_id": uploaded.body["id"]}]})

    assert told.status == 200
    assert told.body["usage"]["input_tokens_details"]["image_tokens"] > 0
