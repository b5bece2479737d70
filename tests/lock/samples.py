"""Entries to write into locks: which picture, whose words, who decided."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.lock.entry import Entry, Slot, Verdict
from benchmarks.merges import ADA, BOB, digest, picture

__all__ = ["ADA", "BOB", "CAT", "DE", "FR", "digest", "digests", "entries", "picture", "slots"]

DE = Slot("banner/wide/de", "final", "edit")
FR = Slot("banner/wide/fr", "final", "edit")
CAT = Slot("mascot", "final", "compose")


def keys() -> st.SearchStrategy[ActionKey]:
    """Return few keys, so that entries often have equal ones."""
    return st.sampled_from([ActionKey(digest("key", each)) for each in range(3)])


def digests() -> st.SearchStrategy[Digest]:
    """Return few digests."""
    return st.sampled_from([digest("picture", each) for each in range(3)])


def texts() -> st.SearchStrategy[str]:
    """Return texts as a person may write them, signs and line breaks of all scripts among them."""
    odd = '\u2028\u0085"\\\n\tä日🙂'
    return st.text(st.sampled_from(string.ascii_letters + odd), max_size=6)


def verdicts() -> st.SearchStrategy[Verdict]:
    """Return verdicts of different people and times."""
    return st.builds(Verdict, texts(), st.sampled_from([ADA.at, BOB.at, ""]))


def components() -> st.SearchStrategy[dict[str, Any]]:
    """Return components of a key."""
    values = st.one_of(texts(), st.integers(-9, 9), st.booleans(), st.lists(texts(), max_size=2))
    return st.dictionaries(texts(), values, max_size=2)


def entries(depth: int = 1) -> st.SearchStrategy[Entry]:
    """Return entries of every sort, that remember up to so many earlier ones."""
    previous = st.none() if depth == 0 else st.one_of(st.none(), entries(depth - 1))
    return st.builds(
        Entry,
        key=keys(),
        base=keys(),
        artifact=st.one_of(st.none(), digests()),
        pixels=st.one_of(st.just(""), digests()),
        take=st.integers(1, 3),
        asked=texts(),
        resolved=texts(),
        cost_microdollars=st.integers(0, 10**9),
        components=components(),
        made_as=st.one_of(st.just(ActionKey("")), keys()),
        imported=texts(),
        accepted=st.one_of(st.none(), verdicts()),
        pinned=st.one_of(st.none(), verdicts()),
        rejected=st.lists(digests(), unique=True, max_size=2).map(tuple),
        previous=previous,
        emulated=st.booleans(),
    )


def slots() -> st.SearchStrategy[Slot]:
    """Return slots of few assets."""
    variants = ["banner/wide/de", "banner/wide/fr", "banner", "Mascot/a", "con/ü"]
    return st.builds(Slot, st.sampled_from(variants), st.sampled_from(["final", "zwei"]), texts())
