"""Writing notes: the smallest change of files that a person may have written.

Each variant's notes begin in a file of their own, so that what two people note of different
variants comes together without a conflict. Where a person has put several into one file, they stay
there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from assetforge.digest import SHOWN
from assetforge.errors import UsageProblem
from assetforge.lock.folder import SUFFIX as LOCK_SUFFIX
from assetforge.lock.folder import file_name
from assetforge.notes.note import MOST_NOTES, Note, said
from assetforge.notes.reading import SUFFIX, notes_folder, read_notes
from assetforge.notes.text import HEAD, is_same, with_note, without_note
from assetforge.source import read_source
from assetforge.store.cas import write_atomically
from assetforge.store.problems import disk_problem
from assetforge.syncing import sync_there

BOM = "\ufeff"

TRIES = 5
"""How often a file may change under our hands before we give up."""

_lock = threading.Lock()


def add(root: Path, file: str, variant: str, after: str, note: str, about: str = "") -> str:
    """Note what is to be changed in a picture, and return what to tell a person.

    Args:
        root: of the project.
        file: the pipeline file, relative to it.
        variant: whose picture it is.
        after: the step that made it.
        note: what to change.
        about: the digest of the picture that was seen, if that is known.

    Raises:
        UsageProblem: the note is empty, too long or no text, there are too many of them, or its
            file is to be changed by hand.
        InvalidSource: a file of notes is wrong.
        StoreProblem: the file cannot be written.
    """
    try:
        words = said(note)
    except ValueError as error:
        raise UsageProblem(f"this cannot be noted of '{variant}': {error}") from None
    new = Note(variant, after, words, about[:SHOWN])
    return _settled(lambda: _add(notes_folder(root, file), new))


def _add(folder: Path, new: Note) -> str:
    """Note it, and return what to say; nothing where its file changed meanwhile."""
    variant, notes = new.variant, read_notes(folder)
    if any(is_same(each, new) for each in notes):
        return f"'{new.after}' of {variant} has this note already"
    if sum(each.variant == variant for each in notes) >= MOST_NOTES:
        raise UsageProblem(f"'{variant}' has {MOST_NOTES} notes; say it in its prompt")
    path = _file_of(folder, variant, notes)
    text = _text_of(path)
    more = _marked(text, with_note(text.removeprefix(BOM), new, _shown(path)))
    done = _write(path, text, more)
    return f"noted: the next build edits '{new.after}' of {variant} once more" if done else ""


def remove(root: Path, file: str, variant: str, after: str, note: str) -> str:
    """Take a note back, and return what to tell a person; the arguments are those of `add`.

    Raises:
        UsageProblem: there is no such note, or its file is to be changed by hand.
        InvalidSource: a file of notes is wrong.
        StoreProblem: the file cannot be written.
    """
    with suppress(ValueError):  # what cannot be noted is none of them
        note = said(note)
    return _settled(lambda: _remove(notes_folder(root, file), Note(variant, after, note)))


def _remove(folder: Path, old: Note) -> str:
    """Take it back, and return what to say; nothing where its file changed meanwhile."""
    variant, notes = old.variant, read_notes(folder)
    if not any(is_same(each, old) for each in notes):
        raise UsageProblem(f"'{old.after}' of {variant} has no such note")
    path = _file_of(folder, variant, notes)
    text = _text_of(path)
    left = without_note(text.removeprefix(BOM), old, _shown(path))
    is_bare = left.replace("\r\n", "\n") in ("", HEAD)
    done = _write(path, text, "" if is_bare else _marked(text, left))
    words = f"taken back: no build edits '{old.after}' of {variant} for this any more"
    return words if done else ""


def _settled(change: Callable[[], str]) -> str:
    """Return what a change comes to; one at a time, and again where a file changed under it.

    Raises:
        UsageProblem: it changes again and again.
    """
    with _lock:
        for _ in range(TRIES):
            if words := change():
                return words
    raise UsageProblem("the notes change again and again; say it once more")


def _file_of(folder: Path, variant: str, notes: Sequence[Note]) -> Path:
    """Return the file that has a variant's notes, or the one where they would begin."""
    for each in notes:
        if each.variant == variant:
            return folder.parent / each.place.file
    name = file_name(variant.replace("/", "+")).removesuffix(LOCK_SUFFIX)
    return folder / f"{name}{SUFFIX}"


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _text_of(path: Path) -> str:
    """Return a file's text, with its byte order mark; of one that is not there, nothing.

    Raises:
        InvalidSource: it cannot be read.
    """
    if not path.exists():
        return ""
    text = read_source(path, _shown(path))
    return BOM + text if path.read_bytes().startswith(BOM.encode()) else text


def _marked(before: str, text: str) -> str:
    return BOM + text if before.startswith(BOM) else text


def _write(path: Path, before: str, text: str) -> bool:
    """Write a file of notes; an empty one goes, and the folder with the last of them.

    False: it has another text than before, and is left alone.

    Raises:
        InvalidSource: it cannot be read any more.
        StoreProblem: it cannot be written.
    """
    if _text_of(path) != before:
        return False
    try:
        if text:
            path.parent.mkdir(exist_ok=True)
            write_atomically(path, text.encode(), durable=True, scratch=path.parent)
            return True
        path.unlink()
        sync_there(path.parent)
        with suppress(OSError):  # it is not empty
            path.parent.rmdir()
        return True
    except OSError as error:
        raise disk_problem(error, "cannot write the notes") from error
