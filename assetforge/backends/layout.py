"""Where blobs and results lie in a folder and in a bucket: as in the store of one project."""

from __future__ import annotations

import re
from typing import Final

from assetforge.backends.base import Kind

FOLDERS: Final[dict[Kind, str]] = {"blobs": "cas", "results": "actions"}

SUFFIXES: Final[dict[Kind, str]] = {"blobs": "", "results": ".json"}

NAME: Final = re.compile(r"[0-9a-f]{64}")


def path_of(kind: Kind, name: str) -> str:
    """Return the path of a blob or result below the store's root, with forward slashes."""
    assert NAME.fullmatch(name), f"BUG: no name of a blob or result: {name!r}"
    return f"{FOLDERS[kind]}/{name[:2]}/{name}{SUFFIXES[kind]}"


def name_of(kind: Kind, file: str) -> str | None:
    """Return the name that a file stands for; None: it is none of ours."""
    name = file.removesuffix(SUFFIXES[kind])
    return name if NAME.fullmatch(name) and file == name + SUFFIXES[kind] else None
