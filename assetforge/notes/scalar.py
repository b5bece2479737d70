"""Texts as YAML has them: as plain as they can be, and read back exactly."""

from __future__ import annotations

import json
import re
from typing import Final

PLAIN: Final = re.compile(r"[^\W\d_][^\t\n\"\\{}\[\]<>|`]*|[0-9a-f]*[a-df][0-9a-f]*")
"""What needs no quotes, unless `ODD`, `MARKED` or a word that YAML has for itself.

Digests are no numbers where they hold a letter that no number has.
"""

MARKED: Final = re.compile(r":(\s|$)|\s#")
"""Where YAML would see a key, or a comment."""

ODD: Final = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202f-\u2065\u2070-\ud7ff\ue000-\ufefe"
                        "\uff00-\ufffd\U00010000-\U0010ffff]")  # fmt: skip
"""What is not printed, ends a line only in YAML, or turns the direction of text."""

RESERVED: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def scalar(text: str) -> str:
    """Return a text as a scalar on one line."""
    clean = not ODD.search(text)
    if clean and PLAIN.fullmatch(text) and not MARKED.search(text) and text == text.strip():
        return text if text.lower() not in RESERVED else f'"{text}"'
    quoted = json.dumps(text, ensure_ascii=False)
    return ODD.sub(lambda odd: json.dumps(odd[0])[1:-1], quoted)


def value(text: str, indent: str) -> list[str]:
    """Return a text as the lines of a value: the first stands after its key.

    `indent` is what stands before the key. Several lines make a block, where one can hold them.
    """
    lines = text.split("\n")
    if len(lines) == 1 or not _fits_block(text, lines):
        return [scalar(text)]
    return ["|-", *(f"{indent}  {each}" if each else "" for each in lines)]


def _fits_block(text: str, lines: list[str]) -> bool:
    blank = any(each and not each.strip() for each in lines)
    return not (blank or ODD.search(text) or not lines[-1] or text[0].isspace())
