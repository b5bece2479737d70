"""Pictures that are fetched by an address instead of coming with the answer."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from typing import Final

PICTURES: Final = "/emulator/pictures/"
"""Where pictures are that are sent as an address; no key is needed there."""

MAX_BYTES: Final = 256_000_000


class Shelf:
    """The last pictures that were put on it; the oldest fall off. The event loop's alone."""

    def __init__(self, most: int = MAX_BYTES) -> None:
        self._most = most
        self._held = 0
        self._pictures: OrderedDict[str, bytes] = OrderedDict()

    def put(self, data: bytes) -> str:
        """Keep a picture, and return the name it is found by; the newest is always kept."""
        name = secrets.token_hex(16)
        self._pictures[name] = data
        self._held += len(data)
        while self._held > self._most and len(self._pictures) > 1:
            _, oldest = self._pictures.popitem(last=False)
            self._held -= len(oldest)
        return name

    def find(self, name: str) -> bytes | None:
        """Return a picture; None where there is none, or no longer."""
        return self._pictures.get(name)
