"""What came of looking after the store: of `fsck`, and of `gc`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from assetforge.digest import SHOWN, Digest, Json
from assetforge.reports.text import plural
from assetforge.store.findings import Checkup, Outcome
from assetforge.store.gc import Blob, Fate, Spare, size_of

LISTED: Final = 20
"""Up to this many findings of a kind are listed; what is lost is listed whole."""

OUTCOMES: Final[tuple[Outcome, ...]] = ("tidied", "noted", "repaired", "lost")
"""In this order they are shown: what matters most is last."""

WOULD: Final[Mapping[Outcome, str]] = {"tidied": "would tidy", "repaired": "would repair"}
TO_DO: Final[Mapping[Outcome, str]] = {"tidied": "to tidy", "repaired": "to repair"}
"""What is said of each, and of their number, where nothing is changed."""

UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")

STAYS: Final[Mapping[Fate, str]] = {
    "stood_on": "the lock or a target stands on them",
    "paid": "paid for",
    "young": "young",
    "uncertain": "perhaps of a result in quarantine",
}
"""Why blobs stay."""


def bytes_text(size: int) -> str:
    """Return a number of bytes as a person reads it, rounded down: `3.4 MB`."""
    unit, tenths = 0, size * 10
    while tenths >= 10_000 and unit < len(UNITS) - 1:
        unit, tenths = unit + 1, tenths // 1000
    return f"{tenths // 10}.{tenths % 10} {UNITS[unit]}" if unit else plural(size, "byte")


def checkup_document(found: Checkup) -> dict[str, Json]:
    """Return `assetforge.fsck/1`."""
    return {
        "schema": "assetforge.fsck/1",
        "sound": found.is_sound,
        "changed": found.acted,
        "totals": {
            "blobs": found.blobs,
            "bytes": found.size,
            "results": found.results,
            "quarantined": found.quarantined,
            **{each: len(found.of(each)) for each in OUTCOMES},
        },
        "findings": [
            {
                "kind": each.kind,
                "subject": each.subject,
                "message": each.message,
                "outcome": each.outcome,
            }
            for each in found.findings
        ],
    }


def checkup_text(found: Checkup) -> str:
    """Return what a look through the store found, the summary last."""
    return "\n".join([*_finding_lines(found), *_summary(found)])


def _finding_lines(found: Checkup) -> Iterable[str]:
    for outcome in OUTCOMES:
        some = found.of(outcome)
        word = outcome if found.acted else WOULD.get(outcome, outcome)
        listed = some if outcome == "lost" else some[:LISTED]
        yield from (f"{word}: {each.message}" for each in listed)
        if len(some) > len(listed):
            yield f"{word}: {len(some) - len(listed):,} more; see --format json"


def _summary(found: Checkup) -> Iterable[str]:
    seen = f"{plural(found.blobs, 'blob')} ({bytes_text(found.size)})"
    words = {each: each if found.acted else TO_DO.get(each, each) for each in OUTCOMES}
    counts = [
        f"{len(some):,} {words[each]}" for each in reversed(OUTCOMES) if (some := found.of(each))
    ]
    state = "sound" if found.is_sound else "damaged"
    if found.acted and not found.is_sound:
        state = "repaired, but for what is lost" if found.lost else "repaired"
    line = f"{seen}, {plural(found.results, 'result')}: {state}"
    yield f"{line} ({', '.join(counts)})" if counts else line
    if found.quarantined:
        yield f"{plural(found.quarantined, 'damaged file')} kept in '.assetforge/quarantine'"
    if found.lost:
        yield (
            "what is lost: put the file back beside the project and run `assetforge fsck` again, "
            "name another store in ASSETFORGE_REMOTE, or buy it again with `assetforge build "
            "--rebuy`"
        )


def spare_document(spare: Spare, *, deleted: bool, keep_days: int) -> dict[str, Json]:
    """Return `assetforge.gc/1`."""
    return {
        "schema": "assetforge.gc/1",
        "deleted": deleted,
        "keep_days": keep_days,
        "spare": {"results": len(spare.keys), **_some_json(spare.blobs["spare"])},
        "paid": [str(each) for each in spare.paid],
        "stays": {each: _some_json(spare.blobs[each]) for each in STAYS},
        "blobs": list[Json](sorted(spare.blobs["spare"])),
    }


def _some_json(blobs: Mapping[Digest, Blob]) -> dict[str, Json]:
    return {"blobs": len(blobs), "bytes": size_of(blobs)}


def spare_text(spare: Spare, *, deleted: bool) -> str:
    """Return what the store can spare, or has spared, the summary last."""
    lines = [
        f"stays: {_some_text(spare.blobs[fate])}, {why}"
        for fate, why in STAYS.items()
        if spare.blobs[fate]
    ]
    lines += [f"paid for, and named: {each[:SHOWN]}" for each in spare.paid]
    going = _some_text(spare.blobs["spare"])
    words = f"{going} and {plural(len(spare.keys), 'result')}"
    if deleted:
        return "\n".join([*lines, f"deleted {words}"])
    if not spare.keys and not spare.blobs["spare"]:
        return "\n".join([*lines, "nothing to delete"])
    return "\n".join([*lines, f"would delete {words}; add --delete to do it"])


def _some_text(blobs: Mapping[Digest, Blob]) -> str:
    return f"{plural(len(blobs), 'blob')} ({bytes_text(size_of(blobs))})"
