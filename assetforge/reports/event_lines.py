"""A file that gets a JSON line for each event of a run, while it runs: `assetforge.event/1`."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, assert_never

from assetforge.digest import Json
from assetforge.errors import StoreProblem, UsageProblem
from assetforge.events import (
    Ended,
    Event,
    Outcome,
    Paused,
    Planned,
    Sketched,
    Started,
    TriedAgain,
    Waiting,
)
from assetforge.pricing import usd
from assetforge.progress import Progress

SCHEMA: Final = "assetforge.event/1"
START: Final = f'{{"schema": "{SCHEMA}"'.encode()
"""How each line begins."""

LONGEST_LINE: Final = 1 << 20
"""No unfinished line is longer, in bytes: a message is a line."""


def event_json(event: Event) -> dict[str, Json | float]:
    """Return what a line says of one event."""
    match event:
        case Planned(hits, pending):
            return {"event": "planned", "hit": hits, "pending": pending}
        case Started(action):
            return {"event": "started", "action": action}
        case Ended():
            return {
                "event": "ended",
                "action": event.action,
                "outcome": event.outcome.value,
                "seconds": round(event.seconds, 3),
                "cost_usd": usd(event.cost_microdollars),
                "artifact": event.artifact,
                "message": event.message,
            }
        case Waiting(action):
            return {"event": "waiting", "action": action}
        case Sketched(action, data):
            return {"event": "sketched", "action": action, "bytes": len(data)}
        case Paused(seconds, why):
            return {"event": "paused", "seconds": round(seconds, 3), "why": why}
        case TriedAgain(action, why, how, more):
            return {"event": "tried-again", "action": action, "why": why, "how": how, "more": more}
        case _:
            assert_never(event)


class EventLines:
    """The lines of one run. They are whole: each is written at once, and cut off if it is not.

    A file that cannot be written any more ends no run: what writes a line says so, once, in words
    for people, and no line follows.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, for lines behind those of earlier runs.

        Raises:
            UsageProblem: something is there that holds no such lines, or there is no such folder.
            StoreProblem: it cannot be written.
        """
        self._path = path
        self._file: int | None = opened(path)
        self._build = os.urandom(6).hex()
        self._outcomes: dict[str, Outcome] = {}
        self._cost = 0

    def on(self, event: Event) -> str:
        """Write the line of one event; return what is wrong with the file since now."""
        if isinstance(event, Ended):
            self._outcomes[event.action] = event.outcome
            self._cost += event.cost_microdollars
        return self.write(event_json(event))

    def finished(
        self,
        exit_code: int,
        progress: Progress | None = None,
        message: str = "",
        written: int = 0,
        refused: int = 0,
    ) -> str:
        """Write the last line, and close the file; return what is wrong with it since now.

        Without `progress` what was seen is counted.
        """
        seen = Counter(self._outcomes.values())
        count = progress.count if progress else seen.__getitem__
        cost = progress.cost_microdollars if progress else self._cost
        problem = self.write(
            {
                "event": "finished",
                "exit_code": exit_code,
                "totals": {**{each.value: count(each) for each in Outcome}, "cost_usd": usd(cost)},
                "written": written,
                "refused": refused,
                "message": message,
            }
        )
        self.close()
        return problem

    def write(self, said: Mapping[str, Json | float]) -> str:
        """Write one line, with what all of them say; return what is wrong with it since now."""
        if self._file is None:
            return ""
        line = {"schema": SCHEMA, "at": now(), "build": self._build, **said}
        data = json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        try:
            write_whole(self._file, data)
        except OSError as error:
            self.close()
            why = (error.strerror or str(error)).lower()
            return f"no more events are written to '{self._path}': {why}"
        return ""

    def close(self) -> None:
        """Close the file."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                os.close(file)


def now() -> str:
    """Return the time of day: UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def opened(path: Path) -> int:
    """Return a file descriptor that appends to a file of events; half a last line goes.

    Raises:
        UsageProblem, StoreProblem: as `EventLines`.
    """
    try:
        refuse(path)
        whole = whole_lines(path) if path.is_file() else None
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | BINARY, 0o666)
        if whole is not None:
            os.ftruncate(file, whole)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise StoreProblem(f"cannot write events to '{path}': {why}") from error
    return file


def refuse(path: Path) -> None:
    """Check that a file can be here.

    Raises:
        UsageProblem: it cannot.
        OSError: that cannot be told.
    """
    if not path.parent.is_dir():
        raise UsageProblem(f"there is no folder '{path.parent}' to write events to")
    if path.is_dir():
        raise UsageProblem(f"'{path}' is a folder; --events takes a file")


BINARY: Final = getattr(os, "O_BINARY", 0)
"""Windows would write another line end."""


def whole_lines(path: Path) -> int:
    """Return how many bytes of a file are whole lines of events.

    Raises:
        UsageProblem: it holds something else.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(len(START))
        if not START.startswith(start):
            raise UsageProblem(f"'{path}' holds no events and stays as it is; name another file")
        size = file.seek(0, os.SEEK_END)
        tail = file.seek(max(0, size - LONGEST_LINE))
        end = file.read().rfind(b"\n")
    return size if tail and end < 0 else tail + end + 1


def write_whole(file: int, data: bytes) -> None:
    """Write some bytes; what is written of them before an error is taken back.

    Raises:
        OSError: they cannot be written.
    """
    done = 0
    try:
        while done < len(data):
            done += os.write(file, data[done:])
    except OSError:
        if done:
            with suppress(OSError):  # a pipe cannot be cut
                os.ftruncate(file, os.fstat(file).st_size - done)
        raise
