"""The look at the blobs: every byte of each."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from assetforge.action import ActionKey
from assetforge.digest import SHOWN, Digest, digest_of_file
from assetforge.store.fsck.look import Look

HEX: Final = frozenset("0123456789abcdef")

WHOLE: Final = 64
"""Characters of a digest."""


def read_blobs(look: Look) -> None:
    """Read all blobs, and set aside those whose bytes are not what their name says."""
    for path in sorted((look.root / "cas").glob("*/*")):
        digest = Digest(path.name)
        if len(digest) != WHOLE or not HEX.issuperset(digest) or path.parent.name != digest[:2]:
            name = look.name(path)
            look.found("stray-file", name, f"'{name}' is no blob", "noted")
            continue
        with suppress(FileNotFoundError):  # removed a moment ago
            look.size += path.stat().st_size
            look.blobs += 1
            if digest_of_file(path) != digest:
                _set_aside(look, path, digest)


def _set_aside(look: Look, path: Path, digest: Digest) -> None:
    why = "its bytes are not what its name says"
    if look.act:
        place = look.quarantine.take(path, why, _keys_of(look, digest))
        if place is not None and digest_of_file(place) == digest:
            place.replace(path)  # somebody put good bytes there just now
            return
    look.damaged.add(digest)
    words = f"the blob {digest[:SHOWN]} is damaged: moved to quarantine"
    look.found("damaged-blob", digest, words, "repaired")


def _keys_of(look: Look, digest: Digest) -> list[ActionKey]:
    """Return the keys of the results with an artifact, each once."""
    return list(dict.fromkeys(each.key for each in look.results() if each.artifact == digest))
