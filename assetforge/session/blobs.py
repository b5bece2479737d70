"""The bytes of the pictures that a session shows, and of no others."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from assetforge.digest import Digest, digest_of
from assetforge.errors import StoreProblem
from assetforge.session.view import View
from assetforge.store.cas import Cas
from assetforge.store.local import FOLDER

MOST: Final = 10_000
"""How many pictures beside those in the view are remembered."""


class Blobs:
    """Reads pictures by digest. For any thread."""

    def __init__(self, root: Path) -> None:
        """Read from the store of a project, and from its targets."""
        self._root = root
        self._lock = threading.Lock()
        self._vouched: dict[str, None] = {}
        self._view = View()
        self._paths: dict[Digest, tuple[str, ...]] = {}

    def vouch(self, digests: Iterable[str]) -> None:
        """Let these be read as well: somebody was told of them."""
        with self._lock:
            for each in digests:
                self._vouched.pop(each, None)
                self._vouched[each] = None
            for each in list(self._vouched)[:-MOST]:
                del self._vouched[each]

    def read(self, digest: Digest, view: View) -> bytes | None:
        """Return the bytes of a picture of the view, or of one that was vouched for."""
        with self._lock:
            if view is not self._view:
                self._view, self._paths = view, _paths_in(view)
            paths = self._paths.get(digest)
            if paths is None and digest not in self._vouched:
                return None
        return self._stored(digest) or self._written(digest, paths or ())

    def _stored(self, digest: Digest) -> bytes | None:
        cas = Cas(self._root / FOLDER)
        try:
            return cas.read(digest) if cas.has(digest) else None
        except StoreProblem:
            return None

    def _written(self, digest: Digest, paths: Iterable[str]) -> bytes | None:
        """Return a target's own bytes: a person's work is in no store."""
        for path in paths:
            with suppress(OSError):
                data = (self._root / path).read_bytes()
                if digest_of(data) == digest:
                    return data
        return None


def _paths_in(view: View) -> dict[Digest, tuple[str, ...]]:
    """Return digest → paths of targets of which one has it, or had; none: it is a draft."""
    found: dict[Digest, tuple[str, ...]] = {}
    for row in view.rows.values():
        if row.draft is not None:
            found[row.draft] = ()
        if row.digest is not None:
            found[row.digest] = row.paths
    return found
