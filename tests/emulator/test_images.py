"""The endpoints through the real client library."""

import asyncio
import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openai
import pytest

from assetforge import images
from assetforge.digest import digest_of
from assetforge.emulator import Settings, serving
from assetforge.emulator.faults import ODDITIES
from assetforge.emulator.images import answer
from assetforge.emulator.world import World
from tests.emulator.asking import PICTURE, generate, send
from tests.pictures import ramp, saved

SMALL: Any = PICTURE
PNG = ("ramp.png", saved(ramp()), "image/png")
MASK = ("mask.png", images.box_mask((64, 48), (0, 0, 32, 48)), "image/png")


@contextmanager
def asking(settings: Settings) -> Iterator[tuple[Any, openai.OpenAI]]:
    with (
        serving(settings) as server,
        openai.OpenAI(api_key="any", base_url=server.url, max_retries=0) as client,
    ):
        yield server, client


def decoded(data: Any) -> bytes:
    return base64.b64decode(data.b64_json, validate=True)


def test_a_picture_is_made_counted_and_booked(server, client):
    raw = client.images.with_raw_response.generate(**SMALL)
    made = raw.parse()

    assert images.examined(decoded(made.data[0])).size == (1024, 640)
    assert (made.size, made.quality, made.background) == ("1024x640", "low", "opaque")
    assert made.output_format == "png"
    assert made.usage.model_dump(exclude_none=True) == {
        "input_tokens": 8,
        "output_tokens": 107,
        "total_tokens": 115,
        "input_tokens_details": {"text_tokens": 8, "image_tokens": 0},
    }
    assert raw.headers["x-request-id"].startswith("req_")
    assert int(raw.headers["openai-processing-ms"]) >= 0
    (call,) = server.books()["calls"]
    assert call.pop("time") > 1_700_000_000
    assert call == {
        "number": 1,
        "endpoint": "generations",
        "outcome": "accepted",
        "status": 200,
        "request_id": raw.headers["x-request-id"],
        "model": "gpt-image-2",
        "size": "1024x640",
        "quality": "low",
        "n": 1,
        "references": 0,
        "fault": None,
        "billed_microdollars": 8 * 5 + 107 * 30,
        "usage": {
            "input_tokens": 8,
            "output_tokens": 107,
            "total_tokens": 115,
            "input_tokens_details": {"text_tokens": 8, "image_tokens": 0},
        },
        "prompt": digest_of(b"a hill"),
        "batch": False,
        "wrong_text": [],
    }


def test_what_was_drawn_wrong_is_told_and_booked():
    with serving(Settings(wrong_text=100, repeatable=True)) as server:
        told = generate(server, prompt='headline: "Sunny days"', n=2)
        flat = generate(server)

    wrong = json.loads(told.headers["x-emulator-wrong-text"])
    first, second = server.books()["calls"]
    assert [each.pop("picture") for each in wrong] == [0, 1]
    assert {each["expected"] for each in wrong} == {"Sunny days"}
    assert (first["wrong_text"], second["wrong_text"]) == (wrong, [])
    assert server.books()["totals"]["wrong_text"] == 2
    assert "x-emulator-wrong-text" not in flat.headers


def test_an_edit_by_form_and_by_json_are_counted_alike(server, client):
    by_form = client.images.edit(image=[PNG, PNG], mask=MASK, **SMALL)
    url = f"data:image/png;base64,{base64.b64encode(PNG[1]).decode()}"
    mask = f"data:image/png;base64,{base64.b64encode(MASK[1]).decode()}"
    references = [{"image_url": url}, {"image_url": url}]
    by_json = send(server, "edits", PICTURE | {"images": references, "mask": {"image_url": mask}})

    assert by_json.status == 200
    assert by_form.usage.model_dump(exclude_none=True) == by_json.body["usage"]
    assert by_form.usage.input_tokens_details.image_tokens > 0
    assert [each["references"] for each in server.books()["calls"]] == [2, 2]


def test_a_single_picture_has_another_part_name_and_is_taken_too(client):
    made = client.images.edit(image=PNG, extra_body={"moderation": "low"}, n=2, **SMALL)

    assert len(made.data) == 2
    assert made.data[0].b64_json != made.data[1].b64_json


