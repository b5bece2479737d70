"""What a reader takes for one letter (Unicode UAX 29). The one door to `regex`.

It takes as long to load as everything else that a plan needs of texts: loaded where it is needed.
"""

from __future__ import annotations

import regex


def count_graphemes(text: str) -> int:
    """Return how many graphemes a text has."""
    return len(regex.findall(r"\X", text))
