"""Where a line may break, beyond what Unicode says. The one door to budoux."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import budoux

NBSP = "\u00a0"
JOINER = "\u2060"
UNSPACED = ("ja", "zh", "th", "lo", "km", "my")
"""Languages written without spaces between words."""

LONGEST = 6
"""How many of the longest words are measured to see that each fits its line."""


NOT_FIRST = "、。，．・：；？！」』）】〉》”’ー～ぁぃぅぇぉっゃゅょァィゥェォッャュョ々…–—%"
"""Characters that a halved phrase may not start its second half with."""


class Piece(NamedTuple):
    """A part of a line.

    Attributes:
        text: the words.
        keep: True when they belong on one line.
        space: True when a space follows.
        halves: where a phrase that is too wide is cut, or nothing.
    """

    text: str
    keep: bool
    space: bool
    halves: tuple[str, ...] = ()


def normalized(text: str) -> str:
    """Return the text in NFC, with one kind of line break, no tabs and no stray spaces."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text).replace("\t", " ")
    return "\n".join(re.sub(" +", " ", line).strip(" ") for line in text.split("\n")).strip("\n")


def glued(text: str) -> str:
    """Return the text with no break where it would strand a dash, a sign or a Burmese final.

    Typst breaks Burmese before a final consonant (with U+103A) in words it does not know.
    """
    text = re.sub(r"(?<=\S) (?=[–—:;!?%»°](\s|$)|- )", NBSP, text)
    text = re.sub(r"(?<=«) ", NBSP, text)
    return re.sub(r"(?<=[\u1000-\u109f])(?=[\u1000-\u1021]\u103a)", JOINER, text)


def claused(text: str) -> str:
    """Return a text of one line with a break after its first dash or colon, if it has one."""
    if "\n" in text:
        return text
    return re.sub(r"(?:(?<=\s[–—-]) |(?<=\S:) |(?<=：))(?=\S)", "\n", text, count=1)


def _unwidowed(line: str) -> str:
    """Keep a short last word with the one before it, so that it never stands alone."""
    before, _, last = line.rpartition(" ")
    previous = before.rpartition(" ")[2]
    short = len(last) <= 5 and len(previous) + len(last) <= 14 and before.count(" ") >= 2
    return f"{before}{NBSP}{last}" if short else line


def lines_of(text: str, language: str, region: str | None = None) -> list[list[Piece]]:
    """Return the paragraphs of a normalized text as pieces.

    Korean breaks between words only, Japanese and Chinese between phrases; everything else
    where Typst breaks it.
    """
    return [_pieces(line, language, region) for line in glued(text).split("\n")]


def _pieces(line: str, language: str, region: str | None) -> list[Piece]:
    if language == "ko":
        return [Piece(word, True, True) for word in line.split(" ")]
    if language in ("ja", "zh"):
        words = line.split(" ")
        return [piece for word in words for piece in _phrases(word, language, region)]
    return [Piece(line if language in UNSPACED else _unwidowed(line), False, False)]


def _phrases(word: str, language: str, region: str | None) -> list[Piece]:
    parts: list[str] = []
    for part in _parser(language, region).parse(word):
        if parts and min(len(part), len(parts[-1])) == 1:
            parts[-1] += part
        else:
            parts.append(part)
    last = len(parts) - 1
    return [Piece(part, True, at == last, _halves(part)) for at, part in enumerate(parts)]


def _halves(phrase: str) -> tuple[str, ...]:
    """Cut a phrase near its middle, but not in a Latin word nor before a closing sign."""
    if len(phrase) < 4 or re.search(r"[A-Za-z0-9]", phrase):
        return ()
    middle = (len(phrase) + 1) // 2
    cuts = sorted(range(2, len(phrase) - 1), key=lambda at: (abs(at - middle), at))
    return next(((phrase[:at], phrase[at:]) for at in cuts if phrase[at] not in NOT_FIRST), ())


@cache
def _parser(language: str, region: str | None) -> budoux.Parser:
    if language == "ja":
        return budoux.load_default_japanese_parser()
    if region == "TW":
        return budoux.load_default_traditional_chinese_parser()
    return budoux.load_default_simplified_chinese_parser()


def longest_words(text: str, language: str) -> list[str]:
    """Return what no line can break, the longest few: words, and words held by no-break spaces.

    Scripts without spaces break anywhere or by dictionary, so only their Latin words count. A break
    after a hyphen needs a letter behind it, and before it one that is not Hebrew.

    Source: Unicode Standard Annex 14, rules LB12, LB21a and LB25.
    """
    if language in UNSPACED:
        words = re.findall(r"[0-9A-Za-z\u00c0-\u024f@._%+]+", text)
    else:
        lines = [piece.text for line in lines_of(text, language) for piece in line]
        breaks = r" +|(?<=[^\W\u0590-\u05ff][-–—])(?=[^\W\d])"
        words = [word for line in lines for word in re.split(breaks, line)]
    return sorted({word for word in words if word}, key=lambda word: (-len(word), word))[:LONGEST]
