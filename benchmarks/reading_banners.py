"""Banners of one text each for `benchmarks.reading`, right or with one wrong grapheme."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import regex

# fontTools has no type stubs.
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 628)
FOLDER = Path("/usr/share/fonts")
BACKGROUNDS = ("plain", "pattern", "photo")
UNSPACED = ("ja", "zh-Hans", "zh-Hant")
RIGHT_TO_LEFT = ("ar", "fa", "he")


@dataclass(frozen=True)
class Banner:
    """A drawn banner; `box` is what the text covers: x, y, width, height."""

    image: Image.Image
    text: str
    box: tuple[int, int, int, int]
    pixels: int


@cache
def covered(path: str, index: int) -> frozenset[int]:
    """Return the code points that a font has glyphs for."""
    with TTFont(FOLDER / path, fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap())


def covers(path: str, index: int, text: str) -> bool:
    """Tell whether a font is installed and has every character of a text."""
    if not (FOLDER / path).is_file():
        return False
    return all(ord(each) in covered(path, index) or each in " \u200c" for each in text)


def with_wrong_grapheme(text: str, letters: Sequence[str], chance: random.Random) -> str | None:
    """Return a text with one grapheme deleted, swapped, doubled or replaced.

    None: what came out cannot be told from the right text, or differs in case alone.
    """
    parts = regex.findall(r"\X", text)
    places = [n for n, each in enumerate(parts) if regex.match(r"[\p{L}\p{N}]", each)]
    place = chance.choice(places)
    old = parts[place]
    match chance.randrange(4):
        case 0:
            parts[place] = ""
        case 2:
            parts[place] = old + old
        case 1 if place + 1 in places:
            parts[place : place + 2] = [parts[place + 1], old]
        case _:
            pool = "0123456789" if old.isdecimal() and old.isascii() else letters
            parts[place] = chance.choice([each for each in pool if _alike(each, old)] or [old])
    wrong = "".join(parts)
    return wrong if _told_apart(wrong, text) else None


def _alike(one: str, other: str) -> bool:
    """Tell whether two graphemes are both capitals, or both none."""
    return one[0].isupper() == other[0].isupper()


def _told_apart(one: str, two: str) -> bool:
    """Tell whether two texts differ in letters or digits, and not only in case."""
    return _bare(one) != _bare(two)


def _bare(text: str) -> str:
    return str(regex.sub(r"[^\p{L}\p{M}\p{N}]", "", text)).casefold()


def draw(text: str, language: str, font: tuple[str, int], background: str, seed: int) -> Banner:
    """Draw a text in colours that are easy to read somewhere on a background."""
    chance = random.Random(seed)
    light = chance.random() < 0.5
    image = Image.fromarray(_background(background, light, np.random.default_rng(seed)))
    pixels = chance.randint(22, 84)
    while True:
        set_in = ImageFont.truetype(
            FOLDER / font[0], pixels, index=font[1], layout_engine=ImageFont.Layout.RAQM
        )
        lines = _wrapped(text, set_in, language)
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        room = round(pixels * 0.35)
        left, top, right, bottom = ImageDraw.Draw(image).multiline_textbbox(
            (0, 0), lines, font=set_in, direction=direction, spacing=room
        )
        if right - left < SIZE[0] - 40 and bottom - top < SIZE[1] - 40:
            break
        pixels = pixels * 9 // 10
    x = chance.randint(20, int(SIZE[0] - 20 - (right - left)))
    y = chance.randint(20, int(SIZE[1] - 20 - (bottom - top)))
    colour = (
        chance.choice([(0, 0, 0), (20, 30, 70), (60, 10, 20)])
        if light
        else chance.choice([(255, 255, 255), (255, 240, 180), (210, 240, 255)])
    )
    ImageDraw.Draw(image).multiline_text(
        (x - left, y - top), lines, colour, set_in, direction=direction, spacing=room
    )
    return Banner(image, text, (x, y, int(right - left) + 1, int(bottom - top) + 1), pixels)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, language: str) -> str:
    parts = regex.findall(r"\X", text) if language in UNSPACED else text.split(" ")
    glue = "" if language in UNSPACED else " "
    lines = [parts[0]]
    for part in parts[1:]:
        longer = f"{lines[-1]}{glue}{part}"
        if font.getlength(longer) <= SIZE[0] * 0.8:
            lines[-1] = longer
        else:
            lines.append(part)
    return "\n".join(lines)


def _background(kind: str, light: bool, chance: np.random.Generator) -> np.ndarray:
    ground = chance.integers(175, 250, 3) if light else chance.integers(5, 80, 3)
    width, height = SIZE
    painted = np.broadcast_to(ground, (height, width, 3)).astype(np.float64).copy()
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    if kind == "gradient":
        painted += ((across / width + down / height) * 25 - 25)[..., None]
        painted += chance.normal(0, 3, (height, width, 1))
    elif kind == "pattern":
        slope, step = chance.uniform(0.3, 2), chance.integers(24, 70)
        stripes = ((across + down * slope) // step) % 2
        painted += (stripes * chance.integers(8, 22) * (-1 if light else 1))[..., None]
    elif kind == "photo":
        for _ in range(40):
            x, y, radius = (
                chance.integers(0, width),
                chance.integers(0, height),
                chance.integers(15, 120),
            )
            inside = (across - x) ** 2 + (down - y) ** 2 < radius**2
            painted[inside] += chance.integers(-16, 17, 3)
        painted += np.asarray(_blur(chance.normal(0, 20, (height // 4, width // 4))))[..., None]
        painted += chance.normal(0, 7, (height, width, 1))
    return np.clip(painted, 0, 255).astype(np.uint8)


def _blur(small: np.ndarray) -> np.ndarray:
    return np.asarray(
        Image.fromarray(small.astype(np.float32)).resize(SIZE, Image.Resampling.BICUBIC)
    )
