"""The lock's folder: one file for each asset."""

from __future__ import annotations

import errno
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assetforge.digest import SHOWN, Json, digest_of
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.lock.entry import Entry, Slot, to_json
from assetforge.lock.merge import combined
from assetforge.lock.places import Places
from assetforge.lock.text import Read, read_text, repeated, text_of
from assetforge.reads import reading, wrote
from assetforge.source import files_in, invalid, unreadable
from assetforge.store.cas import write_atomically
from assetforge.store.problems import disk_problem
from assetforge.syncing import sync_there

SUFFIX: Final = ".json"

MAX_BYTES: Final = 1_000_000_000
"""Size of the largest lock file that is read: about a million entries."""

MAX_NAME: Final = 200
"""Bytes of an asset's name that its file's name shows; systems allow 255 in all."""

UNFIT: Final = re.compile(r'[%<>:"/\\|?*\x00-\x1f\x7f]|[. ]$')
"""What no file's name may hold or end with on Windows, and the mark of what was replaced.

Source: Microsoft, Naming Files, Paths, and Namespaces, read 2026-11-21.
"""

DEVICE: Final = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
"""Names that are devices on Windows, whatever follows their first dot. Source: the same."""


@dataclass(frozen=True, slots=True)
class Lock:
    """What is in a lock, and what was put right to read it.

    `remembered` are the slots that are in none of its files: the store had them in mind.
    """

    entries: Mapping[Slot, Entry]
    repairs: tuple[Diagnostic, ...] = ()
    remembered: frozenset[Slot] = frozenset()


def folder_of(root: Path, pipeline_file: str) -> Path:
    """Return the lock's folder, such as `assetforge.lock`."""
    return root / f"{Path(pipeline_file).stem}.lock"


def file_name(asset: str) -> str:
    """Return the name of an asset's file: one that every system allows, another for each asset."""
    name = UNFIT.sub(lambda match: _escaped(match[0]), asset)
    if DEVICE.match(name):
        name = _escaped(name[0]) + name[1:]
    if len(name.encode()) > MAX_NAME:
        start = name.encode()[:MAX_NAME].decode(errors="ignore")
        name = f"{start}%{digest_of(asset.encode())[:SHOWN]}"
    return name + SUFFIX


def _escaped(character: str) -> str:
    return f"%{ord(character):02X}"


def collisions(assets: Iterable[str]) -> list[tuple[str, str]]:
    """Return the assets whose files would be one where case or accents' form does not count.

    The first of such assets is paired with each of the others.
    """
    first: dict[str, str] = {}
    found = []
    for asset in dict.fromkeys(assets):
        same = _folded(file_name(asset))
        if same in first:
            found.append((first[same], asset))
        first.setdefault(same, asset)
    return found


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def read_lock(folder: Path) -> Lock:
    """Return all that a lock holds; a folder that is not there holds nothing.

    Raises:
        InvalidSource: files that cannot be read; every problem of all of them.
    """
    problems: list[Diagnostic] = []
    repairs: list[Diagnostic] = []
    entries: dict[Slot, Entry] = {}
    read_before: list[Path] = []
    for path in lock_paths(folder):
        try:
            read = read_file(path)
        except InvalidSource as error:
            problems += error.diagnostics
            continue
        repairs += read.repairs
        twice = read.entries.keys() & entries.keys()
        for slot in [each for each in read.entries if each in twice]:
            repairs.append(repeated(slot, read.place(slot), _first_place(slot, read_before)))
            read.entries[slot] = combined(entries[slot], read.entries[slot])
        entries |= read.entries
        read_before.append(path)
    if problems:
        raise InvalidSource(problems)
    return Lock(entries, tuple(repairs))


def _first_place(slot: Slot, paths: Iterable[Path]) -> Place:
    """Return where a slot stands in the first of some files that has it.

    Raises:
        InvalidSource: a file of them was damaged meanwhile.
    """
    reads = (read for path in paths if slot in (read := read_file(path)).entries)
    return next((each.place(slot) for each in reads), Place(""))


