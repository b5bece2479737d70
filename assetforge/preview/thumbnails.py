"""Small copies of pictures, made when a page first shows them."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeAlias

from assetforge import images
from assetforge.digest import Digest

EDGES: Final = (160, 320, 640, 1280)
"""Longest edges in pixels that a page may ask for."""

MOST_BYTES: Final = 32 << 20

Key: TypeAlias = tuple[Digest, int]


class Thumbnails:
    """Makes each copy once at a time, as many at once as there are cores, and keeps the last ones.

    All belongs to one event loop.
    """

    def __init__(
        self, read: Callable[[Digest], bytes | None], most_bytes: int = MOST_BYTES
    ) -> None:
        """Make copies of what `read` returns; it may block and is called from several threads."""
        self._read = read
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._making: dict[Key, asyncio.Future[bytes | None]] = {}
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "assetforge-thumbnails")

    async def of(self, digest: Digest, edge: int) -> bytes | None:
        """Return a WebP that is at most `edge` pixels long and wide; None: there is no picture."""
        key = (digest, edge)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        making = self._making.get(key)
        if making is None:
            loop = asyncio.get_running_loop()
            making = loop.run_in_executor(self._pool, self._make, digest, edge)
            self._making[key] = making
            making.add_done_callback(partial(self._made, key))
        # Who goes away does not take it from others who wait for the same.
        return await asyncio.shield(making)

    def close(self) -> None:
        """Give up all copies, those that are being made as well."""
        for making in list(self._making.values()):
            making.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _make(self, digest: Digest, edge: int) -> bytes | None:
        data = self._read(digest)
        try:
            return None if data is None else images.preview(data, edge)
        except images.UnreadableImage:
            return None

    def _made(self, key: Key, making: asyncio.Future[bytes | None]) -> None:
        del self._making[key]
        if making.cancelled() or making.exception() is not None:
            return
        copy = making.result()
        if copy is None:  # it may be there the next time
            return
        self._kept[key] = copy
        self._bytes += len(copy)
        while self._bytes > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest)