def test_raw_bytes_are_refused_as_by_the_service(client):
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.edit(image=PNG[1], **SMALL)

    assert refused.value.code == "unsupported_file_mimetype"


def test_the_same_request_gives_another_picture_unless_it_repeats():
    with asking(Settings(pictures="flat")) as (_, client):
        real = {client.images.generate(**SMALL).data[0].b64_json for _ in range(3)}
    with asking(Settings(pictures="flat", repeatable=True)) as (_, client):
        repeated = [client.images.generate(n=2, **SMALL).data for _ in range(3)]

    assert len(real) == 3
    assert len({tuple(each.b64_json for each in data) for data in repeated}) == 1
    assert repeated[0][0].b64_json != repeated[0][1].b64_json


def test_usage_says_what_the_output_is_when_it_is_told_to():
    with asking(Settings(pictures="flat", usage_details=True)) as (_, client):
        usage = client.images.generate(**SMALL).usage

    assert usage.output_tokens_details.image_tokens == 107


def test_limits_are_told_in_headers_and_refused_with_429():
    settings = Settings(pictures="flat", images_per_minute=3, count_references=True)
    with asking(settings) as (server, client):
        told = client.images.with_raw_response.edit(image=[PNG, PNG], **SMALL)
        with pytest.raises(openai.RateLimitError) as refused:
            client.images.generate(**SMALL)
        totals = server.books()["totals"]

    assert told.headers["x-ratelimit-limit-input-images"] == "3"
    assert told.headers["x-ratelimit-remaining-input-images"] == "0"
    assert "Limit 3, Used 3, Requested 1." in refused.value.message
    assert refused.value.code == "rate_limit_exceeded"
    assert int(refused.value.response.headers["retry-after"]) <= 60
    assert refused.value.response.headers["x-ratelimit-remaining-input-images"] == "0"
    assert (totals["accepted"], totals["refused"], totals["429"]) == (1, 1, 1)


def test_a_short_window_lets_a_client_through_that_waits_as_it_is_told():
    with (
        serving(Settings(pictures="flat", images_per_minute=1, window_seconds=0.2)) as server,
        openai.OpenAI(api_key="any", base_url=server.url, max_retries=5) as client,
    ):
        for _ in range(2):
            client.images.generate(**SMALL)

    assert server.books()["totals"]["images"] == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("429", openai.RateLimitError),
        ("slow_down", openai.RateLimitError),
        ("500", openai.InternalServerError),
        ("502", openai.InternalServerError),
        ("503", openai.InternalServerError),
        ("504", openai.InternalServerError),
        ("html", openai.InternalServerError),
        ("insufficient_quota", openai.RateLimitError),
        ("billing_hard_limit", openai.BadRequestError),
        ("unverified", openai.PermissionDeniedError),
        ("moderation_input", openai.BadRequestError),
        ("moderation_output", openai.BadRequestError),
        ("moderation_bare", openai.BadRequestError),
        ("detail", openai.UnprocessableEntityError),
    ],
)
def test_a_fault_that_refuses_is_the_library_s_exception_and_costs_nothing(shared, fault, error):
    with openai.OpenAI(api_key="any", base_url=shared.url, max_retries=0) as client:
        with pytest.raises(error) as refused:
            client.images.generate(extra_headers={"x-emulator-fault": fault}, **SMALL)

        call = shared.books()["calls"][-1]
        assert (call["outcome"], call["fault"], call["billed_microdollars"]) == (
            "refused",
            fault,
            0,
        )
        assert refused.value.status_code == call["status"]
        assert refused.value.request_id == call["request_id"]


def fetched(answer: Any) -> bytes:
    with urllib.request.urlopen(answer.body["data"][0]["url"]) as response:
        return bytes(response.read())


