"""Writes one text into its catalog file: whole or not at all, and nothing else with it.

What is written is read again before it takes the file's place: the text has to be the one that was
meant, and all others as they were.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from assetforge import registry
from assetforge.catalogs.discovery import FOLDER, MESSAGE_SUFFIX
from assetforge.catalogs.editors.base import Change
from assetforge.catalogs.text import plain_lines
from assetforge.errors import AssetforgeError, UsageProblem
from assetforge.locale_desk.places import TextPlace

TRIES = 5
"""How often a file may change under our hands before we give up."""

NEW_FILE_MODE = 0o644

SOURCE = "source "
"""Put before the ids of what a file says in the source locale."""

SHOWN = 60
"""How many characters of a text an error shows."""

_lock = threading.Lock()


class TextChanged(AssetforgeError):
    """The text is not any more what somebody saw; they should look again."""


def save_text(root: Path, place: TextPlace, form: str, text: str, was: str, like: Path) -> str:
    """Put a text into its file; returns one line for people.

    Args:
        root: of the project.
        place: where the text stands, or will; its file can be edited.
        form: of the message.
        text: the new one.
        was: the text that its author saw; empty where there was none.
        like: the file of the source locale, there or not.

    Raises:
        TextChanged: the file has another text than was seen.
        InvalidSource: the text is not of its syntax, or holds what no picture can show.
        UsageProblem: the file would not read as it should, or cannot be written.
    """
    text = plain_lines(text)
    if place.file.format == FOLDER:
        text = text.rstrip("\n")
    target = _inside(root, place)
    with _lock:
        for _ in range(TRIES):
            before = _bytes_of(target, place.name)
            after = _edited(place, before or b"", Change(place.inner, form, text), was, like)
            if after == before:
                return f"{place.name} says so already"
            if _put(target, before, after, place, Change(place.id, form, text)):
                return _words(place.name, before, after)
    raise TextChanged(f"{place.name} changes again and again; save once more")


def _inside(root: Path, place: TextPlace) -> Path:
    """Return the file itself, where a link leads to it.

    Raises:
        UsageProblem: it lies outside the project.
    """
    target = Path(os.path.realpath(place.path))
    if not target.is_relative_to(os.path.realpath(root)):
        raise UsageProblem(f"{place.name} is a link that leads out of the project; edit it there")
    return target


def _bytes_of(path: Path, name: str) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageProblem(f"{name} cannot be read: {error.strerror}") from error


def _edited(place: TextPlace, before: bytes, change: Change, was: str, like: Path) -> bytes:
    """Return the file with the change made.

    Raises:
        TextChanged: it has another text than was seen.
        UsageProblem: it is no UTF-8 any more.
    """
    editor = place.editor
    assert editor is not None, "BUG: a file that cannot be edited"
    try:
        raw = before.decode()
    except UnicodeDecodeError:
        raise UsageProblem(f"{place.name} is no UTF-8 any more") from None
    now = place.written(raw, change.form).text
    if now != plain_lines(was):
        raise TextChanged(f"{place.name} has another text now: {_short(now)}")
    return editor.edited(raw, change, place.file.syntax, raw_of(like)).encode()


def raw_of(path: Path) -> str:
    """Return a file as it is; empty where there is none that can be read."""
    with suppress(OSError, UnicodeDecodeError):
        return path.read_bytes().decode()
    return ""


def _put(
    target: Path, before: bytes | None, after: bytes, place: TextPlace, change: Change
) -> bool:
    """Replace a file; False if it was changed meanwhile.

    Raises:
        InvalidSource: its reader refuses what would be written.
        UsageProblem: it would read otherwise than it should, or cannot be written.
    """
    _make_sure(place, before or b"", after, change)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(after)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(NEW_FILE_MODE if before is None else target.stat().st_mode & 0o7777)
            unchanged = _bytes_of(target, place.name) == before
            if unchanged:
                temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise UsageProblem(f"{place.name} cannot be written: {error.strerror}") from error
    return unchanged


def _make_sure(place: TextPlace, before: bytes, after: bytes, change: Change) -> None:
    """Make sure that what is written reads as it should.

    Raises:
        InvalidSource: its reader refuses it.
        UsageProblem: the text would be another, or another would.
    """
    said, meant = _said(place, after), _said(place, before)
    added = dict.fromkeys(said.get(place.inner, {}), "")
    meant[place.inner] = added | meant.get(place.inner, {}) | {change.form: change.text}
    mine = dict.fromkeys([change.id, f"{SOURCE}{change.id}"])
    if said != meant or _read(place, before) | mine != _read(place, after) | mine:
        raise UsageProblem(f"{place.name} cannot hold this text beside its others; edit it there")


def _said(place: TextPlace, data: bytes) -> dict[str, dict[str, str]]:
    """Return the texts of a file as they are written, by id and form."""
    texts = place.texts(data.decode())
    return {id: {form: each.text for form, each in some.items()} for id, some in texts.items()}


def _read(place: TextPlace, data: bytes) -> dict[str, object]:
    """Return what the reader of a file makes of it: messages without their places."""
    file = place.file
    with tempfile.TemporaryDirectory(prefix="assetforge-texts-") as folder:
        in_folder = file.format == FOLDER
        path = Path(folder, f"{place.id}{MESSAGE_SUFFIX}" if in_folder else "catalog")
        path.write_bytes(data)
        read = registry.reader(file.format)
        content = read(path.parent if in_folder else path, file.name, file.locale, file.syntax)
    own = [content.own, *content.others.values()]
    named = [(id, each) for messages in own for id, each in messages.items()]
    named += [(f"{SOURCE}{id}", each) for id, each in content.source.items()]
    return {id: each._replace(line=0, column=0, length=0) for id, each in named}


def _words(name: str, before: bytes | None, after: bytes) -> str:
    """Return what was done, for people."""
    if before is None:
        return f"saved {name}: a new file"
    lines = changed_lines(before.splitlines(), after.splitlines())
    return f"saved {name}: {lines} {'line' if lines == 1 else 'lines'} changed"


def changed_lines(old: Sequence[bytes], new: Sequence[bytes]) -> int:
    """Return how many lines lie between the first and the last that differ."""
    shorter = min(len(old), len(new))
    first = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - first
    last = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    return max(len(old), len(new)) - first - last


def _short(text: str) -> str:
    shown = " ".join(text.split())
    more = "…" if len(shown) > SHOWN else ""
    return f"'{shown[:SHOWN]}{more}'" if shown else "none"
