"""The text of one lock file: made to be read, compared and merged.

Sorted, one line a field, one block a variant. Git merges what was changed in two blocks, or in two
profiles or steps of one, without a conflict.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from assetforge.digest import Json
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.json_text import json_text
from assetforge.lock.entry import Entry, Slot, from_json, to_json
from assetforge.lock.merge import combined, first_conflict
from assetforge.lock.places import Places

SCHEMA: Final = "assetforge.lock/1"

FAMILY: Final = "assetforge.lock/"

TAKE_OLD: Final = "take the file from git, or delete it to lose what was decided"
"""What to do where nothing else helps."""

HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
"""How half a character may be escaped."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a lock file holds: entries, and each as it is written there.

    `repairs` say what stood there twice; the entries are those that stand.
    """

    places: Places
    entries: dict[Slot, Entry] = field(default_factory=dict)
    raws: dict[Slot, Json] = field(default_factory=dict)
    repairs: list[Diagnostic] = field(default_factory=list)

    def place(self, slot: Slot, turn: int = 0) -> Place:
        """Return where the entry of a slot stands."""
        return self.places.of(("variants", *slot), turn)


class _Repeating(dict[str, Any]):
    """A mapping in which a key stands more than once; `pairs` are all that were written."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def text_of(raws: Mapping[Slot, Json]) -> str:
    """Return the text of a lock file."""
    variants: dict[str, Any] = {}
    for (variant, profile, step), raw in raws.items():
        variants.setdefault(variant, {}).setdefault(profile, {})[step] = raw
    document: dict[str, Json] = {"schema": SCHEMA, "variants": variants}
    return json_text(document, sort_keys=True) + "\n"


def read_text(data: bytes, shown: str) -> Read:
    """Return what the bytes of a lock file hold. `shown` is the file's name in places.

    Raises:
        InvalidSource: it is no lock; every problem in it, or what leaves the rest unreadable.
    """
    text = _decoded(data, shown)
    places = Places(text, shown)
    top, repeating = _loaded(text, places, shown)
    _check_schema(top, places)
    read = Read(places)
    problems = list(_taken_in(top, read, repeating=repeating))
    if problems:
        raise InvalidSource(problems)
    return read


def _decoded(data: bytes, shown: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        places = Places(before, shown)
        place = places.offset(len(before), len(before) + 1)
        raise _invalid(f"the byte 0x{data[error.start]:02x} is no UTF-8", place) from None


def _loaded(text: str, places: Places, shown: str) -> tuple[Any, bool]:
    """Return the JSON of a text, and whether a key stands more than once in a mapping of it.

    Raises:
        InvalidSource: it is in conflict, is none, or holds what no lock does.
    """
    if conflict := first_conflict(text):
        problem = Diagnostic(
            "lock-conflict",
            "conflict of two branches",
            places.offset(*conflict.span()),
            help="run `assetforge lock --resolve`",
        )
        raise InvalidSource([problem])
    repeating = []

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        repeating.append(found)
        return _Repeating(pairs)

    try:
        top = json.loads(
            text, object_pairs_hook=mapping, parse_float=_refuse, parse_constant=_refuse
        )
        if "\\u" in text and HALF.search(text):
            json.dumps(top, ensure_ascii=False).encode()
        return top, bool(repeating)
    except json.JSONDecodeError as error:
        place = places.offset(error.pos, error.pos + 1)
        raise _invalid(f"this is no JSON: {error.msg[:1].lower()}{error.msg[1:]}", place) from None
    except RecursionError:
        raise _invalid("this is nested too deeply", Place(shown)) from None
    except UnicodeEncodeError:
        raise _invalid("an escape stands for half a character", Place(shown)) from None
    except ValueError as error:
        raise _invalid(f"a number is none of a lock: {error}", Place(shown)) from None


def _refuse(number: str) -> NoReturn:
    raise ValueError(f"'{number[:20]}' is not whole")


def _check_schema(top: Any, places: Places) -> None:
    """Check that a file is a lock, and one of ours.

    Raises:
        InvalidSource: it is not.
    """
    schema = top.get("schema") if isinstance(top, dict) else None
    if schema == SCHEMA:
        return
    place = places.of(("schema",))
    if isinstance(schema, str) and schema.startswith(FAMILY):
        words = f"this lock is '{schema}', this assetforge reads '{SCHEMA}'"
        raise _invalid(words, place, "use the assetforge that wrote it, or a later one")
    raise _invalid(f"this is no lock: it has no 'schema' of '{SCHEMA}'", place)


def _invalid(message: str, place: Place, advice: str = TAKE_OLD) -> InvalidSource:
    return InvalidSource([Diagnostic("lock-damaged", message, place, help=advice)])


def _taken_in(top: dict[str, Any], read: Read, *, repeating: bool) -> Iterator[Diagnostic]:
    """Take in all entries of a document, and yield what is wrong."""
    turns: dict[tuple[str, ...], int] = {}
    turn = 0
    for path, raw in _leaves(top, ()):
        if repeating:
            turn = turns.get(path, 0)
            turns[path] = turn + 1
        try:
            _take_in(path, raw, read, turn, repeating=repeating)
        except ValueError as error:
            place = read.places.of(path, turn)
            yield Diagnostic("lock-damaged", f"'{path[-1]}': {error}", place, help=TAKE_OLD)


ENTRY_DEPTH: Final = 4
"""How many keys lead to an entry: `variants`, variant, profile, step."""


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each entry with the keys that lead to it, or what stands where it should not."""
    if len(path) == ENTRY_DEPTH or not isinstance(value, dict):
        yield path, value
        return
    pairs = value.pairs if isinstance(value, _Repeating) else value.items()
    for key, each in pairs:
        if len(path) == ENTRY_DEPTH - 1:
            yield (*path, key), each
        elif path or key == "variants":
            yield from _leaves(each, (*path, key))
        elif key != "schema":
            yield (key,), each


def _take_in(path: tuple[str, ...], raw: Any, read: Read, turn: int, *, repeating: bool) -> None:
    """Take in one entry; of two for one slot, the better stands.

    Raises:
        ValueError: it is none, or stands where none should.
    """
    if path[0] != "variants":
        raise ValueError("there is no such field")
    if not isinstance(raw, dict):
        raise ValueError("it is no mapping")
    slot = Slot._make(path[1:])
    if not slot.variant or slot.variant[0] == "/":
        raise ValueError("it names no asset")
    if repeating and (twice := _twice(raw)):
        raise ValueError(f"the field '{twice}' stands there twice")
    entry = from_json(raw)
    known = read.entries.get(slot)
    if known is None:
        read.raws[slot] = raw
    else:
        entry = combined(known, entry)
        read.raws[slot] = to_json(entry)
        read.repairs.append(repeated(slot, read.place(slot, turn), read.place(slot)))
    read.entries[slot] = entry


def _twice(entry: Mapping[str, Any]) -> str | None:
    """Return a field that stands twice in an entry, or in a mapping right below it."""
    for value in (entry, *entry.values()):
        if isinstance(value, _Repeating):
            names = [name for name, _ in value.pairs]
            return next(name for name in names if names.count(name) > 1)
    return None


def repeated(slot: Slot, place: Place, first: Place) -> Diagnostic:
    """Return the warning that a slot has two entries."""
    return Diagnostic(
        "lock-duplicate",
        f"'{slot.variant}' stands there twice for step '{slot.step}' of profile '{slot.profile}'",
        place,
        help="the better one is used; `assetforge lock --resolve` removes the other",
        related=((first, "first here"),),
        severity="warning",
    )
