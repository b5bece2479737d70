"""Rebuilders for tests that are not about the lock."""

from __future__ import annotations

from assetforge.lock.index import Index
from assetforge.rebuilder import Known, Rebuilder


def plain(known: Known) -> Rebuilder:
    """Return a rebuilder for which the lock is empty, and nothing is a provider's."""
    return Rebuilder(
        known=known,
        holds=lambda digest: True,
        drawn=lambda action: False,
        remote=lambda action: False,
        index=Index({}, ""),
    )
