"""What a reader takes for one letter (Unicode UAX 29). The one door to `regex`.

It takes as long to load as everything else that a plan needs of texts: loaded where it is needed.
"""

from __future__ import annotations

import regex

_JOINERS = "\u200c\u200d"


def count_graphemes(text: str) -> int:
    """Return how many graphemes a text has; a joiner that joins nothing is none."""
    return sum(1 for grapheme in regex.findall(r"\X", text) if grapheme.strip(_JOINERS))
