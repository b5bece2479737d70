"""How pictures differ: in one line, as a document, and side by side in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assetforge.digest import Json
from assetforge.errors import UsageProblem
from assetforge.images import Difference, difference, pixel_digest, side_by_side, size_of
from assetforge.pipeline import Size

EDGE: Final = 640
"""How high each picture is shown beside others, in pixels."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An encoded picture and what a person calls it."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Compared:
    """Two pictures, by name, size and digest of their pixels, and how they differ."""

    names: tuple[str, str]
    sizes: tuple[Size, Size]
    pixels: tuple[str, str]
    same_bytes: bool
    difference: Difference

    @property
    def same_pixels(self) -> bool:
        """Whether both show just the same."""
        return self.pixels[0] == self.pixels[1]


def compared(one: Shown, two: Shown) -> Compared:
    """Compare two pictures.

    Raises:
        UnreadableImage: one of them cannot be decoded.
    """
    return Compared(
        names=(one.name, two.name),
        sizes=(size_of(one.data), size_of(two.data)),
        pixels=(pixel_digest(one.data), pixel_digest(two.data)),
        same_bytes=one.data == two.data,
        difference=difference(one.data, two.data),
    )


def compared_text(found: Compared) -> str:
    """Return how two pictures differ, in one line."""
    return f"{found.names[0]} and {found.names[1]}: {_how(found)}"


def _how(found: Compared) -> str:
    if found.same_bytes:
        return "the same bytes"
    if found.same_pixels:
        return "the same pixels in other bytes"
    each = found.difference
    distance = f"dHash distance {each.distance}"
    scaled = "" if each.same_size else f"{found.sizes[1]} scaled to {found.sizes[0]}; "
    if each.box is None:
        return f"{scaled}no pixel visibly differs; {distance}"
    x, y, width, height = each.box
    share = _share(each.changed_permille)
    return f"{scaled}{share} of the pixels differ, inside {width}x{height} at {x},{y}; {distance}"


def _share(permille: int) -> str:
    return f"{permille // 10}.{permille % 10} %" if permille else "less than 0.1 %"


def compared_json(found: Compared) -> dict[str, Json]:
    """Return the difference of `assetforge.diff/1`."""
    each = found.difference
    return {
        "between": list(found.names),
        "pixels": list(found.pixels),
        "same_bytes": found.same_bytes,
        "same_pixels": found.same_pixels,
        "same_size": each.same_size,
        "changed_permille": each.changed_permille,
        "box": None if each.box is None else list(each.box),
        "dhash_distance": each.distance,
    }


def refuse_path(path: Path) -> None:
    """Check that a picture may be written to a path.

    Raises:
        UsageProblem: something is there, or the name is of no PNG.
    """
    if path.suffix.lower() != ".png":
        raise UsageProblem(f"'{path}' would be a PNG; name it '{path.with_suffix('.png')}'")
    if path.exists():
        raise UsageProblem(f"'{path}' is there already; name another file, or remove it")


def write_side_by_side(pictures: Sequence[Shown], path: Path) -> str:
    """Write pictures into one PNG, and say what it shows.

    Raises:
        UsageProblem: something is at the path, or it cannot be written.
        UnreadableImage: one of them cannot be decoded.
    """
    refuse_path(path)
    data = side_by_side([each.data for each in pictures], EDGE)
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise UsageProblem(f"cannot write '{path}': {error.strerror or error}") from error
    names = [each.name for each in pictures]
    if len(names) == 2:
        names.append("their difference")
    return f"written '{path.as_posix()}': {', '.join(names)}"
