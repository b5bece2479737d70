"""Two texts: whether they are the same to a reader, and what had to be overlooked for it.

`strict` overlooks only how a text is encoded and broken into lines; `folded` also what readers of
pixels confuse and nobody misses: case, punctuation, the shape of digits, vowel marks that may be
left out, and the letters that Arabic and Persian write in two ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias

from assetforge.findings import Verdict

Comparison: TypeAlias = Literal["folded", "strict"]

UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
"""Scripts whose words stand without spaces: Thai, Lao, Myanmar, Khmer, kana, Han."""

SIGNS: Final = "%$€£¥"
"""Signs that change what a figure says, and that every model of Latin script reads."""

UNSPACED_LETTER: Final = re.compile(f"[{UNSPACED}]")
_SPACE_IN_UNSPACED = re.compile(rf"(?<=[{UNSPACED}]) | (?=[{UNSPACED}])")
_ARABIC: Final = str.maketrans(
    {
        **dict.fromkeys("أإٱ", "ا"),
        **dict.fromkeys("ىیۍې", "ي"),
        "ة": "ه",
        "ۀ": "ه",
        "ک": "ك",
        "ـ": "",
    }
)
_MARKS = re.compile("[\u064b-\u0652\u0670\u0591-\u05bd\u05bf-\u05c7]")
"""Vowel marks of Arabic and Hebrew, which may be left out."""


def visible(text: str) -> str:
    """Return a text without what nobody sees: encodings, line breaks, controls, extra spaces."""
    shown = "".join(
        each for each in unicodedata.normalize("NFC", text) if unicodedata.category(each) != "Cf"
    )
    return _SPACE_IN_UNSPACED.sub("", " ".join(shown.split()))


def _without_punctuation(text: str) -> str:
    return "".join(
        each for each in text if each in SIGNS or unicodedata.category(each)[0] not in "PS"
    )


def _with_plain_digits(text: str) -> str:
    return "".join(str(unicodedata.digit(each)) if each.isdecimal() else each for each in text)


FOLDS: Final[dict[str, Callable[[str], str]]] = {
    "width": lambda text: unicodedata.normalize("NFKC", text),
    "case": str.casefold,
    "marks": lambda text: _MARKS.sub("", text),
    "letters": lambda text: text.translate(_ARABIC),
    "digits": _with_plain_digits,
    "punctuation": _without_punctuation,
    "spaces": lambda text: "".join(text.split()),
}
"""What the folded comparison overlooks, in this order."""


def folded(text: str, but: str = "") -> str:
    """Return a text without all that is overlooked; `but` names one fold to leave out."""
    text = visible(text)
    for name, fold in FOLDS.items():
        if name != but:
            text = fold(text)
    return unicodedata.normalize("NFC", text)


LIKE: Final = 800
"""Likeness in permille from which on a person has to look: it may be right, and misread.

Source: measured on banners with one wrong letter; below it they show something else.
"""

COVERED: Final = 500
"""Likeness in permille below which something must lie over a text that the tool set itself."""


def verdict_of_typeset(likeness: int, *, proven: bool) -> Verdict:
    """Return the verdict on letters that the tool set: they are right if they can be seen.

    Args:
        likeness: of what was read to the text, in permille.
        proven: nothing was laid over them since, so that they need not be readable.
    """
    return "equal" if proven or likeness >= COVERED else "differs"


def normal(text: str, comparison: Comparison) -> str:
    """Return a text as it is compared."""
    return folded(text) if comparison == "folded" else visible(text)


def overlooked(expected: str, found: str) -> list[str]:
    """Return the folds without which two texts, folded the same, would differ."""
    return [name for name in FOLDS if folded(expected, name) != folded(found, name)]


def similarity(one: str, two: str) -> int:
    """Return how alike two texts are, in permille of the folded comparison."""
    return round(SequenceMatcher(None, folded(one), folded(two), autojunk=False).ratio() * 1000)


def marked(expected: str, found: str) -> str:
    """Return what is expected with its departures marked: `Fre[e]`, `Fr{e>i}e`, `Fre{+e}e`."""
    old, new = _clusters(visible(expected)), _clusters(visible(found))
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return "".join(_change(tag, "".join(old[a:b]), "".join(new[c:d])) for tag, a, b, c, d in steps)


def _change(tag: str, old: str, new: str) -> str:
    match tag:
        case "equal":
            return old
        case "delete":
            return f"[{old}]"
        case "insert":
            return f"{{+{new}}}"
        case _:
            return f"{{{old}>{new}}}"


def _clusters(text: str) -> list[str]:
    """Return the letters of a text, each with the marks that stand on it."""
    letters: list[str] = []
    for each in text:
        if letters and unicodedata.category(each).startswith("M"):
            letters[-1] += each
        else:
            letters.append(each)
    return letters
