import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge import images
from assetforge.emulator.checks import is_plain
from assetforge.emulator.flat import flat_png
from assetforge.pipeline import Size


@given(st.binary(min_size=32, max_size=32), st.integers(11, 300), st.integers(1, 300))
def test_a_flat_picture_is_a_whole_png_that_the_service_would_read(seed, width, height):
    data = flat_png(Size(width, height), seed)
    image = images.decode(data)

    assert (image.mode, image.size) == ("RGB", (width, height))
    assert is_plain(data)
    assert image.tobytes()[:32] == seed
    assert len(set(image.tobytes()[32:])) == 1


@pytest.mark.parametrize("size", [(1024, 640), (3840, 2160)])
def test_it_is_small(size):
    assert len(flat_png(Size(*size), bytes(32))) < 60_000


def test_its_sums_are_right(tmp_path):
    (tmp_path / "flat.png").write_bytes(flat_png(Size(64, 48), bytes(range(32))))

    with PIL.Image.open(tmp_path / "flat.png") as image:
        image.verify()
