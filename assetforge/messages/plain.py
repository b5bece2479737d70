"""Plain texts: `{name}` is a value, and every other brace is a brace."""

from __future__ import annotations

import re

from assetforge.messages.pattern import Placeholder, Value, simplest

_PLACEHOLDER = re.compile(r"(?<!\{)\{([^\W\d][\w.-]*)\}(?!\})")


def read(text: str) -> Value:
    """Return what a text says. Every text is right: `{{name}}`, `{ }` and `}` stay as they are."""
    if "{" not in text:
        return text
    # `split` with one group gives text, name, text, name, ..., text.
    pieces = _PLACEHOLDER.split(text)
    return simplest(
        Placeholder(piece) if index % 2 else piece for index, piece in enumerate(pieces)
    )
