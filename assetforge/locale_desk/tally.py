"""How much is left to do for the texts of a locale, in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assetforge.digest import Json

MISSING, TOO_LONG = "empty", "too-long"


def tally(rows: Sequence[Mapping[str, Any]]) -> dict[str, Json]:
    """Return how many texts there are, lack, are too long, and are wrong otherwise.

    A letter that only a draft cannot show is nothing that a text should be changed for.
    """
    kinds = [
        {each["kind"] for each in row["problems"] if not _only_in_drafts(each)} for row in rows
    ]
    return {
        "texts": len(rows),
        "missing": sum(MISSING in each for each in kinds),
        "too_long": sum(TOO_LONG in each for each in kinds),
        "other": sum(bool(each - {MISSING, TOO_LONG}) for each in kinds),
    }


def _only_in_drafts(problem: Mapping[str, Any]) -> bool:
    return (problem["kind"], problem["severity"]) == ("missing-glyph", "warning")
