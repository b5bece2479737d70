"""Runs `verify`: reads the text of a picture back from its pixels, and measures the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assetforge.appearance import (
    alpha_check,
    contrast_check,
    palette_check,
    safe_area_check,
    size_check,
)
from assetforge.digest import Json
from assetforge.findings import Box, Check, Findings, Verdict
from assetforge.images import Image, decode, encode_png
from assetforge.reading import (
    Comparison,
    Extra,
    Reading,
    Seen,
    Wanted,
    marked,
    read_copy,
    readers_for,
    verdict_of_typeset,
    version,
)
from assetforge.runners.base import Work

LARGEST_EXHIBIT: Final = 640
"""Longest edge of a crop that is kept, in pixels."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that the picture has to show.

    `box`: where, None: anywhere; `typeset`: the tool set it; `proven`: and nothing lies over it.
    """

    slot: str
    text: str
    box: Box | None
    typeset: bool
    proven: bool


def run(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> Work:
    """Return the picture as it was, with what was seen; see `assetforge.steps.verify`.

    Raises:
        UnreadableImage: the input is no picture.
        ActionFailed: what reads the text is not installed.
    """
    asked: Mapping[str, Any] = request  # its shape is this kind's own promise
    image = decode(inputs[0])
    checks = list(_measured(image, asked))
    if "reading" not in asked:
        return Work(inputs[0], Findings(tuple(checks)))
    texts = [
        Text(slot, text, box and tuple(box), typeset, slot in asked.get("proven", ()))
        for slot, text, box, typeset in asked["copy"]
    ]
    models = readers_for(asked.get("language"), asked.get("script"))
    visible: Box = tuple(asked["visible"])
    comparison: Comparison = "strict" if asked.get("strict") else "folded"
    seen = read_copy(
        image,
        [Wanted(each.slot, each.text, each.box or visible) for each in texts],
        models,
        within=visible,
        comparison=comparison,
        rtl=bool(asked.get("rtl")),
        detector=asked.get("reader") == "rapidocr",
    )
    how: dict[str, Json] = {
        "compared": comparison,
        "models": [each for each in (models.own, models.script) if each],
    }
    if asked.get("what") == "copy":
        checks += [_copy_check(each, seen, how) for each in texts]
    if "what" in asked:
        checks += _extra_checks(_foreign(seen, texts), asked["what"])
    checks += _text_checks(image, texts, seen, asked)
    return Work(inputs[0], Findings(tuple(checks), _reader(asked)), _exhibits(image, checks))


def _reader(asked: Mapping[str, Any]) -> str:
    return f"rapidocr, {version()}" if asked.get("reader") == "rapidocr" else version()


def _measured(image: Image, asked: Mapping[str, Any]) -> Iterator[Check]:
    """Yield the checks that need no text."""
    if "size" in asked:
        yield size_check(image, *asked["size"])
    if "transparent" in asked:
        yield alpha_check(image, asked["transparent"])
    if "palette" in asked:
        yield palette_check(image, asked["palette"]["colours"], asked["palette"]["most"])


def _copy_check(text: Text, seen: Seen, how: Mapping[str, Json]) -> Check:
    reading = seen.readings[text.slot]
    verdict = _verdict(text, reading)
    box = seen.boxes.get(text.slot)
    details: dict[str, Json] = {**how, "similarity": reading.likeness, "passes": reading.passes}
    if reading.overlooked:
        details["folded"] = list(reading.overlooked)
    if text.typeset:
        details |= {"by": "typeset", "read": reading.verdict}
    if reading.likeness < 1000 or verdict != "equal":
        details["diff"] = marked(text.text, reading.found)
    return Check(
        "copy",
        verdict,
        "" if verdict == "equal" else _message(text, reading),
        slot=text.slot,
        expected=text.text,
        found=reading.found,
        box=box,
        exhibit=text.slot if box else "",
        details=details,
    )


def _verdict(text: Text, reading: Reading) -> Verdict:
    """Return the verdict on a text; letters that the tool set are right, if they can be seen."""
    if text.typeset:
        return verdict_of_typeset(reading.likeness, proven=text.proven)
    return reading.verdict


def _message(text: Text, reading: Reading) -> str:
    if not reading.found:
        return f"{text.slot}: nothing like '{text.text}' was read"
    if reading.found == text.text:
        return f"{text.slot}: '{text.text}' was read, but not every time"
    return f"{text.slot}: read '{reading.found}', not '{text.text}'"


def _foreign(seen: Seen, texts: Sequence[Text]) -> list[Extra]:
    """Return the text of no slot, but for what is seen where the tool itself set letters last."""
    own = [each.box for each in texts if each.proven and each.box]
    return [each for each in seen.extras if not any(_inside(each.box, box) for box in own)]


def _inside(part: Box, whole: Box) -> bool:
    """Tell whether the middle of a box lies in another."""
    across, down = part[0] + part[2] // 2 - whole[0], part[1] + part[3] // 2 - whole[1]
    return 0 <= across < whole[2] and 0 <= down < whole[3]


def _extra_checks(extras: Sequence[Extra], what: str) -> list[Check]:
    """Return a check of each text that belongs to no slot, or one that there is none."""
    name = "no-text" if what == "no-text" else "copy"
    found = [
        Check(
            name,
            each.verdict,
            f"there is text that {'should not be' if name == 'no-text' else 'is not of the copy'}: "
            f"'{each.text}'",
            found=each.text,
            box=each.box,
            exhibit=f"text-{number}",
        )
        for number, each in enumerate(extras, start=1)
    ]
    return found or ([Check(name, "equal")] if name == "no-text" else [])


def _text_checks(
    image: Image, texts: Sequence[Text], seen: Seen, asked: Mapping[str, Any]
) -> Iterator[Check]:
    """Yield the checks of where the text stands and how well it can be seen."""
    for each in texts:
        box = seen.boxes.get(each.slot)
        for name in ("contrast", "safe_area"):
            if name in asked and box is None:
                message = f"{each.slot}: not found in the picture"
                yield Check(name.replace("_", "-"), "look", message, slot=each.slot)
        if box and "contrast" in asked:
            height = seen.line_heights[each.slot]
            yield contrast_check(image, box, height, asked["contrast"], each.slot)
        if box and "safe_area" in asked:
            yield safe_area_check(box, tuple(asked["safe_area"]), each.slot)


def _exhibits(image: Image, checks: Sequence[Check]) -> dict[str, bytes]:
    """Return crops of what was read, by the names that the checks call them."""
    return {each.exhibit: _crop(image, each.box) for each in checks if each.exhibit and each.box}


def _crop(image: Image, box: Box) -> bytes:
    x, y, width, height = box
    room = max(8, height // 4)
    part = image.crop(
        (
            max(0, x - room),
            max(0, y - room),
            min(image.width, x + width + room),
            min(image.height, y + height + room),
        )
    )
    part.thumbnail((LARGEST_EXHIBIT, LARGEST_EXHIBIT))
    return encode_png(part, level=6)
