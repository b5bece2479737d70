import hashlib
import random
import struct
import zlib
from contextlib import suppress
from itertools import pairwise

import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL.PngImagePlugin import PngInfo

from assetforge.errors import ActionFailed
from assetforge.images import (
    MAX_PIXELS,
    MAX_SHEET,
    Difference,
    Image,
    UnreadableImage,
    _fitting_boxes,
    decode,
    difference,
    encode_png,
    examined,
    pixel_digest,
    side_by_side,
    size_of,
    srgb_profile,
)
from assetforge.pipeline import Size
from tests.pictures import colour, colours, pixels, ramp, saved


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


def swapped_profile() -> bytes:
    """An RGB profile whose red is sRGB's green and the other way round."""
    data = bytearray(srgb_profile())
    count = struct.unpack(">I", data[128:132])[0]
    entries = {bytes(data[at : at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    red, green = entries[b"rXYZ"], entries[b"gXYZ"]
    data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(data)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_of_another_profile_are_converted_to_srgb(mode):
    image = PIL.Image.new(mode, (4, 4), (255, 0, 0, 90)[: len(mode)])

    pixel = colour(decode(saved(image, icc_profile=swapped_profile())), (1, 1))

    assert max(abs(one - other) for one, other in zip(pixel[:3], (0, 255, 0), strict=True)) < 4
    assert pixel[3:] == (90,)[: len(mode) - 3]


def test_colours_that_are_srgb_already_stay_as_they_are():
    decoded = decode(saved(ramp(), icc_profile=srgb_profile()))

    assert pixels(decoded) == pixels(ramp())


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("profile", [b"broken", srgb_profile()[:200], srgb_profile()])
def test_a_profile_that_cannot_be_followed_is_ignored(mode, profile):
    image = ramp(mode=mode)

    assert pixels(decode(saved(image, icc_profile=profile))) == pixels(
        image.convert("RGBA" if mode == "RGBA" else "RGB")
    )


NOTE = PngInfo()
NOTE.add_text("Comment", "retouched")


@pytest.mark.parametrize(
    "options",
    [{"compress_level": 0}, {"compress_level": 9}, {"pnginfo": NOTE}, {"dpi": (300, 300)}],
)
def test_pixels_saved_again_without_loss_keep_their_digest(options):
    image = ramp()

    assert pixel_digest(saved(image, **options)) == pixel_digest(saved(image))


def test_pixels_keep_their_digest_in_another_lossless_format_and_mode():
    image = ramp()

    for same in (
        saved(image, "WEBP", lossless=True),
        saved(image.convert("RGBA")),
        encode_png(image, level=6),
    ):
        assert pixel_digest(same) == pixel_digest(saved(image))


def test_a_turned_picture_has_the_digest_of_what_is_shown():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    lying = ramp().transpose(PIL.Image.Transpose.ROTATE_90)

    assert pixel_digest(saved(lying, exif=exif)) == pixel_digest(saved(ramp()))


@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    where=st.tuples(st.integers(0), st.integers(0)),
    band=st.integers(0, 3),
    step=st.integers(1, 255),
)
def test_each_pixel_counts_for_the_digest(size, where, band, step):
    image = ramp(size, "RGBA")
    place = (where[0] % size[0], where[1] % size[1])
    samples = list(colour(image, place))
    samples[band] = (samples[band] + step) % 256
    other = image.copy()
    other.putpixel(place, tuple(samples))

    assert pixel_digest(saved(other)) != pixel_digest(saved(image))


def test_the_size_counts_for_the_digest():
    wide, tall = (PIL.Image.new("RGB", size) for size in ((8, 2), (2, 8)))

    assert pixel_digest(saved(wide)) != pixel_digest(saved(tall))


def test_a_picture_of_several_bands_has_the_digest_of_all_its_rows():
    image = ramp((1024, 1025))
    other = image.copy()
    other.putpixel((1023, 1024), (1, 2, 3))

    first = b"assetforge pixels v1\n1024 1025\n" + image.convert("RGBA").tobytes()
    assert pixel_digest(saved(image)) == hashlib.sha256(first).hexdigest()
    assert pixel_digest(saved(other)) != pixel_digest(saved(image))


def painted(size: tuple[int, int], *boxes: tuple[int, int, int, int], mode: str = "RGB") -> Image:
    """White, with black boxes: x, y, width, height."""
    image = PIL.Image.new(mode, size, "white")
    for x, y, width, height in boxes:
        image.paste("black", (x, y, x + width, y + height))
    return image


def test_equal_pictures_do_not_differ():
    assert difference(saved(ramp()), saved(ramp(), "WEBP", lossless=True)) == Difference(
        same_size=True, changed_permille=0, box=None, distance=0
    )


def test_what_differs_is_counted_and_boxed():
    plain, other = painted((100, 80)), painted((100, 80), (10, 20, 30, 5), (60, 50, 10, 5))

    found = difference(saved(plain), saved(other))

    assert (found.same_size, found.changed_permille) == (True, 200 * 1000 // 8000)
    assert found.box == (10, 20, 60, 35)
    assert difference(saved(other), saved(plain)) == found


def test_what_differs_is_found_in_every_band():
    plain, other = painted((1024, 1100)), painted((1024, 1100), (3, 0, 1, 1), (9, 1099, 1, 1))

    found = difference(saved(plain), saved(other))

    assert (found.changed_permille, found.box) == (0, (3, 0, 7, 1100))


def test_everything_differs_between_black_and_white():
    found = difference(saved(painted((9, 9))), saved(painted((9, 9), (0, 0, 9, 9))))

    assert (found.changed_permille, found.box) == (1000, (0, 0, 9, 9))


def test_a_shade_that_nobody_sees_is_no_difference():
    one, two = (PIL.Image.new("RGB", (8, 8), (100, 100, each)) for each in (100, 108))

    found = difference(saved(one), saved(two))

    assert (found.changed_permille, found.box) == (0, None)
    assert pixel_digest(saved(one)) != pixel_digest(saved(two))


def test_the_eye_tells_green_apart_before_blue():
    """40 steps of blue are less than 40 steps of green."""
    ground, blue, green = (
        saved(PIL.Image.new("RGB", (4, 4), each))
        for each in ((90, 90, 90), (90, 90, 130), (90, 130, 90))
    )

    assert difference(ground, blue).changed_permille == 0
    assert difference(ground, green).changed_permille == 1000


@pytest.mark.parametrize("ground", [(0, 0, 0), (255, 255, 255), (128, 128, 128)])
def test_what_becomes_transparent_differs_whatever_its_colour(ground):
    opaque, gone = (PIL.Image.new("RGBA", (4, 4), (*ground, each)) for each in (255, 0))

    assert difference(saved(opaque), saved(gone)).changed_permille == 1000


def test_the_colour_of_what_is_fully_transparent_is_no_difference():
    one, two = (PIL.Image.new("RGBA", (4, 4), (each, 0, 0, 0)) for each in (0, 255))

    assert difference(saved(one), saved(two)).box is None


def test_a_picture_of_another_size_is_scaled_to_the_first():
    small, large = painted((50, 40), (0, 0, 25, 40)), painted((100, 80), (0, 0, 50, 80))

    found = difference(saved(small), saved(large))

    assert not found.same_size
    assert (found.changed_permille, found.box, found.distance) == (0, None, 0)
    assert difference(saved(large), saved(painted((50, 40)))).box == (0, 0, 50, 80)


def test_turned_round_all_shapes_are_as_far_apart_as_can_be():
    grow = ramp((90, 80), "L")
    shrink = grow.transpose(PIL.Image.Transpose.FLIP_LEFT_RIGHT)

    assert difference(saved(grow), saved(shrink)).distance == 64
    assert difference(saved(grow), saved(ramp((45, 40), "L"))).distance == 0


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_a_distance_is_never_above_64_and_the_same_both_ways(seed):
    chance = random.Random(seed)
    one, two = (
        saved(PIL.Image.frombytes("RGB", (12, 10), chance.randbytes(360))) for _ in range(2)
    )

    assert 0 <= difference(one, two).distance <= 64
    assert difference(one, two) == difference(two, one)


RED = (229, 0, 43)


def test_two_pictures_stand_beside_a_map_of_their_difference():
    plain, other = painted((100, 80)), painted((100, 80), (10, 20, 30, 5))

    sheet = decode(side_by_side([saved(plain), saved(other)], 500))

    assert sheet.size == (3 * 100 + 2 * 8, 80)
    assert pixels(sheet.crop((0, 0, 100, 80))) == pixels(plain)
    assert pixels(sheet.crop((108, 0, 208, 80))) == pixels(other)
    assert colour(sheet, (104, 40)) == (128, 128, 128)
    assert colour(sheet, (216 + 9, 20)) != RED
    assert colours(sheet.crop((216 + 10, 20, 216 + 40, 25))) == [(150, RED)]


def test_more_pictures_stand_in_rows_without_a_map():
    shades = [PIL.Image.new("RGB", (20, 10), (each, 0, 0)) for each in range(6)]

    sheet = decode(side_by_side([saved(each) for each in shades], 10))

    assert sheet.size == (4 * 20 + 3 * 8, 2 * 10 + 8)
    places = [(28 * column, 18 * row) for row in range(2) for column in range(4)]
    assert [colour(sheet, each)[0] for each in places] == [0, 1, 2, 3, 4, 5, 128, 128]


def test_one_picture_stands_alone():
    assert pixels(decode(side_by_side([saved(ramp())], 500))) == pixels(ramp())


def test_pictures_shown_together_are_of_one_height():
    low, high = painted((40, 20)), painted((40, 80))

    sheet = decode(side_by_side([saved(low), saved(high), saved(low)], 40))

    assert sheet.size == (80 + 8 + 20 + 8 + 80, 40)


def test_a_picture_that_is_far_too_wide_gets_a_ground():
    sheet = decode(side_by_side([saved(painted((900, 3)))], 100))

    assert sheet.size == (12, 3)


def test_transparent_parts_show_the_ground():
    clear = saved(PIL.Image.new("RGBA", (10, 10), (255, 0, 0, 0)))

    assert colours(decode(side_by_side([clear], 10))) == [(100, (128, 128, 128))]


@given(
    sizes=st.lists(
        st.builds(Size, st.integers(1, 60_000), st.integers(1, 60_000)), min_size=1, max_size=99
    ),
    height=st.integers(1, 60_000),
)
def test_a_sheet_is_never_too_large_and_nothing_on_it_overlaps(sizes, height):
    boxes, whole = _fitting_boxes(sizes, height)

    assert whole[0] * whole[1] <= MAX_SHEET
    assert len(boxes) == len(sizes)
    assert all(
        left < right <= whole[0] and top < low <= whole[1] for left, top, right, low in boxes
    )
    for one, two in pairwise(boxes):
        assert one[2] < two[0] or one[3] < two[1]


def test_a_sheet_is_the_same_bytes_on_every_run():
    shown = [saved(ramp()), saved(painted((64, 48)))]

    assert side_by_side(shown, 30) == side_by_side(shown, 30)


@pytest.mark.parametrize("look", [pixel_digest, lambda data: side_by_side([data], 10)])
def test_what_is_no_picture_is_not_looked_at(look):
    with pytest.raises(UnreadableImage):
        look(b"no picture")
    with pytest.raises(UnreadableImage):
        difference(saved(ramp()), b"no picture")
