import PIL.Image
import pytest

from assetforge.headers import size_of_file
from assetforge.pipeline import Size

FORMATS = [
    ("PNG", {}),
    ("GIF", {}),
    ("JPEG", {}),
    ("JPEG", {"progressive": True}),
    ("JPEG", {"icc_profile": b"x" * 150_000}),
    ("WEBP", {"lossless": False}),
    ("WEBP", {"lossless": True}),
    ("WEBP", {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"}),
]


@pytest.mark.parametrize("size", [(1, 1), (200, 301), (1023, 2049)])
@pytest.mark.parametrize(("format", "options"), FORMATS)
def test_the_size_is_the_one_the_picture_library_reads(tmp_path, format, options, size):
    file = tmp_path / "picture"
    PIL.Image.new("RGB", size, "red").save(file, format, **options)

    assert size_of_file(file) == Size(*size)


@pytest.mark.parametrize("kept", [0, 2, 3, 20, 29])
@pytest.mark.parametrize("format", ["PNG", "GIF", "JPEG", "WEBP"])
def test_a_file_that_ends_too_early_has_no_size(tmp_path, format, kept):
    file = tmp_path / "picture"
    PIL.Image.new("RGB", (300, 200), "red").save(file, format)
    file.write_bytes(file.read_bytes()[:kept])

    assert size_of_file(file) is None


@pytest.mark.parametrize(
    "data",
    [
        b"no picture at all, but long enough to be one",
        b"\xff\xd8" + b"\xff" * 50,
        b"\xff\xd8\xff\xe0\0\0" + b"\xff\xe0\0\0" * 50,
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"RIFF\0\0\0\0WEBPNEW " + bytes(40),
    ],
)
def test_what_is_no_picture_has_no_size(tmp_path, data):
    file = tmp_path / "picture"
    file.write_bytes(data)

    assert size_of_file(file) is None
