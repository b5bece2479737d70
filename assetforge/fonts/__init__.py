"""The bundled fonts: subsets of Noto for 23 scripts, so that every machine draws the same text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from assetforge.digest import Digest, digest_of, digest_of_file

FOLDER = Path(__file__).parent
FURTHER = FOLDER / "further"

VERSION = "bcaa57fd954c"
"""The start of `digest_of_all()`: planning does not read 18 MB of fonts."""


@cache
def files() -> tuple[Path, ...]:
    """Return the font files, Noto Sans first, symbols last, in the same order everywhere."""
    return tuple(sorted(FOLDER.glob("*.ttf"), key=_rank))


@cache
def further() -> tuple[Path, ...]:
    """Return the font files that came later: typeset text is drawn with them too, drafts are not.

    So a font can join without another look of, and another key for, every draft there is.
    """
    return tuple(sorted(FURTHER.glob("*.ttf")))


def _rank(path: Path) -> tuple[int, str]:
    """CJK fonts stand behind the others: they have symbols of many scripts, in another style."""
    order = {"NotoSans": 0, "NotoSansJP": 2, "NotoSansSC": 2, "NotoSansTC": 2, "NotoSansKR": 2}
    return (3 if "Symbols" in path.stem else order.get(path.stem, 1), path.name)


@cache
def digest() -> Digest:
    """Return one digest of the fonts that drafts are drawn with, for their keys."""
    return digest_of("".join(digest_of_file(path) for path in files()).encode())


@cache
def digest_of_all() -> Digest:
    """Return one digest of all bundled fonts, for keys of what was drawn with them."""
    every = (*files(), *further())
    return digest_of("".join(digest_of_file(path) for path in every).encode())
