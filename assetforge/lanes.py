"""Threads that work through actions, and what waits for them.

A lane has a few jobs ahead of its threads, as many as they end in a moment: so they need not wait
for who starts and who keeps, and both are done for many jobs at once. No more than that: what waits
in a lane, nobody else can work on.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Result = TypeVar("Result")

MOST_AHEAD = 128
"""How many jobs may wait for the threads of a lane at most."""

AHEAD = 4
"""Jobs ahead for each that has ended since the last look."""

WARM = 8
"""Jobs that have ended for each that may wait ahead: the first ones are put in one by one."""

PAUSE_SECONDS = 0.05
"""How long what has ended may wait for more, so that all is kept at once."""


@dataclass(frozen=True, slots=True)
class Job(Generic[Result]):
    """What a thread is to do, under the name of who asked for it."""

    name: str
    work: Callable[[], Result]


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """A job that has ended: with a result, or with an error. `seconds` is wall time."""

    name: str
    seconds: float
    result: Result | None
    error: BaseException | None


class Lane(Generic[Result]):
    """So many threads, which take jobs in the order they were put in.

    After an error no job is taken before `go_on`: who put them in may want to end it all. All is
    for one thread, but for `closed`, which may be set from anywhere, also in a signal handler.
    """

    def __init__(self, width: int, most_ahead: int, due: threading.Event) -> None:
        """Make a lane.

        Args:
            width: how many threads.
            most_ahead: how many jobs may wait for them.
            due: is set when a job ended, and with an error or few jobs left ahead.
        """
        self.closed = False
        self.inside = 0
        self._width = width
        self._most_ahead = most_ahead
        self._due = due
        self._ahead = 0
        self._past = 0
        self._few = 0
        self._held = False
        self._jobs: deque[Job[Result]] = deque()
        self._ended: SimpleQueue[Done[Result]] = SimpleQueue()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._untold: dict[str, None] = {}
        self._told = 0

    @property
    def room(self) -> int:
        """How many more jobs may be put in now."""
        return self._width + self._ahead - self.inside

    @property
    def is_well_fed(self) -> bool:
        """Whether more than half of the jobs ahead still wait."""
        return len(self._jobs) > self._few

    def put(self, jobs: Sequence[Job[Result]]) -> None:
        """Have jobs done, in this order."""
        self.inside += len(jobs)
        self._untold |= dict.fromkeys(each.name for each in jobs)
        with self._changed:
            self._jobs.extend(jobs)
            self._few = len(self._jobs) // 2
            self._changed.notify(len(jobs))
        for _ in range(min(self.inside, self._width) - len(self._threads)):
            thread = threading.Thread(target=self._work, name="assetforge-worker")
            self._threads.append(thread)
            thread.start()

    def ended(self) -> list[Done[Result]]:
        """Return what has ended since the last look."""
        found: list[Done[Result]] = []
        while True:
            try:
                found.append(self._ended.get_nowait())
            except Empty:
                break
        self.inside -= len(found)
        self._past += len(found)
        if found:
            self._ahead = min(self._most_ahead, AHEAD * len(found), self._past // WARM)
        return found

    def started(self, ended: str | None = None) -> Iterator[str]:
        """Yield the names of jobs that threads took, each once: jobs are taken in their order.

        `ended` is the name of one that has ended; without it, those that run now.
        """
        if ended is not None:
            while ended in self._untold:
                yield self._tell()
            self._told -= 1
            return
        while self._untold and self._told < self._width and not self._held:
            yield self._tell()

    def _tell(self) -> str:
        name = next(iter(self._untold))
        del self._untold[name]
        self._told += 1
        return name

    def go_on(self) -> None:
        """Let jobs be taken again after an error."""
        with self._changed:
            self._held = False
            self._changed.notify_all()

    def withdraw(self) -> list[str]:
        """Take back the jobs that no thread has taken, and return their names."""
        with self._changed:
            names = [each.name for each in self._jobs]
            self._jobs.clear()
        self.inside -= len(names)
        return names

    def close(self) -> None:
        """Wait for what runs; nothing else is begun."""
        self.closed = True
        with self._changed:
            self._changed.notify_all()
        for each in self._threads:
            each.join()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            begun = time.monotonic()
            result = error = None
            try:
                result = job.work()
            except BaseException as raised:  # told where the job came from
                error = raised
                with self._changed:
                    self._held = True
            self._ended.put(Done(job.name, time.monotonic() - begun, result, error))
            if error is not None or not self.is_well_fed:
                self._due.set()

    def _next(self) -> Job[Result] | None:
        """Return the next job as soon as there is one; None: there will be none."""
        with self._changed:
            while not self.closed:
                if self._jobs and not self._held:
                    return self._jobs.popleft()
                self._changed.wait()
        return None
