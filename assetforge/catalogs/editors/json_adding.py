"""Puts a new member into a JSON file: beside its neighbours, indented and nested as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assetforge.catalogs.editors.json_members import Member, Path, members
from assetforge.catalogs.editors.json_style import Style
from assetforge.catalogs.editors.raw_text import Patch

_SPACE = re.compile(r"[ \t\r\n]*")


def added(file: str, path: Path, written: str, style: Style, order: Sequence[str]) -> Patch:
    """Return what adds a text.

    Args:
        file: with plain line ends.
        path: the keys that lead to the text, as far as they can be nested.
        written: the text as a JSON string.
        style: how keys are written.
        order: dotted ids in the order they should have; the new one among them, or not.
    """
    known = {each.path: each for each in members(file)}
    depth = _depth(known, path)
    parent, rest = path[:depth], path[depth:]
    if rest[:1] and rest[:-1] and (*parent, rest[0]) in known:
        rest = (".".join(rest),)  # a text stands where the object would have to
    there = [each for each in known.values() if each.path[:-1] == parent]
    if not there:
        return _into_empty(file, known.get(parent), rest, written, style)
    neighbour, behind = _neighbour(there, (*parent, rest[0]), order)
    space = _space_before(file, neighbour, there)
    item = "" if neighbour.start == neighbour.value else _colon(file, neighbour)
    text = _nested(rest, written, style, item, space, _unit(file))
    if behind:
        return Patch(neighbour.end, neighbour.end, f",{space}{text}")
    return Patch(neighbour.start, neighbour.start, f"{text},{space}")


def _depth(known: dict[Path, Member], path: Path) -> int:
    """Return how many keys of a path lead to an object, or list, that is there."""
    for depth in range(len(path) - 1, 0, -1):
        found = known.get(path[:depth])
        if found and (found.is_object or any(each[:-1] == path[:depth] for each in known)):
            return depth
    return 0


def _neighbour(there: Sequence[Member], path: Path, order: Sequence[str]) -> tuple[Member, bool]:
    """Return the member to stand next to, and whether behind it; by default behind the last."""
    ranks = _ranks(order)
    own = ranks.get(".".join(path))
    ranked = [(ranks[id], each) for each in there if (id := ".".join(each.path)) in ranks]
    if own is None or not ranked:
        return there[-1], True
    before = [pair for pair in ranked if pair[0] < own]
    if before:
        return max(before, key=lambda pair: (pair[0], pair[1].start))[1], True
    return min(ranked, key=lambda pair: (pair[0], pair[1].start))[1], False


def _ranks(order: Iterable[str]) -> dict[str, int]:
    """Return where each id stands in an order, and each object: where its first member does."""
    ranks: dict[str, int] = {}
    for rank, id in enumerate(order):
        keys = id.split(".")
        for depth in range(1, len(keys) + 1):
            ranks.setdefault(".".join(keys[:depth]), rank)
    return ranks


def _space_before(file: str, member: Member, there: Sequence[Member]) -> str:
    """Return the space that stands before members: of its line, or after a comma."""
    own = _space_ending(file, member.start)
    if "\n" in own or len(there) == 1:
        return own if "\n" in own else " "
    return _space_ending(file, there[1].start)


def _space_ending(file: str, end: int) -> str:
    start = end
    while start and file[start - 1] in " \t\r\n":
        start -= 1
    return file[start:end]


def _colon(file: str, member: Member) -> str:
    """Return what stands between a key and its value."""
    between = re.compile(r"[ \t\r\n]*:[ \t\r\n]*$").search(file, member.start, member.value)
    assert between, "BUG: a member without a colon"
    return between[0]


def _unit(file: str) -> str:
    """Return what lines are indented by, for each level."""
    first = _SPACE.match(file, file.index("{") + 1)
    return first[0].rpartition("\n")[2] if first and "\n" in first[0] else ""


def _nested(rest: Path, written: str, style: Style, colon: str, space: str, unit: str) -> str:
    """Return a member whose value is a text, or an object with one member and so on."""
    if not colon:
        return written
    if len(rest) == 1:
        return f"{style.string(rest[0])}{colon}{written}"
    lines = "\n" in space
    deeper = space + unit if lines else ""
    inner = _nested(rest[1:], written, style, colon, deeper, unit)
    return f"{style.string(rest[0])}{colon}{{{deeper}{inner}{space if lines else ''}}}"


def _into_empty(file: str, parent: Member | None, rest: Path, written: str, style: Style) -> Patch:
    """Return what adds the first member of an object."""
    unit = _unit(file) if parent else "  "
    start = file.index("{", parent.value if parent else 0)
    end = file.index("}", start)
    outer = "\n"
    if parent:
        outer = _space_ending(file, parent.start)
    text = _nested(rest, written, style, ": ", outer + unit, unit)
    if "\n" not in outer:
        return Patch(start + 1, end, _nested(rest, written, style, ": ", "", ""))
    return Patch(start + 1, end, f"{outer}{unit}{text}{outer}")
