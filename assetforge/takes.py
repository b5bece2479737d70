"""Takes: the pictures that are known of the same words, and the numbers of those to come."""

from __future__ import annotations

from collections.abc import Collection

from assetforge.action import (
    FIRST_TAKE,
    MOST_TAKES,
    Manifest,
    action_key,
    by_this_rule,
    older_keys,
    with_take,
)
from assetforge.rebuilder import Known
from assetforge.store.action_cache import ActionResult


def known_takes(described: Manifest, known: Known) -> dict[int, ActionResult]:
    """Return take → its result, sorted, for every take that is known; one look-up for all.

    `described` is the manifest of any take.
    """
    base = with_take(by_this_rule(described), FIRST_TAKE)
    keys = {
        action_key(with_take(base, take)): take for take in range(FIRST_TAKE, MOST_TAKES + 1)
    } | dict.fromkeys(older_keys(base), FIRST_TAKE)
    found = known(keys)
    takes: dict[int, ActionResult] = {}
    for key, take in keys.items():
        if key in found:
            takes.setdefault(take, found[key])
    return dict(sorted(takes.items()))


def next_takes(taken: Collection[int], count: int) -> list[int]:
    """Return the numbers of `count` further takes; fewer where there can be no more."""
    first = max(taken, default=FIRST_TAKE - 1) + 1
    return list(range(first, min(first + count, MOST_TAKES + 1)))
