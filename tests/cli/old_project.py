"""A project whose pictures were bought by an earlier assetforge."""

from __future__ import annotations

import zipfile
from pathlib import Path

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.lock.entry import Entry, Slot
from assetforge.lock.folder import write_changes
from tests.space import Space
from tests.store.test_layout import ARCHIVE

WIDE_DE = "9922f5ca46df6adbe729d7a4f376cb93b7b278b32ea8af95f0686935d0adb7ea"
"""The picture of `banner/wide/de` after its paid edit."""

WIDE_DE_KEY = "18b3bd87a4f433aade09d4532645238365d479dd5c296d864511375f76b2d50e"

WIDE_DE_TARGET = "b3b1ed3b3c2add1a108b1e4319b5c8f329128b562f4be1cb347e33daf922c6a6"


def old_project(folder: Path) -> Space:
    """Return a project with two scenes and three edits that were paid for."""
    root = folder / "project"
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(root)
    return Space(root)


def blob(space: Space, digest: str) -> Path:
    return space.root / ".assetforge" / "cas" / digest[:2] / digest


def flip(space: Space, digest: str) -> bytes:
    """Flip one bit of a blob, and return the bytes it had."""
    path = blob(space, digest)
    before = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(before[:99] + bytes([before[99] ^ 1]) + before[100:])
    return before


def lock(
    space: Space,
    digest: str,
    variant: str = "banner/wide/de",
    *,
    folder: str = "assetforge.lock",
    previous: Entry | None = None,
) -> None:
    slot = Slot(variant, "final", "edit")
    entry = Entry(ActionKey(WIDE_DE_KEY), ActionKey(WIDE_DE_KEY), Digest(digest), previous=previous)
    write_changes(space.root / folder, {slot: entry}, space.root)
