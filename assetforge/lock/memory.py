"""What a slot remembers when its entry is replaced."""

from __future__ import annotations

from dataclasses import replace

from assetforge.lock.entry import Entry
from assetforge.lock.merge import past_of


def past_after(before: Entry | None, after: Entry) -> Entry | None:
    """Return what an entry that replaces another is to remember, the latest first.

    Pictures that were rejected for other words, lest they come back with the words. As long as
    nobody accepted the new entry, also what was accepted last.
    """
    known = [] if before is None else [before, *past_of(before)]
    others = [each for each in known if each.base != after.base]
    last = None if after.accepted else next((each for each in others if each.accepted), None)
    past: Entry | None = None
    for each in reversed(others):
        if each is last or each.rejected:
            past = replace(each, previous=past)
    return past
