import struct
import zlib
from contextlib import suppress

import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL.PngImagePlugin import PngInfo

from assetforge.errors import ActionFailed
from assetforge.images import (
    MAX_PIXELS,
    UnreadableImage,
    decode,
    examined,
    size_of,
)
from assetforge.pipeline import Size
from tests.pictures import colour, ramp, saved


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is large and holds nothing."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 4) + b"IDAT0000" + bytes(4)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "AVIF", "GIF"])
def test_each_allowed_format_is_read(format):
    data = saved(ramp(), format)

    assert size_of(data) == examined(data).size == Size(64, 48)
    assert (decode(data).mode, decode(data).size) == ("RGB", (64, 48))


@pytest.mark.parametrize("format", ["BMP", "TIFF", "PPM", "ICO"])
@pytest.mark.parametrize("read", [decode, size_of, examined])
def test_every_other_format_is_refused(format, read):
    with pytest.raises(UnreadableImage, match="no PNG, JPEG, WebP, AVIF or GIF"):
        read(saved(ramp(), format))


@pytest.mark.parametrize("data", [b"", b"<svg onload='x()'/>", b"\x89PNG\r\n\x1a\n"])
def test_bytes_that_are_no_picture_are_refused(data):
    with pytest.raises(UnreadableImage) as caught:
        decode(data)

    assert isinstance(caught.value, ActionFailed)
    assert caught.value.code == "unreadable-image"


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "AVIF", "GIF"])
def test_a_picture_that_is_cut_short_is_refused(format):
    data = saved(ramp((256, 256)), format)

    with pytest.raises(UnreadableImage):
        decode(data[: len(data) // 2])
    with pytest.raises(UnreadableImage):
        examined(data[: len(data) // 2])


def test_the_reason_is_one_line():
    with pytest.raises(UnreadableImage, match=r"^the picture is damaged: [^\n]+[^.]$"):
        decode(saved(ramp((256, 256)))[:500])


def test_a_header_alone_has_a_size_but_no_pixels():
    assert size_of(png_header(3840, 2160)) == Size(3840, 2160)
    with pytest.raises(UnreadableImage):
        examined(png_header(3840, 2160))


@pytest.mark.parametrize("read", [decode, size_of, examined])
@pytest.mark.parametrize("edges", [(20_000, 20_000), (64_000_001, 1), (2**31 - 1, 2**31 - 1)])
def test_a_picture_bomb_is_refused_before_memory_is_taken(read, edges):
    with pytest.raises(UnreadableImage, match=r"more than 64000000 pixels|damaged"):
        read(png_header(*edges))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_of_just_the_cap_is_not_refused_for_its_size():
    assert size_of(png_header(8000, 8000)) == Size(8000, 8000)
    assert MAX_PIXELS == 8000 * 8000


@pytest.mark.parametrize("chunk", [b"zTXt", b"iCCP"])
def test_a_small_chunk_that_unpacks_to_a_huge_text_is_refused_or_passed_over(chunk):
    packed = b"name\x00\x00" + zlib.compress(bytes(80_000_000), 9)
    body = chunk + packed
    whole = struct.pack(">I", len(packed)) + body + struct.pack(">I", zlib.crc32(body))
    plain = saved(ramp())
    data = plain[:33] + whole + plain[33:]

    with suppress(UnreadableImage):
        assert decode(data).size == (64, 48)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([saved(ramp(), each) for each in ("PNG", "JPEG", "WEBP", "AVIF", "GIF")]),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 5000),
)
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_gives_pixels_or_a_clear_error(data, changes, length):
    broken = bytearray(data)
    for place, value in changes:
        broken[place % len(broken)] = value

    for each in (bytes(broken), bytes(broken)[: length % len(broken)]):
        with suppress(UnreadableImage):
            assert decode(each).mode in ("RGB", "RGBA")


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr"])
def test_odd_modes_become_rgb(mode):
    format = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    image = ramp().convert(mode)

    decoded = decode(saved(image, format, **({"quality": 100} if format == "JPEG" else {})))

    assert decoded.mode == "RGB"
    for point in ((0, 0), (63, 47), (30, 20)):
        expected = colour(image.convert("RGB"), point)
        assert max(map(abs, map(int.__sub__, colour(decoded, point), expected))) < 12


def test_sixteen_bit_grey_keeps_its_upper_eight_bits():
    image = PIL.Image.new("I;16", (4, 1))
    image.putdata([0, 0x0100, 0x8000, 0xFFFF])

    decoded = decode(saved(image))

    assert [colour(decoded, (x, 0))[0] for x in range(4)] == [0, 1, 128, 255]
    assert decoded.mode == "RGB"


def test_transparency_of_every_kind_becomes_an_alpha_channel():
    grey = PIL.Image.new("LA", (2, 1), (100, 0))
    indexed = ramp(mode="P")

    assert colour(decode(saved(grey)), (0, 0)) == (100, 100, 100, 0)
    first = indexed.getpixel((0, 0))
    assert colour(decode(saved(indexed, transparency=first)), (0, 0))[3] == 0
    keyed = decode(saved(PIL.Image.new("L", (1, 1), 7), transparency=7))
    assert colour(keyed, (0, 0)) == (7, 7, 7, 0)


def test_only_the_first_frame_of_an_animation_is_taken():
    frames = [PIL.Image.new("RGB", (8, 8), each) for each in ("red", "lime", "blue")]

    for format in ("GIF", "PNG", "WEBP"):
        options = {"lossless": True} if format == "WEBP" else {}
        data = saved(frames[0], format, save_all=True, append_images=frames[1:], **options)
        assert colour(decode(data), (3, 3)) == (255, 0, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_a_picture_lying_on_its_side_is_turned_upright(orientation, format):
    upright = ramp((48, 32))
    # What the camera stored, so that following the orientation gives `upright` again.
    stored = {
        1: upright,
        2: upright.transpose(PIL.Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(PIL.Image.Transpose.ROTATE_180),
        4: upright.transpose(PIL.Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(PIL.Image.Transpose.TRANSPOSE),
        6: upright.transpose(PIL.Image.Transpose.ROTATE_90),
        7: upright.transpose(PIL.Image.Transpose.TRANSVERSE),
        8: upright.transpose(PIL.Image.Transpose.ROTATE_270),
    }[orientation]
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    data = saved(stored, format, exif=exif, **({} if format == "PNG" else {"quality": 100}))

    decoded = decode(data)

    assert size_of(data) == examined(data).size == decoded.size == (48, 32)
    for point in ((0, 0), (47, 0), (0, 31)):
        near = zip(colour(decoded, point), colour(upright, point), strict=True)
        assert all(abs(one - other) < 40 for one, other in near)


def test_nothing_but_pixels_is_left_of_a_decoded_picture():
    text = PngInfo()
    text.add_text("Comment", "secret")

    assert decode(saved(ramp(), pnginfo=text, dpi=(300, 300))).info == {}
