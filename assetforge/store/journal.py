"""The journal: what people decided about pictures, line by line. Nothing in it ever changes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from assetforge.digest import Json
from assetforge.errors import StoreProblem
from assetforge.reads import reading
from assetforge.store.problems import disk_problem
from assetforge.syncing import sync, sync_there

FILE: Final = "decisions.jsonl"

APPEND: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision changed for one slot of the lock.

    Attributes:
        variant, profile, step: the slot.
        before, after: its entry as the lock holds it; None: it had none, or has none now.
    """

    variant: str
    profile: str
    step: str
    before: Mapping[str, Json] | None
    after: Mapping[str, Json] | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided.

    Attributes:
        id: its own, that no other has.
        at: when, in UTC, ISO 8601.
        by: who.
        what: the word for it, such as `accept`.
        changes: what it changed.
        undoes: id of the decision that it takes back; empty: none.
        pipeline: the pipeline file that the pictures are of: several may share a store.
    """

    id: str
    at: str
    by: str
    what: str
    changes: tuple[Change, ...]
    undoes: str = ""
    pipeline: str = ""


class Journal:
    """The journal of the store in a folder, for any number of processes at once."""

    def __init__(self, root: Path) -> None:
        self._path = root / FILE

    def add(self, decision: Decision) -> None:
        """Add a decision; it is on disk by then.

        Raises:
            StoreProblem: it could not be written.
        """
        line = json.dumps(asdict(decision), ensure_ascii=False, sort_keys=True).encode() + b"\n"
        try:
            new = not self._path.exists()
            handle = os.open(self._path, APPEND, 0o666)
            try:
                # In one piece, as others may be adding too.
                _write_whole(handle, line if _ends_a_line(handle) else b"\n" + line)
                sync(handle)
            finally:
                os.close(handle)
            if new:
                sync_there(self._path.parent)
        except OSError as error:
            what = f"cannot write down the decision in '{self._path}'"
            raise disk_problem(error, what) from error

    def decisions(self) -> list[Decision]:
        """Return what was decided, in its order; what cannot be read is left out.

        Raises:
            StoreProblem: the file cannot be read at all.
        """
        return [each for _, each in self._lines() if each is not None]

    def damaged_lines(self) -> list[int]:
        """Return the numbers of the lines that cannot be read, from 1.

        The last one is none of them while it may still be being written.

        Raises:
            StoreProblem: the file cannot be read at all.
        """
        return [number for number, each in self._lines() if each is None]

    def _lines(self) -> Iterator[tuple[int, Decision | None]]:
        try:
            *lines, last = reading(self._path).read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise disk_problem(error, "cannot read the decisions in the store") from error
        for number, line in enumerate(lines, 1):
            if line:
                yield number, _decision(line)
        # Without its end it may be whole all the same: then only the end was cut off.
        if (whole := _decision(last)) is not None:
            yield len(lines) + 1, whole


def _write_whole(handle: int, data: bytes) -> None:
    written = os.write(handle, data)
    if written != len(data):
        raise StoreProblem(
            "the decision was written down by half: make room on the disk, and decide again"
        )


def _ends_a_line(handle: int) -> bool:
    """Tell whether a new line begins at a file's end; a writer that died may have left half one."""
    size = os.lseek(handle, 0, os.SEEK_END)
    if not size:
        return True
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) == b"\n"


def _decision(line: bytes) -> Decision | None:
    """Return the decision of a line; None: it cannot be read."""
    try:
        said = json.loads(line)
        changes = tuple(_change(each) for each in said["changes"])
        words = {name: str(said[name]) for name in ("id", "at", "by", "what")}
        more = {name: str(said.get(name, "")) for name in ("undoes", "pipeline")}
        return Decision(**words, **more, changes=changes)
    except (ValueError, TypeError, KeyError):
        return None


def _change(said: Any) -> Change:
    before, after = said["before"], said["after"]
    if not all(each is None or isinstance(each, dict) for each in (before, after)):
        raise TypeError("no entry of a lock")
    variant, profile, step = (str(said[name]) for name in ("variant", "profile", "step"))
    return Change(variant, profile, step, before, after)
