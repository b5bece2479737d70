"""Reads text back from pixels, and compares it with what a picture should say.

Every text is found wherever it stands, read several times over, and put to the vote: a picture
passes only when most readings agree with the copy at every letter. What a reader may overlook is
said in the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assetforge.findings import Box
from assetforge.images import Image
from assetforge.reading.assignment import Fit, Wanted, assigned
from assetforge.reading.boxes import grown
from assetforge.reading.comparison import Comparison, marked, similarity, verdict_of_typeset
from assetforge.reading.data import is_installed
from assetforge.reading.engine import Line, version
from assetforge.reading.extras import Extra, extras
from assetforge.reading.languages import Models, models_for
from assetforge.reading.layout import lines_in
from assetforge.reading.preparing import grey_of
from assetforge.reading.recipe import Reading, read_box

__all__ = [
    "Comparison",
    "Extra",
    "Models",
    "Reading",
    "Seen",
    "Wanted",
    "marked",
    "read_copy",
    "readers_for",
    "similarity",
    "verdict_of_typeset",
    "version",
]

ENOUGH = 950
"""Likeness in permille from which on a text counts as found."""

ROOM = ((2, 1), (8, 2))
"""Room around the lines of a text, across and down, in quarters of a line's height."""

LOOKS = 2
"""Views that are always looked at, for dark text and for light: what else there is is seen too."""

NOTHING = Reading("differs", "", 0, 0)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read in a picture.

    Attributes:
        readings: by slot, of every text that was wanted.
        boxes: by slot, where it stands; slots that were not found have none.
        line_heights: by slot, of the ink of one line, in pixels.
        extras: text that belongs to no slot.
    """

    readings: Mapping[str, Reading]
    boxes: Mapping[str, Box]
    line_heights: Mapping[str, int]
    extras: Sequence[Extra]


def readers_for(language: str | None, script: str | None) -> Models:
    """Return the models for a language tag and an ISO 15924 code.

    That of the script is left out where it is not installed; the other one has to be.
    """
    models = models_for(language, script)
    if models.script and not is_installed(models.script):
        return Models(models.own, None)
    return models


def read_copy(
    image: Image,
    wanted: Sequence[Wanted],
    models: Models,
    *,
    within: Box,
    comparison: Comparison = "folded",
    rtl: bool = False,
    detector: bool = False,
) -> Seen:
    """Read the copy of a picture, and what text there is besides.

    Args:
        image: the picture.
        wanted: the texts it should show, each with the box to look for it in; may be empty.
        models: those of the locale.
        within: the box that all is looked for in.
        comparison: what counts as equal.
        rtl: lines run from right to left.
        detector: RapidOCR looks for the text first.

    Raises:
        ActionFailed: the engine or a model is not installed.
    """
    grey = grey_of(image)
    own = models.reading(each.text for each in wanted).own if wanted else models.own
    views = lines_in(grey, within, own, detector=detector)
    layouts, fits = _located(views, wanted, rtl)
    readings = {
        each.slot: _read(grey, each, fits, models, comparison) if each.slot in fits else NOTHING
        for each in wanted
    }
    boxes = {slot: fit.box for slot, fit in fits.items()}
    taken = [line.box for fit in fits.values() for line in fit.lines] + list(boxes.values())
    return Seen(
        readings,
        boxes,
        {slot: fit.line_height for slot, fit in fits.items()},
        extras(grey, layouts, taken, models, within),
    )


def _located(
    views: Iterable[list[Line]], wanted: Sequence[Wanted], rtl: bool
) -> tuple[list[list[Line]], Mapping[str, Fit]]:
    """Return all lines, as seen until every text was found, and those of each slot."""
    layouts: list[list[Line]] = []
    fits: Mapping[str, Fit] = {}
    for lines in views:
        layouts.append(lines)
        fits = assigned(layouts, wanted, rtl=rtl)
        found = [each for each in fits.values() if each.likeness >= ENOUGH]
        if len(layouts) >= LOOKS and wanted and len(found) == len(wanted):
            break
    return layouts, fits


def _read(
    grey: Image,
    wanted: Wanted,
    fits: Mapping[str, Fit],
    models: Models,
    comparison: Comparison,
) -> Reading:
    """Return the best reading of a slot's lines; where it is cut off, their box is too tight."""
    fit = fits[wanted.slot]
    best = NOTHING
    for across, down in ROOM:
        box = grown(
            fit.box, fit.line_height * across // 4, fit.line_height * down // 4, wanted.region
        )
        reading = read_box(
            grey, box, fit.line_height, wanted.text, models.reading([wanted.text]), comparison
        )
        best = max(best, reading, key=lambda each: (each.verdict == "equal", each.likeness))
        if not reading.cut_off:
            break
    return best
