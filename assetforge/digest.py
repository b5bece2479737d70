"""Digests of bytes, and the one canonical form that is ever hashed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import NewType, TypeAlias

Digest = NewType("Digest", str)
"""SHA-256 of some bytes, 64 lowercase hex characters."""

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
"""What a manifest may hold. No floats: they have no canonical form."""

SHOWN = 12
"""How many characters of a digest or key a person sees."""


def digest_of(data: bytes) -> Digest:
    """Return the digest of bytes."""
    return Digest(hashlib.sha256(data).hexdigest())


def digest_of_file(path: Path) -> Digest:
    """Return the digest of a file's bytes, read in pieces.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return Digest(hashlib.file_digest(file, "sha256").hexdigest())


def canonical_json(value: Json) -> bytes:
    """Return the one byte string that stands for a value: sorted keys, no spaces, UTF-8.

    Raises:
        TypeError: the value holds a float or anything else that JSON or we do not allow.
    """
    _refuse_floats(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError(f"BUG: a float in a manifest: {value!r}")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"BUG: a key that is no string in a manifest: {key!r}")
            _refuse_floats(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_floats(item)
