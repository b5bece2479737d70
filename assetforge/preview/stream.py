"""News of the session for every open page, as server-sent events.

A page that is slow, or hidden, gets the newest only; none waits for another.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Final

RETRY: Final = b"retry: 1000\n\n"
"""A page whose stream ended asks again after this many milliseconds."""

HEARTBEAT: Final = b": still here\n\n"
"""A line without a meaning: by it both sides find out that the other is gone."""

HEARTBEAT_SECONDS: Final = 15.0


class Stream:
    """Tells every page when something changed. All but `told` belongs to one event loop."""

    def __init__(
        self, news: Callable[[], Awaitable[bytes]], heartbeat_seconds: float = HEARTBEAT_SECONDS
    ) -> None:
        """Tell `news`: the event that says how everything stands now."""
        self._news = news
        self._heartbeat_seconds = heartbeat_seconds
        self._changed = asyncio.Event()
        self._pages: set[asyncio.Event] = set()
        self._newest: bytes | None = None
        self._ended = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._following: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to follow what changes."""
        self._loop = asyncio.get_running_loop()
        self._changed.set()
        self._following = asyncio.create_task(self._follow())

    def told(self) -> None:
        """Take note that something changed; from any thread, at once."""
        # One that is noted already is looked at only after the note is taken away.
        if self._loop is None or self._changed.is_set():
            return
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._changed.set)

    def close(self) -> None:
        """End every page's stream, those to come as well."""
        self._ended = True
        if self._following is not None:
            self._following.cancel()
        for page in self._pages:
            page.set()

    @property
    def pages(self) -> int:
        """How many pages listen."""
        return len(self._pages)

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._newest = await self._news()
            for page in self._pages:
                page.set()

    async def events(self) -> AsyncIterator[bytes]:
        """Yield events for one page until all ends, or the page is gone."""
        page = asyncio.Event()
        self._pages.add(page)
        try:
            yield RETRY
            seen = None
            while not self._ended:
                if self._newest is not None and self._newest != seen:
                    seen = self._newest
                    yield seen
                elif not await _heard(page, self._heartbeat_seconds):
                    yield HEARTBEAT
        finally:
            self._pages.discard(page)


async def _heard(page: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(page.wait(), seconds)
    except TimeoutError:
        return False
    page.clear()
    return True