def lock_paths(folder: Path) -> list[Path]:
    """Return the files of a lock, by name.

    Raises:
        InvalidSource: what is there is no folder, or may not be read.
    """
    return files_in(folder, SUFFIX, "the lock is", "lock-folder")


def read_file(path: Path) -> Read:
    """Return what a file of a lock holds; one that is not there holds nothing.

    Raises:
        InvalidSource: it cannot be read, or is no lock; every problem in it.
    """
    shown = f"{path.parent.name}/{path.name}"
    data = bytes_of(path, shown)
    return Read(Places("", shown)) if data is None else read_text(data, shown)


def bytes_of(path: Path, shown: str) -> bytes | None:
    """Return a file's bytes; None: there is none.

    Raises:
        InvalidSource: it is no ordinary file, too large, or cannot be read.
    """
    try:
        if reading(path).exists() and not path.is_file():
            advice = "move it away, and take the file from git"
            raise invalid("not-a-file", f"'{shown}' is no ordinary file", shown, advice)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(shown, error) from error
    if len(data) > MAX_BYTES:
        raise invalid("too-large", f"'{shown}' is larger than {MAX_BYTES // 1_000_000} MB", shown)
    return data


def write_changes(folder: Path, changes: Mapping[Slot, Entry | None], scratch: Path) -> list[str]:
    """Change some slots of a lock, None removes one, and return the names of the files written.

    Files are read again, and other slots stay as they are written there. Whoever calls holds the
    store's transaction, so that no other process writes in between. `scratch` is a folder, on the
    same file system if there is one.

    Raises:
        InvalidSource: a file that has to be changed cannot be read.
        StoreProblem: a file cannot be written.
    """
    assets = {slot.asset for slot in changes}
    held = {path: read_file(path) for path in _files_of(folder, assets)}
    after = {path: dict(read.raws) for path, read in held.items()}
    for slot, entry in changes.items():
        for raws in after.values():
            raws.pop(slot, None)
        if entry is not None:
            after[folder / file_name(slot.asset)][slot] = to_json(entry)
    changed = [path for path in after if after[path] != held[path].raws or held[path].repairs]
    # What moves from one file to another is in both before it is gone from the first.
    for path in sorted(changed, key=lambda path: len(after[path]) < len(held[path].raws)):
        write_file(path, after[path], scratch)
    return sorted(path.name for path in changed)


def _files_of(folder: Path, assets: Iterable[str]) -> set[Path]:
    """Return the files of some assets, and others that seem to hold something of them.

    A file may have been renamed or copied by hand: what it holds counts, not its name.
    """
    names = list(assets)
    own = {folder / file_name(each) for each in names}
    starts = [json.dumps(each, ensure_ascii=False)[:-1].encode() for each in names]
    marks = [start + end for start in starts for end in (b'"', b"/")]
    others = [path for path in lock_paths(folder) if path not in own] if names else []
    return own | {path for path in others if _holds_any(path, marks)}


def _holds_any(path: Path, marks: Iterable[bytes]) -> bool:
    try:
        data = bytes_of(path, path.name) or b""
    except InvalidSource:
        return False  # a build must not fail for the file of an asset that it does not touch
    return any(mark in data for mark in marks)


def write_file(path: Path, raws: Mapping[Slot, Json], scratch: Path) -> None:
    """Write a file of a lock; without entries it goes, and the folder with the last of them.

    Raises:
        StoreProblem: it cannot be written.
    """
    try:
        if raws:
            _put(path, text_of(raws).encode(), scratch)
        elif path.exists():
            path.unlink()
            sync_there(path.parent)
            with suppress(OSError):  # it is not empty
                path.parent.rmdir()
        wrote(path)
    except OSError as error:
        raise disk_problem(error, "cannot write the lock") from error


def _put(path: Path, data: bytes, scratch: Path) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, data, durable=True, scratch=scratch)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        write_atomically(path, data, durable=True, scratch=path.parent)
