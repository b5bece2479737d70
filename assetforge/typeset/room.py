"""How much room letters need above and below their line, measured in their own fonts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assetforge.typeset.faces import Face, shaped
from assetforge.typeset.script import TOP_EDGE, Setting

CLOSE = 0.8
"""How much of what rises and what falls may meet between two lines: hardly ever in one column."""


def roomy(setting: Setting, runs: Iterable[tuple[str, Face]], weight: int) -> Setting:
    """Return a setting with room for a text in fonts that may reach farther than the bundled."""
    over, under = setting.over, setting.under
    for run, face in runs:
        for each in shaped(run, face, weight):
            over, under = max(over, each.over - TOP_EDGE), max(under, each.under)
    leading = max(setting.leading, CLOSE * (over + under))
    return replace(setting, over=over, under=under, leading=leading)
