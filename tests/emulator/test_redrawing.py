import pytest

from assetforge import images
from assetforge.emulator.redrawing import redrawn
from tests.pictures import painted, ramp, saved

SIZE = (64, 48)


@pytest.mark.parametrize("before", [ramp(SIZE), painted(SIZE), painted(SIZE, (0, 0, *SIZE))])
def test_every_pixel_is_another_and_none_by_much(before):
    pixels, old = redrawn(before, before, bytes(32)).tobytes(), before.tobytes()

    assert all(pixels[at : at + 3] != old[at : at + 3] for at in range(0, len(old), 3))
    assert max(abs(new - was) for new, was in zip(pixels, old, strict=True)) < 32


def test_a_picture_of_another_size_and_with_transparency_is_redrawn_too():
    before = images.decode(saved(ramp((32, 32), "RGBA")))
    after = redrawn(images.decode(saved(ramp(SIZE))), before, bytes(32))

    assert (after.mode, after.size) == ("RGB", SIZE)


def test_the_seed_decides_how():
    before = images.decode(saved(ramp(SIZE)))
    first, again, other = (redrawn(before, before, bytes([each] * 32)) for each in (1, 1, 2))

    assert first.tobytes() == again.tobytes() != other.tobytes()
