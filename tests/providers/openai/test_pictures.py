import hashlib
import struct
import zlib
from io import BytesIO

import PIL.Image
import pytest

from assetforge.errors import ActionFailed
from assetforge.images import decode
from assetforge.pipeline import Size
from assetforge.providers.base import ImageRequest
from assetforge.providers.openai.pictures import MASK_BYTES, mask_of, picture_files, scaled
from assetforge.services import service_of


def saved(image, format="PNG", **options):
    file = BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def noise(size, mode="RGBA"):
    length = size[0] * size[1] * len(mode)
    data = hashlib.shake_256(b"noise").digest(length)
    return PIL.Image.frombytes(mode, size, data)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_a_picture_that_is_fine_is_sent_as_it_is(format):
    data = saved(PIL.Image.new("RGB", (20, 10), "red"), format)

    ((name, sent, mime),) = picture_files([data])

    assert sent == data
    assert (name, mime) == (f"image-1.{format.lower()}", f"image/{format.lower()}")


@pytest.mark.parametrize(
    "data",
    [
        saved(PIL.Image.new("CMYK", (20, 10)), "JPEG"),
        saved(PIL.Image.new("L", (20, 10))),
        saved(PIL.Image.new("LA", (20, 10))),
        saved(PIL.Image.new("P", (20, 10))),
        saved(PIL.Image.new("1", (20, 10))),
        saved(PIL.Image.new("I;16", (20, 10))),
        saved(PIL.Image.new("RGB", (20, 10)), "GIF"),
        saved(PIL.Image.new("RGB", (20, 10)), "AVIF"),
        saved(
            PIL.Image.new("RGB", (20, 10)),
            "WEBP",
            save_all=True,
            append_images=[PIL.Image.new("RGB", (20, 10), "red")],
        ),
    ],
    ids=["CMYK", "grey", "grey and alpha", "palette", "bits", "16 bit", "GIF", "AVIF", "moving"],
)
def test_odd_pictures_become_plain_ones(data):
    ((name, sent, mime),) = picture_files([data])

    with PIL.Image.open(BytesIO(sent)) as image:
        assert (image.format, image.size) == ("PNG", (20, 10))
        assert image.mode in ("RGB", "RGBA")
    assert (name, mime) == ("image-1.png", "image/png")


def test_colours_of_16_bit_become_8_bit():
    # Pillow writes none: this is the smallest, one pixel.
    def chunk(name, body):
        code = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", code)

    header = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" + b"\xff\0" * 3)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels)
    data += chunk(b"IEND", b"")

    ((_, sent, _),) = picture_files([data])

    assert sent[24] == 8


def test_a_picture_that_lies_on_its_side_is_set_upright():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    data = saved(PIL.Image.new("RGB", (20, 10), "red"), "JPEG", exif=exif)

    ((_, sent, _),) = picture_files([data])

    assert decode(sent).size == (10, 20)


def request(mask, image=None, **fields):
    data = image or saved(PIL.Image.new("RGB", (20, 10)))
    return ImageRequest("x", (20, 10), images=(data,), edit=True, mask=mask, **fields)


def sent_mask(asked, name="openai"):
    service = service_of(name)
    assert service
    found = mask_of(asked, service)
    assert found
    return found[1][1]


def test_a_mask_is_sent_as_rgba():
    palette = PIL.Image.new("P", (20, 10), 0)
    data = saved(palette, transparency=0)

    sent = sent_mask(request(data))

    with PIL.Image.open(BytesIO(sent)) as image:
        assert image.mode == "RGBA"
        assert image.getchannel("A").getextrema() == (0, 0)


def test_only_what_is_fully_transparent_is_painted_white():
    mask = PIL.Image.new("RGBA", (20, 10), (0, 0, 0, 255))
    mask.putpixel((3, 4), (0, 0, 0, 0))
    mask.putpixel((5, 6), (0, 0, 0, 1))

    sent = sent_mask(request(saved(mask)), "vllm")

    assert decode(sent).convert("L").getbbox() == (3, 4, 4, 5)


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(ActionFailed, match="the mask is 10x10, the picture it is for 20x10"):
        sent_mask(request(saved(PIL.Image.new("RGBA", (10, 10)))))


def test_a_mask_that_is_too_large_is_refused():
    mask = noise((1100, 1000))

    with pytest.raises(ActionFailed, match=f"has {MASK_BYTES} bytes or more"):
        sent_mask(request(saved(mask), saved(PIL.Image.new("RGB", (1100, 1000)))))


def test_a_box_covers_every_pixel_that_it_touches():
    assert scaled((1, 1, 1, 1), Size(3, 3), Size(10, 10)) == (3, 3, 4, 4)
    assert scaled((0, 0, 3, 3), Size(3, 3), Size(10, 10)) == (0, 0, 10, 10)
