import threading
import time

import PIL.Image
import pytest

from assetforge.images import (
    Format,
    decode,
    encode,
    encode_noted_png,
    encode_png,
    flatten,
    from_raw,
    mode_of_channels,
    note_of,
    preview,
    size_of,
    srgb_profile,
)
from assetforge.pipeline import Size
from tests.pictures import colour, pixels, ramp

FORMATS: list[Format] = ["png", "jpeg", "webp", "avif"]


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_comes_back_with_its_pixels(format):
    back = decode(encode(ramp(), format, 95))

    assert (back.mode, back.size) == ("RGB", (64, 48))
    assert abs(colour(back, (60, 5))[0] - colour(ramp(), (60, 5))[0]) < 16


@pytest.mark.parametrize("format", ["png", "webp", "avif"])
def test_transparency_is_kept_where_the_format_knows_it(format):
    image = PIL.Image.new("RGBA", (16, 16), (200, 0, 0, 128))

    assert abs(colour(decode(encode(image, format)), (8, 8))[3] - 128) <= 1


def test_jpeg_puts_transparent_parts_on_the_background():
    image = PIL.Image.new("RGBA", (16, 16), (0, 0, 0, 0))

    assert colour(decode(encode(image, "jpeg")), (8, 8)) == (255, 255, 255)
    assert colour(decode(encode(image, "jpeg", background="#ff0000")), (8, 8))[1] < 3
    assert colour(flatten(ramp(), "#ff0000"), (0, 0)) == (0, 0, 128)


@pytest.mark.parametrize("format", FORMATS)
def test_the_bytes_are_the_same_on_every_run_and_thread(format, monkeypatch):
    image = ramp((300, 200))
    first = encode(image, format, 80)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    made = []

    threads = [
        threading.Thread(target=lambda: made.append(encode(image, format, 80))) for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert made == [first] * 4


def test_metadata_and_settings_of_the_source_do_not_reach_the_file():
    image = ramp()
    image.info = {"comment": b"secret", "dpi": (1, 1), "icc_profile": b"broken", "exif": b"secret"}

    for format in FORMATS:
        assert b"secret" not in encode(image, format)
        assert encode(image, format) == encode(ramp(), format)
    assert not hasattr(image, "encoderinfo") or image.encoderinfo == {}


def test_every_format_states_that_it_is_srgb():
    assert b"sRGB\x00" in encode(ramp(), "png")
    assert srgb_profile() in encode(ramp(), "jpeg")
    assert srgb_profile() in encode(ramp(), "webp")
    # ISO 23000-22: primaries 1 (BT.709), transfer 13 (sRGB).
    assert b"colrnclx\x00\x01\x00\x0d" in encode(ramp(), "avif")


def test_an_intermediate_png_is_lossless_and_packed_fast():
    image = ramp((400, 400))

    assert pixels(decode(encode_png(image))) == pixels(image)
    assert pixels(decode(encode(image, "png"))) == pixels(image)
    assert len(encode_png(image)) >= len(encode(image, "png"))


def test_lower_quality_is_a_smaller_file():
    for format in FORMATS[1:]:
        assert len(encode(ramp((200, 200)), format, 20)) < len(encode(ramp((200, 200)), format, 95))


def test_the_widest_webp_that_an_export_allows_can_be_encoded():
    assert size_of(encode(PIL.Image.new("RGB", (16_383, 1)), "webp")) == Size(16_383, 1)


def test_a_preview_is_small_and_keeps_the_shape():
    data = encode_png(ramp((300, 150)))

    assert size_of(preview(data, 100)) == Size(100, 50)
    assert size_of(preview(data, 1000)) == Size(300, 150)
    assert preview(data, 100) == preview(data, 100)


def test_raw_samples_become_an_image():
    image = ramp((5, 3))

    assert pixels(from_raw(mode_of_channels(3), (5, 3), image.tobytes())) == pixels(image)
    assert mode_of_channels(4) == "RGBA"


def test_a_note_travels_with_a_png_and_is_gone_when_it_is_decoded():
    data = encode_noted_png(ramp(), "word", "said")

    assert note_of(data, "word") == "said"
    assert note_of(data, "other") is None
    assert decode(data).info == {}
