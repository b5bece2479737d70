"""All that changes while one emulator runs. It is passed to everything; there is no global."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any

from assetforge.emulator.books import Books
from assetforge.emulator.limits import Account
from assetforge.emulator.settings import Settings
from assetforge.emulator.shelf import Shelf


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was uploaded, or that a batch left behind.

    Attributes:
        id: `file-...`; `created_at` in seconds since 1970.
        purpose: `batch`, `vision`, `user_data`, `batch_output`.
    """

    id: str
    filename: str
    purpose: str
    data: bytes
    created_at: int


class World:
    """The state of one emulator. Only its event loop touches it; the books have a lock.

    Attributes:
        settings: what was chosen when it was started.
        clock: seconds that never go back, for limits and latency.
        wall: seconds since 1970, for what is shown.
        books: every call.
        account: what was asked for in the last minute, against the limits.
        files, batches: by id.
        shelf: pictures that are sent as an address.
        renderers: the threads that make pictures.
        chance: draws which calls have a fault.
        befallen: how often a fault that is to strike a few times only has struck.
        closing: set when the server is told to end; nothing waits any longer then.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.wall = wall
        self.books = Books()
        self.account = Account(settings, clock)
        self.shelf = Shelf()
        self.files: dict[str, StoredFile] = {}
        self.batches: dict[str, Any] = {}
        self.renderers = ThreadPoolExecutor(os.cpu_count() or 1, "emulator")
        self.chance = Random(settings.fault_seed)
        self.befallen: Counter[tuple[str, str]] = Counter()
        self.closing = asyncio.Event()
        self._calls = 0

    def next_call(self) -> int:
        """Return the number of a call; the first is 1."""
        self._calls += 1
        return self._calls

    async def pause(self, seconds: float) -> None:
        """Wait, but not once the server is told to end."""
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), seconds)

    def close(self) -> None:
        """Let the threads end."""
        self.renderers.shutdown(wait=True, cancel_futures=True)
