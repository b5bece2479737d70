"""Text that nobody asked for: what else in a picture reads the same twice."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from assetforge.findings import Box, Verdict
from assetforge.images import Image
from assetforge.reading.boxes import grown, share_in
from assetforge.reading.comparison import UNSPACED_LETTER, folded, similarity, visible
from assetforge.reading.engine import Line, read_lines
from assetforge.reading.languages import LATIN, Models
from assetforge.reading.preparing import cut, dark_on_light, padded, stretched, strokes

LEAST_LETTERS: Final = 3
LEAST_HEIGHT: Final = 8
"""Pixels below which nobody reads a text, nor a model."""

SIZES: Final = (32, 44)
"""Heights of a line, in pixels, at which it is read again."""

SURE: Final = 80
POSSIBLE: Final = 50
"""How sure a model has to be, of 100, that there is this text; that there is some text."""

MOST: Final = 12
"""So many lines are read again at most, the tallest first."""


@dataclass(frozen=True, slots=True)
class Extra:
    """Text that belongs to no slot: `differs` where it is text for sure, `look` where it may be."""

    verdict: Verdict
    text: str
    box: Box


def extras(
    grey: Image,
    layouts: Sequence[Sequence[Line]],
    taken: Sequence[Box],
    models: Models,
    region: Box,
) -> list[Extra]:
    """Return the text in a region outside the boxes that are `taken`, from top to bottom.

    Raises:
        ActionFailed: the engine or a model is not installed.
    """
    found: list[Extra] = []
    for line in _apart(layouts, taken)[:MOST]:
        extra = _read_again(grey, line, models, region)
        if extra and not any(share_in(extra.box, each.box) > 0.3 for each in found):
            found.append(extra)
    return sorted(found, key=lambda each: (each.box[1], each.box[0]))


def _apart(layouts: Iterable[Sequence[Line]], taken: Sequence[Box]) -> list[Line]:
    """Return lines outside some boxes, each place once, the tallest first."""
    lines = [each for lines in layouts for each in lines if each.box[3] >= LEAST_HEIGHT]
    kept: list[Line] = []
    for line in sorted(lines, key=lambda each: (-each.confidence, each.box)):
        boxes = [*taken, *(each.box for each in kept)]
        if _letters(line.text) and not any(share_in(line.box, each) > 0.3 for each in boxes):
            kept.append(line)
    return sorted(kept, key=lambda each: (-each.box[3], each.box))


def _letters(text: str) -> int:
    """Return how many letters and digits a text has; one of Han or kana says as much as two."""
    return sum(
        1 + bool(UNSPACED_LETTER.match(each))
        for each in text
        if unicodedata.category(each)[0] in "LN"
    )


def _read_again(grey: Image, line: Line, models: Models, region: Box) -> Extra | None:
    box = grown(line.box, line.box[3] // 2, line.box[3] // 4, region)
    tried = [_twice(grey, box, line.box[3], model) for model in dict.fromkeys((models.own, LATIN))]
    text, alike, sure = max(tried, key=lambda each: each[1] * each[2])
    if _letters(text) < LEAST_LETTERS or alike < 600 or sure < POSSIBLE:
        return None
    certain = alike == 1000 and sure >= SURE
    return Extra("differs" if certain else "look", text, line.box)


def _twice(grey: Image, box: Box, height: int, model: str) -> tuple[str, int, int]:
    """Return a text, how alike two readings of it are in permille, and how sure both are."""
    large = dark_on_light(cut(grey, box, SIZES[1] / height))
    views = (dark_on_light(cut(grey, box, SIZES[0] / height)), strokes(large, SIZES[1] // 4))
    read = [read_lines(padded(stretched(each)), model, mode=6) for each in views]
    one, two = (" ".join(each.text for each in lines) for lines in read)
    sure = min((each.confidence for lines in read for each in lines), default=0)
    return visible(one), similarity(one, two) if folded(one) else 0, sure
