"""Digests of bytes, and the one canonical form that is ever hashed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final, NewType, TypeAlias

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


PLAIN: Final = frozenset({str, int, bool, type(None)})
"""Types of values that hold no others, and that have one canonical form."""

ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
)


def canonical_json(value: Json) -> bytes:
    """Return the one byte string that stands for a value: sorted keys, no spaces, UTF-8.

    Raises:
        TypeError: the value holds a float or anything else that JSON or we do not allow.
    """
    if type(value) not in PLAIN:
        _refuse_floats(value)
    return ENCODER.encode(value).encode("utf-8", "surrogatepass")


def _refuse_floats(value: object) -> None:
    """Look through what is not plain; a class of its own may be a kind of what we allow."""
    if isinstance(value, dict):
        for key, item in value.items():
            if type(key) is not str and not isinstance(key, str):
                raise TypeError(f"BUG: a key that is no string in a manifest: {key!r}")
            if type(item) not in PLAIN:
                _refuse_floats(item)
    elif isinstance(value, list):
        for item in value:
            if type(item) not in PLAIN:
                _refuse_floats(item)
    elif isinstance(value, float):
        raise TypeError(f"BUG: a float in a manifest: {value!r}")
