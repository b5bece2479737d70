"""Quarantine: where damaged files of the store are kept, each with a note. Nothing is deleted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from assetforge.store.cas import write_atomically

NOTE = ".note"
"""How the name of a note ends."""


class Quarantine:
    """The folder `quarantine` of a store."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / "quarantine"

    def take(self, path: Path, why: str, of: Sequence[str] = ()) -> Path | None:
        """Move a file here, and return where it is now; None: it was gone.

        Args:
            path: the file, in the store.
            why: what is wrong with it.
            of: the results that name it.

        Raises:
            OSError: it cannot be moved.
        """
        self._folder.mkdir(exist_ok=True)
        now = datetime.now(UTC)
        place = self._folder / f"{path.name}.{uuid4().hex[:8]}"
        try:
            path.replace(place)
        except FileNotFoundError:
            return None
        note = {
            "was": path.relative_to(self._root).as_posix(),
            "why": why,
            "found_at": now.isoformat(timespec="seconds"),
            "results": list(of),
        }
        text = json.dumps(note, ensure_ascii=False, indent=2) + "\n"
        notes = place.with_name(f"{place.name}{NOTE}")
        write_atomically(notes, text.encode(), durable=False, scratch=self._root / "tmp")
        return place

    def files(self) -> list[Path]:
        """Return what is here, notes aside."""
        found = self._folder.glob("*") if self._folder.is_dir() else ()
        return sorted(path for path in found if not path.name.endswith(NOTE))

    def holds_results(self) -> bool:
        """Tell whether a result is here: nobody knows then which blob was its picture."""
        return any(".json" in path.name or ".arrived" in path.name for path in self.files())
