"""Several readings of one text against what it should be: what most of them agree on.

One reading that comes out right proves nothing: where a letter is wrong, a model that was taught
the right word may still read that. So each place of the text is put to the vote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

Deviation: TypeAlias = tuple[int, int, str]
"""Where a reading departs from what is expected, from and to, and what it has there."""


def deviations(expected: str, reading: str) -> list[Deviation]:
    """Return where a reading departs from what is expected, in its order."""
    steps = SequenceMatcher(None, expected, reading, autojunk=False).get_opcodes()
    return [(a, b, reading[c:d]) for tag, a, b, c, d in steps if tag != "equal"]


def carried(expected: str, readings: Sequence[str]) -> bool:
    """Tell whether the readings carry what is expected at every place.

    At each place most of them have to be right, and no departure may come twice: what comes twice
    is what stands there.

    Args:
        expected: what should be read, folded as the readings are.
        readings: what was read, once each time.
    """
    departing = [deviations(expected, each) for each in readings]
    places = {place for each in departing for place in each}
    least = max(2, len(readings) // 2 + 1)
    return len(readings) >= least and all(
        right >= least and alike < 2
        for right, alike in (_votes(place, departing) for place in places)
    )


def _votes(place: Deviation, departing: Sequence[Sequence[Deviation]]) -> tuple[int, int]:
    """Return how many readings are right at a place, and how many depart in the same way."""
    touching = [each for each in departing if any(_touch(place, other) for other in each)]
    same = sum(1 for each in touching if place in each)
    return len(departing) - len(touching), same


def _touch(one: Deviation, other: Deviation) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def most_common(readings: Sequence[str]) -> str:
    """Return the reading that occurs most often, of several the first."""
    return Counter(readings).most_common(1)[0][0] if readings else ""
