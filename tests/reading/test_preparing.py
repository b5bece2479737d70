import numpy as np
import PIL.Image

from assetforge.reading.preparing import (
    MARGIN,
    cut,
    dark_on_light,
    flattened,
    grey_of,
    padded,
    spread,
    stretched,
    strokes,
)


def stroke(ground: int, ink: int):
    part = np.full((40, 60), ground, dtype=np.uint8)
    part[10:30, 28:32] = ink
    return part


def test_text_becomes_dark_on_light_whatever_it_was():
    assert (dark_on_light(stroke(20, 240)) == stroke(235, 15)).all()
    assert (dark_on_light(stroke(240, 20)) == stroke(240, 20)).all()


def test_strokes_stay_and_wide_shapes_and_slopes_vanish():
    slope = np.repeat(np.arange(60, dtype=np.uint8)[None] + 150, 40, axis=0)
    slope[:, :20] = 60
    slope[10:30, 40:44] = 30

    seen = strokes(slope, 5)

    assert seen[20, 42] < 130
    assert (seen[:, :20] == 255).all()
    assert (seen[:9, 30:] > 250).all()


def test_spreading_reaches_as_far_as_it_is_told():
    point = np.zeros((15, 15), dtype=np.uint8)
    point[7, 7] = 9

    for reach in (1, 2, 3, 5):
        grown = spread(point, reach)
        assert grown.shape == point.shape
        assert np.flatnonzero(grown[7]).tolist() == list(range(7 - reach, 8 + reach))


def test_a_cut_is_scaled_drawn_out_stretched_and_padded():
    grey = PIL.Image.new("L", (100, 50), 128)

    assert cut(grey, (10, 10, 40, 20)).shape == (20, 40)
    assert cut(grey, (10, 10, 40, 20), 0.5, 2).shape == (10, 40)
    assert padded(stroke(200, 10)).shape == (40 + 2 * MARGIN, 60 + 2 * MARGIN)
    assert padded(stroke(200, 10))[0, 0] == 200
    assert set(stretched(stroke(150, 50)).flat) == {0, 255}
    assert set(stretched(stroke(150, 140)).flat) == {229, 255}


def test_what_is_transparent_lies_over_what_shows_the_rest():
    white, black = (PIL.Image.new("RGBA", (9, 9)) for _ in range(2))
    white.paste((255, 255, 255, 255), (3, 3, 6, 6))
    black.paste((0, 0, 0, 255), (3, 3, 6, 6))

    assert grey_of(white).getpixel((0, 0)) == 32
    assert grey_of(black).getpixel((0, 0)) == 255
    assert flattened(PIL.Image.new("RGBA", (2, 2))).getpixel((0, 0)) == (255, 255, 255)
