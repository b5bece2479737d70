"""What others wrote, quoted in a comment so that it stays text; and the blocks it stands in.

A block is HTML without a blank line, which Markdown leaves as it is. Inside `<code>`, forges look
for no mentions, references, addresses, formulas or pictograms.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from assetforge.diagnostics import printable
from assetforge.reports.markup import Html, element, text
from assetforge.reports.text import plural

MOST_SAID: Final = 300
"""How many characters of what somebody wrote are shown in one place."""

RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})

LINE: Final = Html("\n")


def plain(words: str, most: int = MOST_SAID) -> str:
    """Return what somebody wrote in one line, shortened beyond so many characters."""
    return printable(words[:most]) + ("…" if len(words) > most else "")


def said(words: str, most: int = MOST_SAID) -> Html:
    """Return what somebody wrote as it is, in one line; shortened beyond so many characters."""
    shown = plain(words, most)
    # Alone, its direction is its own: it cannot turn around what stands beside it.
    turned = any(unicodedata.bidirectional(each) in RIGHT_TO_LEFT for each in shown)
    return element("code", {"dir": "auto"} if turned else None, text(shown))


def paragraph(*parts: Html) -> Html:
    """Return a block of words."""
    return element("p", None, *parts)


def bold(words: str) -> Html:
    """Return our own words in bold."""
    return element("b", None, text(words))


def listed(items: Iterable[Html]) -> Html:
    """Return a block with an item on each line."""
    lines = (Html(f"\n{element('li', None, each)}") for each in items)
    return element("ul", None, *lines, LINE)


def table(heads: Mapping[str, str], rows: Sequence[Html]) -> Html:
    """Return a block with a row on each line; the words of its head, and where each is aligned."""
    cells = [element("th", {"align": side}, text(words)) for words, side in heads.items()]
    lines = (Html(f"\n{each}") for each in (element("tr", None, *cells), *rows))
    return element("table", None, *lines, LINE)


def folded(summary: str, content: Html, *, opened: bool = False) -> Html:
    """Return a block that a click opens."""
    head = element("summary", None, text(summary))
    return element("details", {"open": ""} if opened else None, LINE, head, LINE, content, LINE)


def left_out(count: int, word: str) -> Html:
    """Return the line that says how much does not fit; nothing where all of it does."""
    if not count:
        return Html("")
    words = f"{plural(count, word)} left out: with them it would be too long"
    return Html(f"\n{paragraph(element('em', None, text(words)))}")
