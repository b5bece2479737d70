"""Reads one text whose place is known, several times over, and puts the readings to the vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from assetforge.findings import Box, Verdict
from assetforge.images import Image
from assetforge.reading.comparison import (
    LIKE,
    Comparison,
    folded,
    normal,
    overlooked,
    similarity,
    visible,
)
from assetforge.reading.engine import read_text
from assetforge.reading.figures import can_be_read_apart, figures_agree, without_figures
from assetforge.reading.languages import LATIN, Models
from assetforge.reading.preparing import cut, dark_on_light, padded, stretched, strokes
from assetforge.reading.voting import carried, deviations, most_common

EM: Final = 0.8
"""Height of a line's ink, in parts of its font size."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One way to read: by which model, at which font size in pixels, seen how.

    `strokes` leaves only what is as thin as letters; `stretched` has all greys. `wider`: the text
    is drawn out by so much, for a model may read two thin letters beside each other as one.
    """

    by: Literal["own", "script", "both"]
    size: int
    view: Literal["strokes", "stretched"]
    wider: float = 1.0


FIRST: Final = (
    Pass("own", 36, "stretched"),
    Pass("own", 42, "strokes"),
    Pass("own", 40, "stretched", wider=1.3),
    Pass("both", 44, "strokes", wider=1.25),
)
"""Read always; where they agree, on whatever it is, that is all."""

FURTHER: Final = (
    Pass("own", 48, "strokes", wider=1.3),
    Pass("script", 42, "stretched"),
    Pass("own", 48, "stretched"),
    Pass("script", 48, "strokes", wider=1.25),
)
"""Read where the first ones do not agree. Each height and view makes other mistakes."""

FIGURES_APART: Final = "figures"
OUTVOTED: Final = "misreadings"

APART: Final = (
    Pass("own", 40, "stretched"),
    Pass("own", 52, "strokes"),
    Pass("own", 40, "stretched", wider=1.3),
)
"""How figures are read apart, by the model of Latin script: others take `%` for digits."""


FIGURES: Final = Models(LATIN, None)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a box.

    Attributes:
        verdict: against what is expected.
        found: the text as most readings have it.
        likeness: how alike it is to what is expected, in permille.
        passes: how often it was read.
        overlooked: what had to be overlooked: folds, figures that were read apart, or mistakes of
            single readings.
        cut_off: whether it departs from what is expected at its beginning or end.
    """

    verdict: Verdict
    found: str
    likeness: int
    passes: int
    overlooked: tuple[str, ...] = ()
    cut_off: bool = False


def read_box(
    grey: Image,
    box: Box,
    line_height: int,
    expected: str,
    models: Models,
    comparison: Comparison = "folded",
) -> Reading:
    """Return what stands in a box, against what should.

    Args:
        grey: the picture, mode `L`.
        box: around the text and nothing else.
        line_height: of the ink of one line, in pixels.
        expected: the text that should stand there.
        models: those of the locale.
        comparison: what counts as equal.

    Raises:
        ActionFailed: the engine or a model is not installed.
    """
    em = max(4.0, line_height / EM)
    readings = [_read(grey, box, em, each, models) for each in FIRST]
    if len({normal(each, comparison) for each in readings}) > 1:
        further = [each for each in FURTHER if each.by == "own" or models.script]
        readings += [_read(grey, box, em, each, models) for each in further]
    apart = (
        [_read(grey, box, em, each, FIGURES) for each in APART]
        if can_be_read_apart(expected)
        else []
    )
    return judged(expected, readings, apart, comparison)


def _read(grey: Image, box: Box, em: float, how: Pass, models: Models) -> str:
    part = dark_on_light(cut(grey, box, how.size / em, how.wider))
    if how.view == "strokes":
        part = strokes(part, how.size // 5)
    return read_text(padded(stretched(part)), _model(how, models))


def _model(how: Pass, models: Models) -> str:
    match how.by:
        case "script":
            return models.script or models.own
        case "both" if LATIN not in models.own.split("+"):
            return f"{models.own}+{LATIN}"
        case _:
            return models.own


def judged(
    expected: str, readings: Sequence[str], apart: Sequence[str], comparison: Comparison
) -> Reading:
    """Return what some readings of one text amount to; `apart` are those for its figures."""
    cleared = without_figures if apart else str
    wanted = cleared(normal(expected, comparison))
    seen = [cleared(normal(each, comparison)) for each in readings]
    matching = [each for each, letters in zip(readings, seen, strict=True) if letters == wanted]
    departing = [each for each in readings if each not in matching]
    figures = figures_agree(visible(expected), [visible(each) for each in readings], apart)
    right = carried(wanted, seen) and (not apart or figures)
    found = most_common([visible(each) for each in (matching if right else departing) or readings])
    alike = similarity(expected, found)
    passes = len(readings) + len(apart)
    if right:
        return Reading("equal", found, alike, passes, _overlooked(expected, found, bool(apart)))
    verdict: Verdict = "look" if alike >= LIKE else "differs"
    return Reading(verdict, found, alike, passes, cut_off=_cut_off(wanted, seen))


def _overlooked(expected: str, found: str, apart: bool) -> tuple[str, ...]:
    if folded(expected) == folded(found):
        return tuple(overlooked(expected, found))
    return (FIGURES_APART if apart else OUTVOTED,)


def _cut_off(wanted: str, seen: Sequence[str]) -> bool:
    """Tell whether most readings depart from what is wanted at an end of it."""
    at_ends = [
        any(start == 0 or end == len(wanted) for start, end, _ in deviations(wanted, each))
        for each in seen
    ]
    return 2 * sum(at_ends) > len(at_ends)
