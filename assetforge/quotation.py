"""Copy in a prompt: quoted letter for letter, and never forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

QUOTES = (('"', '"'), ("“", "”"), ("«", "»"), ("「", "」"), ("'", "'"))
"""Pairs of quotation marks, the plainest first."""


def quoted(text: object) -> str:
    """Put a text between quotation marks that do not occur in it."""
    written = str(text)
    for opening, closing in QUOTES:
        if opening not in written and closing not in written:
            return f"{opening}{written}{closing}"
    return '"' + written.replace('"', "”") + '"'


def times_quoted(text: str, prompt: str) -> int:
    """Return how often a text stands between quotation marks; words of the prompt do not count."""
    ways = {f"{opening}{text}{closing}" for opening, closing in QUOTES} | {quoted(text)}
    return sum(prompt.count(way) for way in ways)


def show_copy(prompt: str, copy: Mapping[str, str]) -> str:
    """Return the prompt with every copy text quoted in it; the ones it lacks are added at its end.

    The text a picture must show can so never be forgotten in a template.
    """
    lines = []
    seen: Counter[str] = Counter()
    for slot, text in copy.items():
        seen[text] += 1
        if text and times_quoted(text, prompt) < seen[text]:
            lines.append(f"- {slot}: {quoted(text)}")
    if not lines:
        return prompt
    return "\n".join([prompt, "", "Show exactly this text, letter for letter:", *lines]).strip()
