"""The look at the files of results."""

from __future__ import annotations

from pathlib import Path

from assetforge.store.action_cache import arrival_files, key_of_file, read_result, result_files
from assetforge.store.fsck.look import Look
from assetforge.store.problems import Damaged


def read_files(look: Look) -> None:
    """Read all files of results, and set aside what is none."""
    for path in [*arrival_files(look.root), *result_files(look.root)]:
        try:
            result = read_result(path)
        except Damaged as problem:
            _set_aside(look, path, problem.why)
            continue
        if result is not None:
            look.files[path] = result
        elif path.exists():
            _set_aside(look, path, "it is empty")


def _set_aside(look: Look, path: Path, why: str) -> None:
    name = look.name(path)
    words = f"'{name}' is damaged ({why}): moved to quarantine"
    row = look.rows.get(key_of_file(path))
    if row is not None:
        words += ", and written again from the index"
    look.found("damaged-result", name, words, "repaired")
    if look.act:
        look.quarantine.take(path, why, [row.artifact] if row else [])
