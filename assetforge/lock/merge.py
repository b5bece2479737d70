"""Two entries for one slot, and two locks: which stands, so that nothing decided is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

from assetforge.action import ActionKey
from assetforge.digest import Digest, canonical_json
from assetforge.lock.entry import MOST_PAST, Entry, Slot, to_json, without_past

Entries: TypeAlias = Mapping[Slot, Entry]
Side: TypeAlias = Literal["ours", "theirs"]

START: Final = re.compile(r"^<{7}( .*)?\r?$", re.MULTILINE)
"""How a conflict begins."""

MARKERS: Final = {"<<<<<<<": "ours", "|||||||": "base", "=======": "theirs", ">>>>>>>": "end"}
"""A marker → whose lines follow it."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A slot that both sides changed, each to something else. None: that side removed it."""

    slot: Slot
    ours: Entry | None
    theirs: Entry | None
    stands: Side


class Sides(NamedTuple):
    """The texts of a file in conflict; `base` is None where the markers do not show it."""

    ours: str
    theirs: str
    base: str | None


def better(one: Entry, other: Entry) -> Entry:
    """Return the entry that stands; the same one whichever comes first.

    A real picture before an emulated one, pinned before accepted before undecided, the later
    decision before the earlier, what had more pictures rejected, then an order that is fixed.
    """
    return max(one, other, key=_rank)


def _rank(entry: Entry) -> tuple[bool, bool, bool, str, int, str, bytes]:
    return (
        not entry.emulated,
        entry.pinned is not None,
        entry.accepted is not None,
        entry.decided_at,
        len(entry.rejected),
        entry.artifact or "",
        canonical_json(to_json(entry)),
    )


def standing(one: Entry, other: Entry) -> Entry:
    """Return the entry that stands where both sides changed it.

    It is the better one, unless the other side rejected just that picture: what one person said is
    wrong is not shown because another one had not seen it.
    """
    winner = better(one, other)
    loser = other if winner == one else one
    refused = loser.base == winner.base and winner.artifact in loser.rejected
    return loser if refused and winner.pinned is None else winner


def combined(one: Entry, other: Entry) -> Entry:
    """Return the entry that stands, which remembers what was decided in the other.

    Of one picture, all that was said holds. Pictures that were rejected for the same words stay so.
    An accepted picture of other words becomes a previous one: should the merged words turn out to
    be those, it is found.
    """
    winner = standing(one, other)
    loser = other if winner == one else one
    kept = [loser] if loser.accepted or loser.pinned else []
    found = replace(
        winner,
        previous=_chained([*kept, *past_of(winner), *past_of(loser)], winner.base),
    )
    if loser.base == winner.base:
        found = replace(found, rejected=_rejected(winner, loser))
    if (loser.key, loser.artifact) == (winner.key, winner.artifact):
        verdicts = winner.accepted or loser.accepted, winner.pinned or loser.pinned
        found = replace(found, accepted=verdicts[0], pinned=verdicts[1])
    return found


def _rejected(winner: Entry, loser: Entry) -> tuple[Digest, ...]:
    """Return what either had rejected, but for the picture that stands."""
    more = (each for each in loser.rejected if each not in winner.rejected)
    return (*winner.rejected, *(each for each in more if each != winner.artifact))


def past_of(entry: Entry) -> list[Entry]:
    """Return what an entry remembers, the latest first."""
    found = []
    earlier = entry.previous
    while earlier is not None:
        found.append(earlier)
        earlier = earlier.previous
    return found


def _chained(entries: Iterable[Entry], now: ActionKey) -> Entry | None:
    """Return entries as a chain, the first of each base; none is of the present base."""
    by_base: dict[ActionKey, Entry] = {}
    for each in entries:
        if each.base != now:
            by_base.setdefault(each.base, without_past(each))
    chain: Entry | None = None
    for each in reversed(list(by_base.values())[:MOST_PAST]):
        chain = replace(each, previous=chain)
    return chain


def merged(
    base: Entries | None, ours: Entries, theirs: Entries
) -> tuple[dict[Slot, Entry], list[Clash]]:
    """Return what two locks come to, by slot, and where they clash.

    What only one side changed is as it left it. What both changed is the better of the two; what
    one changed and the other removed stays. Without a `base`, nobody removed anything.
    """
    entries: dict[Slot, Entry] = {}
    clashes: list[Clash] = []
    for slot in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(slot), theirs.get(slot)
        before = base.get(slot) if base is not None else None
        if one == other or other == before:
            stands = one
        elif one == before:
            stands = other
        else:
            stands = combined(one, other) if one and other else one or other
            side: Side = "ours" if one and (not other or standing(one, other) == one) else "theirs"
            clashes.append(Clash(slot, one, other, side))
        if stands is not None:
            entries[slot] = stands
    return entries, clashes


def first_conflict(text: str) -> re.Match[str] | None:
    """Return the marker of the first conflict in a text; None: there is none."""
    return START.search(text) if "<<<<<<<" in text else None


def sides(text: str) -> Sides:
    """Return both sides of a text with conflict markers, and the base where they show it.

    Lines outside of conflicts are part of every side. A comma that is missing or left over where
    a block was cut is put right.
    """
    found: dict[str, list[str]] = {"ours": [], "base": [], "theirs": []}
    whose, shown = "", False
    for line in (each.removesuffix("\r") for each in text.split("\n")):
        follows = MARKERS.get(line[:7]) if line[7:8] in ("", " ") else None
        # Markers of an older conflict may stand in a base; only what can come next counts.
        if follows and (follows == "ours") == (whose == ""):
            whose, shown = ("" if follows == "end" else follows), shown or follows == "base"
            continue
        for name in [whose] if whose else found:
            found[name].append(line)
    ours, base, theirs = (_with_commas(each) for each in found.values())
    return Sides(ours, theirs, base if shown else None)


def _with_commas(lines: list[str]) -> str:
    """Return lines as a text in which a comma stands between two values, and nowhere else.

    No string holds a line break, so the ends of lines tell.
    """
    kept = [each.rstrip() for each in lines if each.strip()]
    for index, (line, after) in enumerate(pairwise(kept)):
        if after.lstrip().startswith(("}", "]")):
            kept[index] = line.removesuffix(",")
        elif after.lstrip().startswith('"') and not line.endswith((",", "{", "[")):
            kept[index] = f"{line},"
    return "\n".join([*kept, ""])
