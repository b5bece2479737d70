"""The other half of `test_images`: pictures that are fitted and encoded."""

import threading
import time
from io import BytesIO

import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageCms

from assetforge.images import (
    Format,
    decode,
    encode,
    encode_noted_png,
    encode_png,
    fit,
    flatten,
    from_raw,
    mode_of_channels,
    note_of,
    preview,
    size_of,
    srgb_profile,
)
from assetforge.pipeline import Size
from tests.pictures import colour, colours, pixels, ramp

FORMATS: list[Format] = ["png", "jpeg", "webp", "avif"]


def test_our_srgb_profile_is_valid_and_has_no_clock():
    profile = ImageCms.ImageCmsProfile(BytesIO(srgb_profile())).profile

    assert profile.creation_date is not None
    assert profile.creation_date.isoformat() == "2022-01-01T00:00:00"
    assert profile.xcolor_space.strip() == "RGB"


def test_covering_cuts_whole_pixels_where_nothing_is_scaled():
    image = ramp((64, 48))

    assert pixels(fit(image, (64, 40))) == pixels(image.crop((0, 4, 64, 44)))
    assert pixels(fit(image, (64, 48))) == pixels(image)


@pytest.mark.parametrize(
    ("focus", "box"),
    [
        ((50, 0), (0, 0, 64, 40)),
        ((50, 100), (0, 8, 64, 48)),
        ((0, 25), (0, 2, 64, 42)),
    ],
)
def test_focus_says_what_is_cut(focus, box):
    image = ramp((64, 48))

    assert pixels(fit(image, (64, 40), focus=focus)) == pixels(image.crop(box))


def test_focus_works_across_too_and_when_scaled():
    image = PIL.Image.new("RGB", (90, 30), "red")
    image.paste("blue", (60, 0, 90, 30))

    assert colour(fit(image, (15, 15), focus=(0, 50)), (7, 7)) == (255, 0, 0)
    assert colour(fit(image, (15, 15), focus=(100, 50)), (7, 7)) == (0, 0, 255)


@given(
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
    st.sampled_from(["cover", "contain"]),
    st.sampled_from(["RGB", "RGBA"]),
    st.tuples(st.integers(0, 100), st.integers(0, 100)),
    st.sampled_from([None, "#102030"]),
)
@settings(deadline=None)
def test_the_fitted_picture_has_exactly_the_wanted_size(have, want, mode, colours, focus, ground):
    image = PIL.Image.new(colours, have, "#336699")

    fitted = fit(image, want, mode, focus=focus, background=ground)

    assert fitted.size == want
    assert image.size == have


def test_a_flat_picture_stays_flat_when_it_covers():
    fitted = fit(PIL.Image.new("RGB", (97, 61), "#336699"), (33, 57))

    assert fitted.getcolors() == [(33 * 57, (0x33, 0x66, 0x99))]


@pytest.mark.parametrize("background", [None, "#102030"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_containing_shows_all_and_fills_the_rest(background, mode):
    image = PIL.Image.new(mode, (20, 10), "#ff0000")

    fitted = fit(image, (40, 40), "contain", background=background)

    shown = (255, 0, 0) if background else (255, 0, 0, 255)
    ground = (16, 32, 48) if background else (0, 0, 0, 0)
    assert [colour(fitted, (20, y)) for y in (9, 10, 29, 30)] == [ground, shown, shown, ground]


def test_transparent_parts_keep_their_neighbours_clean_of_hidden_colour():
    """Scaled with premultiplied alpha: the green under alpha 0 must not bleed."""
    image = PIL.Image.new("RGBA", (40, 40), (0, 255, 0, 0))
    image.paste((255, 0, 0, 255), (20, 0, 40, 40))

    seen = [each for _, each in colours(fit(image, (15, 15))) if each[3]]
    assert seen
    assert all(each[1] <= 2 for each in seen)


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
