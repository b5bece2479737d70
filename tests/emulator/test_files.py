import json

import pytest

from assetforge.emulator import Settings, files
from assetforge.emulator.answers import Problem
from assetforge.emulator.files import (
    MONTH_SECONDS,
    delete,
    file_bytes,
    keep,
    listed,
    told,
    upload,
)
from assetforge.emulator.world import World
from tests.emulator.asking import BOUNDARY, KEY, ask, form, send
from tests.emulator.still import NOW, Clock, body_of
from tests.pictures import ramp, saved


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def world(clock):
    world = World(Settings(), wall=clock)
    yield world
    world.close()


def uploaded(world, data=b"data", **fields):
    answer = upload(world, {"purpose": "vision"} | fields, ("picture.png", data))

    assert answer.status == 200, answer.body
    return answer.body


def problem(answer):
    assert answer.status == 400
    return body_of(answer)["error"]["param"], body_of(answer)["error"]["code"]


def test_an_upload_is_a_file_until_it_is_deleted(world):
    file = uploaded(world)

    assert file == {
        "object": "file",
        "id": file["id"],
        "purpose": "vision",
        "filename": "picture.png",
        "bytes": 4,
        "created_at": NOW,
        "expires_at": None,
        "status": "processed",
        "status_details": None,
    }
    assert told(world, file["id"]).body == file
    assert file_bytes(world, file["id"]) == b"data"
    assert delete(world, file["id"]).body == {
        "id": file["id"],
        "object": "file",
        "deleted": True,
    }
    assert file_bytes(world, file["id"]) is None


def test_a_file_that_is_not_there_is_not_found(world):
    for answer in (told(world, "file-x"), delete(world, "file-x")):
        assert answer.status == 404
        assert body_of(answer)["error"]["message"] == "No such File object: file-x"


def test_files_are_listed_by_purpose(world):
    picture = uploaded(world)
    lines = uploaded(world, purpose="batch")

    def ids(**asked):
        return [each["id"] for each in body_of(listed(world, asked))["data"]]

    assert ids() == [lines["id"], picture["id"]]
    assert ids(purpose="vision") == [picture["id"]]
    assert ids(purpose="evals") == []


def test_a_file_for_a_batch_is_kept_for_a_month(world, clock):
    file = uploaded(world, purpose="batch")

    assert file["expires_at"] == NOW + MONTH_SECONDS
    clock.now += MONTH_SECONDS
    assert file_bytes(world, file["id"]) is None
    assert body_of(listed(world, {}))["data"] == []


def test_a_file_may_be_kept_for_as_long_as_is_said(world, clock):
    expires = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
    file = uploaded(world, **expires)
    clock.now += 3599

    assert file_bytes(world, file["id"]) == b"data"
    clock.now += 1
    assert told(world, file["id"]).status == 404


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("purpose", "missing_required_parameter")),
        ({"purpose": "fun"}, ("purpose", "invalid_value")),
        ({"purpose": "batch", "colour": "red"}, ("colour", "unknown_parameter")),
        (
            {"purpose": "batch", "expires_after[seconds]": "3600"},
            ("expires_after.anchor", "invalid_value"),
        ),
    ],
)
def test_a_form_that_is_wrong_is_refused(world, fields, expected):
    assert problem(upload(world, fields, ("a", b""))) == expected


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (None, "missing_required_parameter"),
        ("3599", "integer_below_min_value"),
        ("2592001", "integer_above_max_value"),
        ("soon", "invalid_type"),
        ("9" * 5000, "invalid_type"),
    ],
)
def test_a_lifetime_is_between_an_hour_and_a_month(world, seconds, code):
    fields = {"purpose": "vision", "expires_after[anchor]": "created_at"}
    if seconds is not None:
        fields["expires_after[seconds]"] = seconds

    expected = ("expires_after.seconds", code)
    assert problem(upload(world, fields, ("a", b""))) == expected


def test_a_form_without_a_file_is_refused(world):
    expected = ("file", "missing_required_parameter")

    assert problem(upload(world, {"purpose": "batch"}, None)) == expected


@pytest.mark.parametrize(
    ("purpose", "name"), [("batch", "MAX_BATCH_BYTES"), ("vision", "MAX_BYTES")]
)
def test_a_file_may_be_too_large(world, monkeypatch, purpose, name):
    monkeypatch.setattr(files, name, 3)

    answer = upload(world, {"purpose": purpose}, ("a", b"1234"))

    assert answer.status == 413
    assert body_of(answer)["error"]["message"] == "The file is 4 bytes; at most 3 are allowed."


def test_all_files_together_have_a_limit(world, monkeypatch):
    monkeypatch.setattr(files, "MAX_TOTAL_BYTES", 10)
    first = uploaded(world, b"12345")

    assert upload(world, {"purpose": "vision"}, ("a", b"123456")).status == 413
    assert isinstance(keep(world, "a", b"123456", "vision"), Problem)
    delete(world, first["id"])
    assert uploaded(world, b"123456")["bytes"] == 6


def test_a_file_goes_over_the_wire_and_back(shared):
    data = bytes(range(256))
    parts = [("purpose", b"user_data", None, None), ("file", data, "x.bin", None)]
    headers = KEY | {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    file = ask(shared, "POST", "/v1/files", form(parts), headers).body

    content = ask(shared, "GET", f"/v1/files/{file['id']}/content")

    assert ask(shared, "GET", f"/v1/files/{file['id']}").body == file
    assert file in ask(shared, "GET", "/v1/files?purpose=user_data").body["data"]
    assert (content.status, content.data) == (200, data)
    assert content.headers["content-type"] == "application/octet-stream"
    assert ask(shared, "DELETE", f"/v1/files/{file['id']}").body["deleted"] is True
    assert ask(shared, "GET", f"/v1/files/{file['id']}/content").status == 404


def test_pictures_that_were_uploaded_go_into_an_edit(shared):
    parts = [("purpose", b"vision", None, None), ("file", saved(ramp()), "p.png", None)]
    headers = KEY | {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    file = ask(shared, "POST", "/v1/files", form(parts), headers).body
    body = {"model": "gpt-image-2", "prompt": "a hare", "images": [{"file_id": file["id"]}]}

    assert send(shared, "edits", body).status == 200
    body["images"] = [{"file_id": "file-gone"}]
    assert send(shared, "edits", body).status == 404


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b""),
        (f"multipart/form-data; boundary={BOUNDARY}", b"nonsense"),
        (
            f"multipart/form-data; boundary={BOUNDARY}",
            form([("purpose", b"x" * 2_000_000, None, None)]),
        ),
        (f"multipart/form-data; boundary={BOUNDARY}", form([("file", b"no file", None, None)])),
    ],
)
def test_an_upload_that_is_no_form_is_refused(shared, content_type, data):
    told = ask(shared, "POST", "/v1/files", data, KEY | {"content-type": content_type})

    assert told.status == 400
    assert json.loads(told.data)["error"]["message"]


def test_an_upload_that_says_it_is_too_large_is_not_read(shared, monkeypatch):
    monkeypatch.setattr("assetforge.emulator.endpoints.MAX_FORM_BYTES", 3)
    headers = KEY | {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}

    assert ask(shared, "POST", "/v1/files", form([]), headers).status == 413
