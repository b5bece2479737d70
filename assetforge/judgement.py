"""What follows from a judge's answer: whether the picture shows its copy, and text of no slot.

The judge wrote down what is drawn. Whether that is the copy is compared here; what the judge thinks
of it can only make a verdict worse. Its answer is data, and may hold whatever a picture shows.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assetforge.digest import Json
from assetforge.findings import Box, Check, Findings, Verdict
from assetforge.reading.comparison import (
    LIKE,
    Comparison,
    marked,
    normal,
    overlooked,
    similarity,
    verdict_of_typeset,
)

LONGEST: Final = 10_000
"""Most characters of a text that was read; what is longer is no text of a picture."""

FENCED: Final = re.compile(r"\s*```(?:json)?\s*(.*?)\s*```\s*", re.DOTALL)
"""An answer as services write it that take no notice of the schema."""

UNSEEN: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks of direction, which no picture shows and a terminal obeys."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a judge says of one text: what it read in its place, and what it thinks of it."""

    read: str
    equal: bool
    legible: bool


def findings_of(request: Mapping[str, Json], answer: bytes) -> Findings:
    """Return what a judge's answer comes to.

    Args:
        request: the `verify` step's, as for `assetforge.judging.judge_request`.
        answer: the JSON text that the judge gave.

    Raises:
        ValueError: it is no answer to the question; says why in one line.
    """
    asked: Mapping[str, Any] = request
    said = _parsed(answer)
    lines, other = _texts(said, "lines"), _texts(said, "other")
    comparison: Comparison = "strict" if asked.get("strict") else "folded"
    if asked["what"] == "no-text":
        checks = list(_no_text(dict.fromkeys([*lines, *other])))
    else:
        texts = [(entry, _seen(said, entry[0])) for entry in asked["copy"]]
        proven = asked.get("proven", ())
        checks = [
            _copy_check(entry, seen, lines, comparison, proven=entry[0] in proven)
            for entry, seen in texts
        ]
        checks += _extra(other)
    return Findings(tuple(checks), reader=asked["judge"]["model"])


def _parsed(answer: bytes) -> Mapping[str, Any]:
    text = answer.decode("utf-8", "replace")
    fenced = FENCED.fullmatch(text)
    try:
        said = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise ValueError("the judge's answer is no JSON object")
    return said


def _texts(said: Mapping[str, Any], name: str) -> list[str]:
    found = said.get(name)
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ValueError(f"the judge's answer has no list of texts '{name}'")
    return [text for each in found if (text := _plain(each))]


def _seen(said: Mapping[str, Any], slot: str) -> Seen:
    slots = said.get("slots")
    match slots.get(slot) if isinstance(slots, dict) else None:
        case {"read": str(read), "equal": bool(equal), "legible": bool(legible)}:
            return Seen(_plain(read), equal, legible)
    raise ValueError(f"the judge's answer does not say what it read of '{slot}'")


def _plain(text: str) -> str:
    """Return a text that was read without control characters and marks of direction."""
    if len(text) > LONGEST:
        raise ValueError(f"the judge's answer holds a text of more than {LONGEST} characters")
    shown = (each for each in text if each not in UNSEEN)
    plain = (" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in shown)
    return "".join(plain).strip()


def _copy_check(
    entry: Sequence[Any],
    seen: Seen,
    lines: Sequence[str],
    comparison: Comparison,
    *,
    proven: bool,
) -> Check:
    slot, expected, box, typeset = entry
    likeness = similarity(expected, seen.read)
    details: dict[str, Json] = {"compared": comparison, "similarity": likeness}
    if typeset:
        verdict = verdict_of_typeset(likeness, proven=proven)
        doubts: list[str] = []
        details["by"] = "typeset"
    else:
        verdict = compared(expected, seen.read, comparison)
        doubts = _doubts(seen, lines) if verdict == "equal" else []
    if verdict != "equal":
        details["diff"] = marked(expected, seen.read)
    elif comparison == "folded" and (folds := overlooked(expected, seen.read)):
        details["folded"] = [*folds]
    message = "" if verdict == "equal" else _message(slot, expected, seen.read)
    return Check(
        "copy",
        "look" if doubts else verdict,
        f"{slot}: {', '.join(doubts)}" if doubts else message,
        slot=slot,
        expected=expected,
        found=seen.read,
        box=_box(box),
        details=details,
    )


def compared(expected: str, read: str, comparison: Comparison) -> Verdict:
    """Return whether what was read is what was expected, or nearly so."""
    if not normal(expected, comparison):
        comparison = "strict"  # signs alone: folded, nothing is left of them to be compared
    if normal(expected, comparison) == normal(read, comparison):
        return "equal"
    return "look" if read and similarity(expected, read) >= LIKE else "differs"


def _doubts(seen: Seen, lines: Sequence[str]) -> list[str]:
    """Return why a text that was read right may yet be wrong."""
    doubts = {
        "the judge copied it otherwise from the picture": _bare([seen.read]) in _bare(lines),
        "the judge says that it differs": seen.equal,
        "the judge cannot tell every letter": seen.legible,
    }
    return [doubt for doubt, right in doubts.items() if not right]


def _bare(lines: Iterable[str]) -> str:
    """Return lines without what changes where they break, and in one case."""
    return "".join(unicodedata.normalize("NFKC", "".join(lines)).casefold().split())


def _message(slot: str, expected: str, read: str) -> str:
    if not read:
        return f"{slot}: nothing like '{expected}' was read"
    return f"{slot}: read '{read}', not '{expected}'"


def _box(box: Sequence[int] | None) -> Box | None:
    if box is None:
        return None
    x, y, width, height = box
    return x, y, width, height


def _no_text(found: Iterable[str]) -> Iterator[Check]:
    """Yield a check of each text where none belongs; one that is equal where there is none."""
    texts = list(found)
    for each in texts:
        message = f"there is text that should not be: '{each}'"
        yield Check("no-text", "differs", message, found=each)
    if not texts:
        yield Check("no-text", "equal")


def _extra(other: Iterable[str]) -> Iterator[Check]:
    """Yield a check of each text that belongs to no slot; only a person knows whether it may."""
    for each in other:
        yield Check("copy", "look", f"there is text that is not of the copy: '{each}'", found=each)
