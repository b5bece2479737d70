"""What a lock comes to: how much of it was accepted, resolved and removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from assetforge.diagnostics import as_json
from assetforge.digest import SHOWN, Json
from assetforge.errors import Diagnostic
from assetforge.lock.entry import Entry, Slot
from assetforge.lock.merge import Clash
from assetforge.lock.resolve import Resolved


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries an asset has in the lock.

    Attributes:
        entries: one for each paid step of each variant, under each profile.
        accepted: somebody said that the picture is right.
        pinned: somebody said that nothing may replace it.
        unaccepted: nobody accepted it yet.
        wanted: another take is wanted, and not made yet.
        vanished: the pipeline has no such variant, step or profile any more.
    """

    entries: int = 0
    accepted: int = 0
    pinned: int = 0
    unaccepted: int = 0
    wanted: int = 0
    vanished: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return both together."""
        names = [each.name for each in fields(Counts)]
        return Counts(*(getattr(self, name) + getattr(other, name) for name in names))


@dataclass(frozen=True, slots=True)
class Locked:
    """A lock as `assetforge lock` shows it.

    `resolved` and `removed` are None where that was not asked for; `dry_run`: nothing was removed.
    """

    folder: str
    assets: Mapping[str, Counts]
    warnings: Sequence[Diagnostic] = ()
    resolved: Sequence[Resolved] | None = None
    removed: Mapping[Slot, Entry] | None = None
    dry_run: bool = False

    @property
    def totals(self) -> Counts:
        """The counts of all assets together."""
        return sum(self.assets.values(), Counts())


def counts_of(entries: Mapping[Slot, Entry], vanished: Collection[Slot] = ()) -> dict[str, Counts]:
    """Return asset → counts, by name."""
    found: dict[str, Counts] = {}
    for slot, entry in entries.items():
        one = Counts(
            entries=1,
            accepted=int(entry.accepted is not None),
            pinned=int(entry.pinned is not None),
            unaccepted=int(entry.accepted is None),
            wanted=int(entry.artifact is None),
            vanished=int(slot in vanished),
        )
        found[slot.asset] = found.get(slot.asset, Counts()) + one
    return dict(sorted(found.items()))


def locked_document(locked: Locked) -> dict[str, Json]:
    """Return `assetforge.locked/1`."""
    resolved = locked.resolved
    removed = locked.removed
    return {
        "schema": "assetforge.locked/1",
        "folder": locked.folder,
        "assets": [{"asset": name, **asdict(each)} for name, each in locked.assets.items()],
        "totals": {"assets": len(locked.assets), **asdict(locked.totals)},
        "warnings": list[Json](as_json(locked.warnings)),
        "resolved": None if resolved is None else [_resolved_json(each) for each in resolved],
        "removed": None
        if removed is None
        else [{**slot._asdict(), **_picture_json(each)} for slot, each in removed.items()],
        "dry_run": locked.dry_run,
    }


def _resolved_json(resolved: Resolved) -> dict[str, Json]:
    return {
        "file": resolved.file,
        "clashes": [
            {
                **each.slot._asdict(),
                "ours": None if each.ours is None else _picture_json(each.ours),
                "theirs": None if each.theirs is None else _picture_json(each.theirs),
                "stands": each.stands,
            }
            for each in resolved.clashes
        ],
    }


def _picture_json(entry: Entry) -> dict[str, Json]:
    return {
        "action_key": str(entry.key),
        "artifact": entry.artifact,
        "take": entry.take,
        "accepted_by": entry.accepted.by if entry.accepted else None,
        "pinned_by": entry.pinned.by if entry.pinned else None,
    }


COLUMNS = tuple(each.name for each in fields(Counts))


def locked_text(locked: Locked) -> str:
    """Return what was done, or how the lock stands, and what to do next."""
    if locked.resolved is not None:
        return "\n".join(_resolved_text(locked.folder, locked.resolved))
    if locked.removed is not None:
        return "\n".join(_removed_text(locked.removed, dry_run=locked.dry_run))
    if not locked.assets:
        return f"nothing is in '{locked.folder}': no picture was bought or decided about yet"
    lines = _table(locked.assets)
    if locked.totals.vanished:
        gone = _entries(locked.totals.vanished)
        lines += ["", f"vanished: {gone}; `assetforge lock --prune --dry-run` lists them"]
    return "\n".join(lines)


def _table(assets: Mapping[str, Counts]) -> list[str]:
    width = max(len(name) for name in ("asset", *assets))
    lines = ["  ".join((f"{'asset':<{width}}", *COLUMNS))]
    for name, counts in assets.items():
        cells = (f"{getattr(counts, each):>{len(each)},}" for each in COLUMNS)
        lines.append("  ".join((f"{name:<{width}}", *cells)))
    return lines


def _resolved_text(folder: str, resolved: Sequence[Resolved]) -> Iterable[str]:
    if not resolved:
        yield f"nothing in '{folder}' is in conflict"
        return
    for each in resolved:
        yield f"resolved '{each.file}': {_entries(len(each.clashes))} changed on both sides"
        for clash in each.clashes:
            yield f"  {_slot_text(clash.slot)}: {_clash_text(clash)}"
    yield f"next: git add {folder}"


def _entries(count: int) -> str:
    return f"{count or 'no'} entry" if count < 2 else f"{count:,} entries"


def _clash_text(clash: Clash) -> str:
    pair = {"ours": clash.ours, "theirs": clash.theirs}
    stands = pair.pop(clash.stands)
    ((side, other),) = pair.items()
    assert stands is not None, "BUG: what was removed stands"
    rest = "was removed" if other is None else f"was {picture_text(other)}"
    return f"{clash.stands} stands, {picture_text(stands)}; {side} {rest}"


def _removed_text(removed: Mapping[Slot, Entry], *, dry_run: bool) -> Iterable[str]:
    if not removed:
        yield "nothing to remove: the pipeline has all variants, steps and profiles of the lock"
        return
    yield "would be removed:" if dry_run else "removed:"
    for slot, entry in removed.items():
        yield f"  {_slot_text(slot)}: {picture_text(entry)}"
    yield f"{_entries(len(removed))} of variants, steps or profiles that the pipeline does not have"


def _slot_text(slot: Slot) -> str:
    return f"{slot.variant} {slot.step} ({slot.profile})"


def picture_text(entry: Entry) -> str:
    """Return which picture an entry names, and who decided so, in a few words."""
    shown = f"picture {entry.artifact[:SHOWN]}" if entry.artifact else "another take wanted"
    verdicts = (("pinned", entry.pinned), ("accepted", entry.accepted))
    said = [f"{word} by {verdict.by} {verdict.at}" for word, verdict in verdicts if verdict]
    return ", ".join([shown, *(said or ["not accepted"])])
