import base64

import pytest

from assetforge.errors import ActionFailed
from assetforge.images import decode, encode_png, from_raw
from assetforge.providers.base import Connection, ImageRequest
from assetforge.providers.openai.request import (
    EDITS,
    GENERATIONS,
    nearest_ratio,
    outgoing,
    wire_model,
)
from assetforge.services import known_services, service_of

PNG = encode_png(from_raw("RGB", (40, 20), bytes(2400)))
URL = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"


def at(name):
    service = service_of(name)
    assert service
    return service


def sent(request, name="openai", **connection):
    return outgoing(request, at(name), Connection(name, **connection))


def request(**fields):
    return ImageRequest(**{"prompt": "a hill", "size": (1536, 1024), "model": "m", **fields})


def test_everything_that_was_asked_is_said():
    asked = request(
        quality="high",
        background="opaque",
        output_format="webp",
        output_compression=80,
        moderation="low",
        extra={"safety_identifier": "x"},
    )

    assert sent(asked).body == {
        "prompt": "a hill",
        "model": "m",
        "size": "1536x1024",
        "quality": "high",
        "background": "opaque",
        "output_format": "webp",
        "output_compression": 80,
        "moderation": "low",
        "safety_identifier": "x",
    }


@pytest.mark.parametrize("name", known_services())
def test_no_service_is_told_what_it_has_no_word_for(name):
    asked = request(quality="low", moderation="auto", background="auto", output_compression=9)

    body = sent(asked, name).body

    words = {"size", "quality", "moderation", "background", "output_compression"}
    assert body.keys() & words == at(name).parameters & words
    assert body.items() >= at(name).body.items()
    assert ("aspect_ratio" in body) == (at(name).size_mode == "aspect_ratio")


def test_a_deployment_stands_in_for_the_model():
    assert wire_model("gpt-image-2", at("azure"), Connection("azure", deployment="pics")) == "pics"
    assert wire_model("gpt-image-2", at("azure"), Connection("azure")) == "gpt-image-2"


def test_a_model_that_is_not_named_is_the_one_that_was_priced():
    assert wire_model(None, at("openai"), Connection("openai")) == "gpt-image-2"
    assert wire_model(None, at("ofox"), Connection("ofox")) == "openai/gpt-image-2"


def test_a_prefix_is_put_before_names_that_have_none():
    assert wire_model("gpt-image-2", at("ofox"), Connection("ofox")) == "openai/gpt-image-2"
    assert wire_model("google/x", at("ofox"), Connection("ofox")) == "google/x"


@pytest.mark.parametrize(
    ("size", "ratio"),
    [((1024, 1024), "1:1"), ((1344, 768), "16:9"), ((1920, 1080), "16:9"), ((900, 1600), "9:16")],
)
def test_a_canvas_is_asked_for_as_the_nearest_ratio(size, ratio):
    assert nearest_ratio(size, at("gemini")) == ratio
    assert nearest_ratio(size, at("xai")) == ratio


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("openai", ["image[]", "image[]"]),
        ("azure", ["image[]", "image[]"]),
        ("sglang", ["image", "image"]),
        ("vllm", ["image", "image"]),
    ],
)
def test_pictures_go_in_as_files(name, fields):
    out = sent(request(images=(PNG, PNG)), name)

    assert out.path == EDITS
    assert [field for field, _ in out.files] == fields


def test_one_picture_goes_in_under_the_name_that_everybody_knows():
    assert [field for field, _ in sent(request(images=(PNG,))).files] == ["image"]


def test_pictures_go_in_as_json():
    named = {"type": "image_url", "url": URL}

    one, two = (sent(request(images=(PNG,) * count), "xai") for count in (1, 2))

    assert (one.path, one.body["image"], one.files) == (EDITS, named, ())
    assert two.body["images"] == [named, named]
    assert "image" not in two.body


def test_pictures_go_in_beside_the_prompt():
    one, two = (sent(request(images=(PNG,) * count), "seedream") for count in (1, 2))

    assert (one.path, one.body["image"]) == (GENERATIONS, URL)
    assert two.body["image"] == [URL, URL]
    assert one.body["watermark"] is False


def test_previews_are_asked_for_where_there_are_any():
    assert sent(request(), partial_images=2).body["partial_images"] == 2
    assert "stream" not in sent(request()).body
    assert "stream" not in sent(request(), "vllm", partial_images=2).body


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        ("gemini", {"images": (PNG,)}, "images-not-supported"),
        ("xai", {"images": (PNG,) * 4}, "too-many-images"),
        ("openai", {"images": (PNG,) * 17}, "too-many-images"),
        ("azure", {"background": "transparent"}, "transparent-not-supported"),
        ("azure", {"output_format": "webp"}, "format-not-supported"),
        ("gemini", {"output_format": "png"}, "format-not-supported"),
        ("xai", {"images": (PNG,), "mask": PNG}, "mask-not-supported"),
        ("openai", {"mask": PNG}, "mask-not-supported"),
        ("openai", {"images": (b"GIF",)}, "unreadable-image"),
    ],
)
def test_what_a_service_has_not_is_refused_before_it_is_sent(name, fields, code):
    with pytest.raises(ActionFailed) as caught:
        sent(request(**fields), name)

    assert caught.value.code == code


def test_a_region_becomes_a_mask_of_the_picture():
    """The region is in pixels of the canvas, the mask in those of the picture."""
    asked = request(images=(PNG,), edit=True, size=(80, 40), region=(40, 0, 40, 20))

    field, (name, data, mime) = sent(asked).files[-1]

    mask = decode(data)
    assert (field, name, mime) == ("mask", "mask.png", "image/png")
    assert (mask.size, mask.mode) == ((40, 20), "RGBA")
    assert mask.getchannel("A").point(lambda value: 255 - value).getbbox() == (20, 0, 40, 10)


def test_a_region_of_white_paints_what_may_change():
    asked = request(images=(PNG,), edit=True, size=(80, 40), region=(40, 0, 40, 20))

    field, (_, data, _) = sent(asked, "vllm").files[-1]

    assert field == "mask_image"
    assert decode(data).convert("L").getbbox() == (20, 0, 40, 10)


def test_a_service_without_masks_gets_the_picture_alone():
    asked = request(images=(PNG,), edit=True, size=(80, 40), region=(40, 0, 40, 20))

    assert len(sent(asked, "sglang").files) == 1


def test_a_region_of_a_picture_that_is_only_followed_is_no_mask():
    assert len(sent(request(images=(PNG,), region=(0, 0, 8, 8))).files) == 1
