"""How each script is set: language for shaping, direction, leading, room for marks."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Setting:
    """How one script is set. Lengths are in em of the font size.

    Attributes:
        language, region: what Typst needs for shaping and line breaks.
        family: the bundled family that is asked first.
        leading: from one line's baseline to the top edge (0.72 em) of the next.
        over: how far ink may rise above the top edge.
        under: how far ink may fall below the baseline.
        rtl: True when lines run from right to left.
    """

    language: str
    family: str
    leading: float
    over: float = 0.06
    under: float = 0.24
    region: str | None = None
    rtl: bool = False


TOP_EDGE = 0.72
"""Height of a line's box above its baseline, in em: the cap height of Noto Sans."""

# Leading: measured by eye per script, reference/typography.md section 1.
SETTINGS = {
    "Latn": Setting("en", "Noto Sans", 0.40),
    "Cyrl": Setting("ru", "Noto Sans", 0.42),
    "Grek": Setting("el", "Noto Sans", 0.42),
    "Armn": Setting("hy", "Noto Sans Armenian", 0.46),
    "Geor": Setting("ka", "Noto Sans Georgian", 0.46),
    "Hebr": Setting("he", "Noto Sans Hebrew", 0.46, rtl=True),
    "Arab": Setting("ar", "Noto Sans Arabic", 0.72, 0.14, 0.36, rtl=True),
    "Deva": Setting("hi", "Noto Sans Devanagari", 0.62, 0.26, 0.30),
    "Beng": Setting("bn", "Noto Sans Bengali", 0.62, 0.26, 0.30),
    "Guru": Setting("pa", "Noto Sans Gurmukhi", 0.62, 0.26, 0.30),
    "Gujr": Setting("gu", "Noto Sans Gujarati", 0.62, 0.26, 0.30),
    "Orya": Setting("or", "Noto Sans Oriya", 0.70, 0.26, 0.36),
    "Taml": Setting("ta", "Noto Sans Tamil", 0.66, 0.20, 0.28),
    "Telu": Setting("te", "Noto Sans Telugu", 0.76, 0.26, 0.40),
    "Knda": Setting("kn", "Noto Sans Kannada", 0.76, 0.26, 0.40),
    "Mlym": Setting("ml", "Noto Sans Malayalam", 0.66, 0.20, 0.34),
    "Sinh": Setting("si", "Noto Sans Sinhala", 0.70, 0.24, 0.34),
    "Thai": Setting("th", "Noto Sans Thai", 0.74, 0.44, 0.26),
    "Laoo": Setting("lo", "Noto Sans Lao", 0.78, 0.44, 0.30),
    "Khmr": Setting("km", "Noto Sans Khmer", 0.86, 0.36, 0.44),
    "Mymr": Setting("my", "Noto Sans Myanmar", 0.92, 0.36, 0.46),
    "Ethi": Setting("am", "Noto Sans Ethiopic", 0.50, 0.10, 0.14),
    "Jpan": Setting("ja", "Noto Sans JP", 0.52, 0.14, 0.12, "JP"),
    "Hans": Setting("zh", "Noto Sans SC", 0.52, 0.14, 0.12, "CN"),
    "Hant": Setting("zh", "Noto Sans TC", 0.52, 0.14, 0.12, "TW"),
    "Kore": Setting("ko", "Noto Sans KR", 0.52, 0.14, 0.12, "KR"),
}
"""ISO 15924 code → how it is set."""

ALIASES = {"Hang": "Kore", "Hira": "Jpan", "Kana": "Jpan", "Hrkt": "Jpan", "Hani": "Hans"}

VIETNAMESE = Setting("vi", "Noto Sans", 0.60, 0.22, 0.26)
"""Latin with two marks on a vowel, which `Latn` has no room for."""

OWN_BREAKS = ("ja", "zh", "ko", "th", "lo", "km", "my")
"""Languages whose lines break in a way of their own."""

TALL_MARK = 0.28
"""How far a mark on a capital, as in `À`, rises above the top edge at most, in em."""

_ASCENDING = frozenset("bdfhklt")
_ABOVE = 230
"""Unicode's combining class of marks that stand above a letter."""

NAMES = {
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek", "ARMENIAN": "Armn", "GEORGIAN": "Geor",
    "HEBREW": "Hebr", "ARABIC": "Arab", "DEVANAGARI": "Deva", "BENGALI": "Beng",
    "GURMUKHI": "Guru", "GUJARATI": "Gujr", "ORIYA": "Orya", "TAMIL": "Taml", "TELUGU": "Telu",
    "KANNADA": "Knda", "MALAYALAM": "Mlym", "SINHALA": "Sinh", "THAI": "Thai", "LAO": "Laoo",
    "KHMER": "Khmr", "MYANMAR": "Mymr", "ETHIOPIC": "Ethi", "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan", "HANGUL": "Kore", "CJK": "Hans",
}  # fmt: skip
"""First word of a character's Unicode name → its script."""


def script_of(text: str) -> str:
    """Return the script most letters of a text are in; `Latn` without letters.

    Japanese is told from Chinese by its kana; Chinese counts as simplified.
    """
    counts: Counter[str] = Counter()
    for character in text:
        if character.isalpha() and (name := unicodedata.name(character, "")):
            counts[NAMES.get(name.partition(" ")[0].partition("-")[0], "Latn")] += 1
    if counts["Jpan"]:
        counts["Jpan"] += counts.pop("Hans", 0)
    return counts.most_common(1)[0][0] if counts else "Latn"


def setting_for(script: str | None, text: str) -> Setting:
    """Return how a text is set, by its script or, without one we know, by its letters."""
    code = ALIASES.get(script or "", script or "")
    if code not in SETTINGS:
        code = script_of(text)
    vietnamese = code == "Latn" and any("\u1ea0" <= each <= "\u1ef9" for each in text)
    setting = VIETNAMESE if vietnamese else SETTINGS[code]
    return replace(setting, over=max(setting.over, TALL_MARK)) if has_tall_mark(text) else setting


def spoken(setting: Setting, language: str | None, rtl: bool | None) -> Setting:
    """Return how a text is set in one language of its script.

    Letters of one script look different in some languages. Languages without spaces keep what
    their lines are broken by.
    """
    primary = (language or "").split("-")[0].lower()
    if re.fullmatch(r"[a-z]{2,3}", primary) and setting.language not in OWN_BREAKS:
        setting = replace(setting, language=primary, region=None)
    return setting if rtl is None else replace(setting, rtl=rtl)


def has_tall_mark(text: str) -> bool:
    """Tell whether a letter as high as a capital has a mark above it."""
    return any(
        unicodedata.combining(mark) == _ABOVE and (letter.isupper() or letter in _ASCENDING)
        for letter, mark in pairwise(unicodedata.normalize("NFD", text))
    )