def test_faults_of_the_answer_itself(shared):
    told = {fault: generate(shared, prompt=f"a hill [[fault:{fault}]]") for fault in ODDITIES}
    calls = {each["fault"]: each for each in shared.books()["calls"]}

    assert {each.status for each in told.values()} == {200}
    assert all(calls[fault]["billed_microdollars"] > 0 for fault in told)
    with pytest.raises(ValueError, match=r"base64|padding|padded|data"):
        base64.b64decode(told["broken_base64"].body["data"][0]["b64_json"], validate=True)
    assert told["html_200"].data.startswith(b"<html>")
    assert told["url"].body["data"][0].keys() == {"url"}
    assert images.size_of(fetched(told["url"])) == (1024, 640)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetched(told["url_gone"])
    assert "usage" not in told["no_usage"].body
    small = base64.b64decode(told["wrong_size"].body["data"][0]["b64_json"])
    assert (images.size_of(small), told["wrong_size"].body["size"]) == ((512, 320), "1024x640")
    disguised = base64.b64decode(told["jpeg_as_png"].body["data"][0]["b64_json"])
    assert images.examined(disguised).format == "jpeg"
    assert told["jpeg_as_png"].body["output_format"] == "png"


def test_a_fault_that_strikes_once_lets_the_second_try_through(client):
    prompt = "a hill [[fault:500*1]]"
    retrying = client.with_options(max_retries=1)

    assert retrying.images.generate(**SMALL | {"prompt": prompt}).data


def test_an_unknown_fault_is_an_error(shared):
    told = generate(shared, {"x-emulator-fault": "50"})

    assert (told.status, told.error["type"]) == (400, "emulator_error")


@pytest.mark.parametrize("endpoint", ["generations", "edits"])
def test_a_stream_has_previews_and_then_the_picture(server, client, endpoint):
    options: Any = SMALL | {"stream": True, "partial_images": 2}
    images_of = client.images
    if endpoint == "edits":
        stream = images_of.edit(image=PNG, **options)
    else:
        stream = images_of.generate(**options)
    with stream:
        events = list(stream)

    name = "image_generation" if endpoint == "generations" else "image_edit"
    kinds = [f"{name}.partial_image", f"{name}.partial_image", f"{name}.completed"]
    assert [each.type for each in events] == kinds
    assert [each.partial_image_index for each in events[:2]] == [0, 1]
    assert images.size_of(decoded(events[2])) == (1024, 640)
    assert events[2].usage.output_tokens == 107 + 200
    assert (events[2].size, events[2].quality) == ("1024x640", "low")
    (call,) = server.books()["calls"]
    assert call["usage"]["output_tokens"] == 307


def test_a_stream_without_previews_is_one_event(client):
    with client.images.generate(stream=True, **SMALL) as stream:
        assert [each.type for each in stream] == ["image_generation.completed"]


def test_moderation_of_what_was_drawn_is_a_frame_of_its_own(server, client):
    options: Any = SMALL | {"stream": True, "partial_images": 1}
    seen = []
    with (
        client.images.generate(
            extra_headers={"x-emulator-fault": "moderation_output"}, **options
        ) as stream,
        pytest.raises(openai.APIError, match="safety system"),
    ):
        seen += [each.type for each in stream]

    (call,) = server.books()["calls"]
    assert (call["fault"], call["billed_microdollars"]) == ("moderation_output", 0)


def test_a_line_of_a_batch_costs_half_and_counts_against_no_limit():
    world = World(Settings(pictures="flat", images_per_minute=0))
    told = asyncio.run(answer(world, "/v1/images/generations", PICTURE, {}, batch=True))
    refused = asyncio.run(answer(world, "/v1/images/generations", {"n": 1}, {}, batch=True))
    (call, other) = world.books.document()["calls"]
    world.close()

    assert told.status == 200
    assert told.body is not None
    assert json.loads(json.dumps(told.body))["usage"]["total_tokens"] == 115
    assert call["billed_microdollars"] == (8 * 5 + 107 * 30) // 2
    assert (call["batch"], other["batch"], refused.status) == (True, True, 400)


def test_the_draft_pictures_go_through_an_edit_as_they_come():
    with asking(Settings()) as (_, client):
        first = client.images.generate(**SMALL | {"prompt": 'a hill, headline: "Sunny days"'})
        picture = ("first.png", decoded(first.data[0]), "image/png")
        second = client.images.edit(image=picture, **SMALL | {"prompt": "say “Sonnige Tage”"})

    assert images.size_of(decoded(second.data[0])) == (1024, 640)
