"""The search for bytes that the store has lost: in another store, and in files beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from assetforge.digest import Digest, digest_of, digest_of_file
from assetforge.store.elsewhere import Elsewhere

Look: TypeAlias = Callable[[], Iterable[Path]]
"""Returns files that may hold a lost picture; asked only when one is lost."""


class Search:
    """Finds bytes by their digest. Files are read once, and only when something is lost."""

    def __init__(self, elsewhere: Elsewhere | None, look: Look) -> None:
        self._elsewhere = elsewhere
        self._look = look
        self._files: dict[Digest, Path] | None = None

    def find(self, digest: Digest) -> tuple[bytes, str] | None:
        """Return the bytes of a digest, and where they were; None: nowhere.

        Raises:
            StoreProblem: the other store cannot be read.
        """
        if self._elsewhere and (brought := self._elsewhere.blob(digest)) is not None:
            return brought, self._elsewhere.address
        path = self._by_digest().get(digest)
        with suppress(OSError):
            if path is not None and digest_of(data := path.read_bytes()) == digest:
                return data, str(path)
        return None

    def _by_digest(self) -> dict[Digest, Path]:
        if self._files is None:
            self._files = {}
            for path in self._look():
                with suppress(OSError):
                    self._files[digest_of_file(path)] = path
        return self._files
