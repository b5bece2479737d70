"""Colour grades: what an edit without copy does, so that a designer sees the step did something."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assetforge.providers.draft.chance import Chance
from assetforge.providers.draft.note import Picture
from assetforge.typeset import Box

Rows = tuple[tuple[float, float, float, float], ...]
"""For red, green and blue: how much of each channel goes in, and what is added (of 255)."""

GRADES: dict[str, Rows] = {
    "night": ((0.42, 0.03, 0.02, 4), (0.03, 0.46, 0.04, 8), (0.06, 0.08, 0.66, 30)),
    "warm": ((0.92, 0.12, 0.02, 18), (0.08, 0.80, 0.02, 8), (0.06, 0.06, 0.58, 2)),
    "cool": ((0.66, 0.08, 0.06, 2), (0.04, 0.82, 0.10, 10), (0.02, 0.12, 0.88, 26)),
    "faded": ((0.55, 0.22, 0.08, 42), (0.18, 0.52, 0.10, 38), (0.16, 0.22, 0.38, 34)),
    "vivid": ((1.50, -0.36, -0.14, 0), (-0.18, 1.34, -0.14, 0), (-0.18, -0.36, 1.56, 0)),
    "rose": ((0.86, 0.10, 0.10, 24), (0.10, 0.66, 0.06, 6), (0.14, 0.12, 0.70, 22)),
}

WORDS = {
    "night": "night", "dark": "night", "midnight": "night", "warm": "warm", "sunset": "warm",
    "summer": "warm", "autumn": "warm", "cold": "cool", "cool": "cool", "winter": "cool",
    "snow": "cool", "ice": "cool", "retro": "faded", "vintage": "faded", "faded": "faded",
    "vivid": "vivid", "bright": "vivid", "bold": "vivid", "pink": "rose", "romantic": "rose",
}  # fmt: skip
"""A word of the prompt → the grade it asks for; without any, the prompt's digest chooses."""


def grade_for(prompt: str, take: int) -> str:
    """Return the grade that a prompt gets; another take, another grade."""
    names = list(GRADES)
    asked = [WORDS[word] for word in re.findall(r"[a-z]+", prompt.lower()) if word in WORDS]
    first = names.index(asked[0]) if asked else Chance("grade", prompt).integer()
    return names[(first + take) % len(names)]


def graded(picture: Picture, grade: str, region: Box | None) -> Picture:
    """Return the picture in other colours, inside the region if there is one."""
    x, y, width, height = region or (0, 0, *picture.size)
    pixels = picture.pixels.copy()
    part = pixels[y : y + height, x : x + width]
    part[..., :3] = _through(part[..., :3], GRADES[grade])
    return replace(picture, pixels=pixels, palette=picture.palette if region else None)


def _through(pixels: NDArray[np.uint8], rows: Rows) -> NDArray[np.uint8]:
    red, green, blue = (pixels[..., at].astype(np.float32) for at in range(3))
    made = np.empty_like(pixels)
    for at, (r, g, b, more) in enumerate(rows):
        value = red * np.float32(r) + green * np.float32(g) + blue * np.float32(b)
        made[..., at] = np.clip(value + np.float32(more + 0.5), 0, 255)
    return made
