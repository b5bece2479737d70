"""Texts of languages that do not exist, made from the source text.

They show what a translation will do to a picture before there is one: longer text, other letters,
lines from right to left, and text that no translation reaches. Values, other messages, tags,
entities, conversions such as `%s`, links and addresses stay as they are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from math import ceil
from zlib import crc32

from assetforge.messages.measure import PLACE_COLUMNS, extent
from assetforge.messages.pattern import Value, as_pattern, map_texts, merged, simplest

_KEPT = re.compile(
    r"""(
        </?[A-Za-z][^<>]*>                                # a tag
        | &(?:[A-Za-z][A-Za-z0-9]{0,31}|\#x?[0-9A-Fa-f]{1,6});
        | \{\{[^{}]*\}\}
        | %(?:\([^()\s]*\)|[1-9][0-9]?\$)?[#0+-]{0,5}[0-9]{0,4}(?:\.[0-9]{1,4})?
           (?:hh|ll|[hlqLzjt])?[diouxXeEfFgGcrsa@](?![a-z])
        | (?:https?://|www\.)[^\s<>"']+
        | (?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+
    )""",
    re.VERBOSE,
)
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+(?:['’][A-Za-zÀ-ÖØ-öø-ɏ]+)*")

# Latin-1 Supplement, Latin Extended-A and -B: what a font of Latin letters has.
_ACCENTS = str.maketrans(
    "ABCDEFGHIJKLNOPRSTUWYZabcdefghijklnoprstuwyz",
    "ÅƁÇÐÉƑĜĤÎĴĶĻÑÖÞŔŠŢÛŴÝŽåƀçðéƒĝĥîĵķļñöþŕšţûŵýž",
)

# The upper end of what German, French, Polish, Brazilian Portuguese, Russian and Turkish take in
# 19 of 20 texts, by the characters of the English one (measured on the texts of Flathub).
_GROWTH = ((10, 2.5), (20, 2.0), (40, 1.75), (80, 1.4))
_GROWTH_OF_LONG = 1.35
_FILLER = "one two three four five six seven eight nine ten"

# Arabic texts have about nine tenths of the characters of the English ones (measured there too).
_ARABIC_SHARE = 0.9
_ARABIC = """
    و في من أن لا ما هو كل عن مع هذا على إلى يوم بيت نور ضوء بحر وقت صوت لون باب عمل خبر جديد كبير
    جميل سريع صغير كتاب مدينة صورة هدية سماء شمس قمر طريق حديقة مكتبة رسالة مفتاح مدرسة تطبيق
    موسيقى الجديدة الصورة المدينة التطبيق البرنامج المعلومات المستخدم الموسيقى الحديقة الاستخدام
    الإعدادات المستخدمين الاقتراحات الاستكشاف التكنولوجيا والمعلومات بالاستخدام والاستكشاف
    الاحتياجات والاقتراحات وللمستخدمين والتكنولوجيا باستخداماتها واستخداماتها
"""
"""Everyday words, from one letter to thirteen."""


def accented(value: Value) -> Value:
    """Return a message as `en-XA` shows it: `[Ĥéļļö ...]`, accented and as long as translations.

    The brackets stand round the whole, so a text that was cut off shows. What makes it longer
    stands before the last one.
    """
    padding = _padding(extent(value, len, PLACE_COLUMNS))
    return simplest(["[", *as_pattern(accented_part(value)), f"{padding}]"])


def accented_part(value: Value) -> Value:
    """Return a message as `en-XA` shows it inside another, which has the brackets and length."""
    return map_texts(value, lambda text: _outside_kept(text, _with_accents))


def mirrored(value: Value) -> Value:
    """Return a message as `ar-XB` shows it: an Arabic word in place of each Latin one.

    The words are real and mean nothing together; the same word always becomes the same. No
    character that turns text is put in: Arabic letters run from right to left by themselves.
    """
    changed = map_texts(value, lambda text: _outside_kept(text, _with_arabic))
    return changed if isinstance(changed, str) else merged(changed)


def _outside_kept(text: str, change: Callable[[str], str]) -> str:
    """Change what is not a tag, a link and so on."""
    # `split` with one group gives text, kept, text, kept, ..., text.
    pieces = _KEPT.split(text)
    return "".join(piece if at % 2 else change(piece) for at, piece in enumerate(pieces))


def _with_accents(text: str) -> str:
    return text.translate(_ACCENTS)


def _padding(length: int) -> str:
    """Return what makes a text of so many characters as long as a translation, brackets counted."""
    if not length:
        return ""
    growth = next((growth for most, growth in _GROWTH if length <= most), _GROWTH_OF_LONG)
    wanted = ceil(length * growth) - length - len("[]")
    return _with_accents(_words(wanted)) if wanted > 0 else ""


def _words(length: int) -> str:
    """Return words of exactly so many characters, with the space before them."""
    text = f" {_FILLER}" * (length // len(_FILLER) + 1)
    cut = text[:length]
    # Nothing may end in a space: it would take no room at the end of a line.
    return f"{cut[:-1]}~" if cut.endswith(" ") else cut


def _with_arabic(text: str) -> str:
    return _WORD.sub(lambda word: _arabic(word[0]), text)


def _by_length() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for word in _ARABIC.split():
        found.setdefault(len(word), []).append(word)
    return found


_ARABIC_BY_LENGTH = _by_length()
_LENGTHS = sorted(_ARABIC_BY_LENGTH)


def _arabic(word: str) -> str:
    """Return the sample word that stands for a word; upper and lower case are one."""
    wanted = max(1, round(len(word) * _ARABIC_SHARE))
    length = _LENGTHS[min(bisect_left(_LENGTHS, wanted), len(_LENGTHS) - 1)]
    words = _ARABIC_BY_LENGTH[length]
    return words[crc32(word.lower().encode()) % len(words)]
