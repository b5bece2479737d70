"""Catalogs as a folder with one text file per message, as fastlane keeps store listings.

`de-DE/title.txt` holds the message `title`. Folders inside (`changelogs`, `images`) and files
without `.txt` are no messages.
"""

from __future__ import annotations

import os
from pathlib import Path

from assetforge.catalogs.base import Message
from assetforge.catalogs.text import (
    find_unshowable,
    is_blank,
    place_at,
    read_text,
    unreadable,
    unshowable_character,
)
from assetforge.errors import Diagnostic, InvalidSource, Place

SUFFIX = ".txt"


def read(path: Path, name: str) -> dict[str, Message]:
    """Return the messages of a folder by file name without `.txt`; final newlines do not count.

    Raises:
        InvalidSource: the folder or a file cannot be read; every problem in it, located.
    """
    messages: dict[str, Message] = {}
    problems: list[Diagnostic] = []
    for file in _message_files(path, name):
        try:
            text = _read_message(path / file, f"{name}/{file}")
        except InvalidSource as error:
            problems.extend(error.diagnostics)
            continue
        if not is_blank(text):
            messages[file.removesuffix(SUFFIX)] = Message(text, Place(f"{name}/{file}", 1, 1))
    if problems:
        raise InvalidSource(problems)
    return messages


def _message_files(path: Path, name: str) -> list[str]:
    try:
        with os.scandir(path) as entries:
            files = [entry.name for entry in entries if not entry.is_dir()]
    except OSError as error:
        raise unreadable(name, error) from None
    shown = (file for file in files if file.isprintable() and not file.startswith("."))
    return sorted(file for file in shown if file.endswith(SUFFIX))


def _read_message(path: Path, name: str) -> str:
    text = read_text(path, name).rstrip("\n")
    hit = find_unshowable(text)
    if hit is not None:
        problem = unshowable_character(text[hit], place_at(text, hit, name), "text holds")
        raise InvalidSource([problem])
    return text
