"""Catalogs as a folder with one text file per message, as fastlane keeps store listings.

`de-DE/title.txt` (Android) or `de-DE/subtitle.txt` (iOS) holds the message `title` or `subtitle`.
Folders inside (`changelogs`, `images`) and files without `.txt` are no messages. A message's line
is that of its own file.
"""

from __future__ import annotations

import os
from pathlib import Path

from assetforge.catalogs.base import Content, Message
from assetforge.catalogs.discovery import MESSAGE_SUFFIX
from assetforge.catalogs.formats.entries import Entries
from assetforge.catalogs.text import (
    find_unshowable,
    place_at,
    read_text,
    unreadable,
    unshowable_character,
)
from assetforge.errors import Diagnostic, InvalidSource


def read(path: Path, name: str, locale: str, syntax: str) -> Content:
    """Return the messages of a folder by file name without `.txt`; final newlines do not count.

    Raises:
        InvalidSource: the folder or a file cannot be read; every problem in it, located.
    """
    messages: dict[str, Message] = {}
    problems: list[Diagnostic] = []
    for file in _message_files(path, name):
        id = file.removesuffix(MESSAGE_SUFFIX)
        try:
            messages[id] = _read_message(path / file, f"{name}/{file}", id, syntax or "plain")
        except InvalidSource as error:
            problems.extend(error.diagnostics)
    if problems:
        raise InvalidSource(problems)
    return Content(own=messages)


def _message_files(path: Path, name: str) -> list[str]:
    try:
        with os.scandir(path) as entries:
            files = [entry.name for entry in entries if not entry.is_dir()]
    except OSError as error:
        raise unreadable(name, error) from None
    shown = (file for file in files if file.isprintable() and not file.startswith("."))
    return sorted(file for file in shown if file.endswith(MESSAGE_SUFFIX))


def _read_message(path: Path, name: str, id: str, syntax: str) -> Message:
    text = read_text(path, name).rstrip("\n")
    hit = find_unshowable(text)
    if hit is not None:
        problem = unshowable_character(text[hit], place_at(text, hit, name), "text holds")
        raise InvalidSource([problem])
    entries = Entries(name, syntax)
    message = entries.message(id, text, 1, 1)
    entries.check()
    return message
