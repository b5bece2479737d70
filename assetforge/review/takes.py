"""The takes of a picture: those that there are, those to come, and one that came of other words."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from assetforge.action import MOST_TAKES, ActionKey, Manifest, action_key, with_take
from assetforge.lock.entry import Entry, components_of, entry_of, from_json
from assetforge.review.picture import Picture, Review
from assetforge.takes import known_takes, next_takes


def rekeyed(present: Entry, described: Manifest) -> Entry:
    """Return the entry of a picture that is taken for other words or inputs than it was made from.

    `described` is the first take's manifest of the latter.
    """
    now = with_take(described, present.take)
    key = action_key(now)
    return Entry(
        key=key,
        base=action_key(described),
        artifact=present.artifact,
        pixels=present.pixels,
        take=present.take,
        asked=str(described.get("model", "")),
        resolved=present.resolved,
        cost_microdollars=present.cost_microdollars,
        components=components_of(now),
        made_as=present.made_as or (present.key if present.key != key else ActionKey("")),
        imported=present.imported,
        emulated=present.emulated,
    )


def further_takes(review: Review, picture: Picture, count: int) -> list[int]:
    """Return the numbers of `count` further takes; fewer where there can be no more.

    What was sent without an answer keeps its number: that picture may have been billed.
    """
    described = picture.described
    assert described is not None, "BUG: takes of what has no key"
    keys = {action_key(with_take(described, take)): take for take in next_takes((), MOST_TAKES)}
    sent = {keys[key] for key in review.sent.unanswered(keys)}
    return next_takes(sent | takes_of(review, picture).keys(), count)


def takes_of(review: Review, picture: Picture) -> dict[int, Entry]:
    """Return take → its entry as it was made, for every take of a picture's words of today.

    Also a picture that was once accepted for these words, and made for others.
    """
    if picture.described is None:  # its words are known, its inputs are not
        return {}
    base, store = action_key(picture.described), review.store
    found = {
        take: entry_of(result, base)
        for take, result in known_takes(picture.described, store.known).items()
    }
    for said in review.once.get(base, ()):
        with suppress(ValueError):  # somebody wrote in the journal
            once = from_json(said)
            if once.artifact is not None and store.holds(once.artifact):
                found.setdefault(once.take, replace(once, previous=None, rejected=()))
    entry = picture.entry
    if entry is not None and entry.artifact is not None and entry.base == base:
        found[entry.take] = entry
    return dict(sorted(found.items()))
