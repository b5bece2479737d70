"""Small pictures with text in them, and what it takes to read them."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from assetforge import fonts
from assetforge.reading.data import is_installed
from assetforge.reading.languages import LATIN

FONTS = Path(fonts.__file__).parent

readable = pytest.mark.skipif(
    find_spec("tesserocr") is None or not is_installed(LATIN),
    reason="needs tesserocr and the package tesseract-ocr-eng",
)


def lettered(
    *texts: tuple[int, int, int, str, str],
    size: tuple[int, int] = (480, 200),
    ground: str = "white",
    font: str = "NotoSans.ttf",
) -> Image.Image:
    """Return a picture with texts: left, top, font size, colour and words of each."""
    image = Image.new("RGB", size, ground)
    for x, y, pixels, colour, words in texts:
        bold = ImageFont.truetype(FONTS / font, pixels, layout_engine=ImageFont.Layout.BASIC)
        bold.set_variation_by_axes([600])
        ImageDraw.Draw(image).text((x, y), words, fill=colour, font=bold)
    return image
