"""What a shared store can spare: what no lock of the branches that count stands on.

Who deletes there deletes for everybody: what was paid for goes only where somebody names it, and
what is young stays, for its branch may not be here yet.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence

from assetforge.backends.base import Backend
from assetforge.digest import Digest
from assetforge.store.elsewhere import Elsewhere
from assetforge.store.gc import (
    Blob,
    Kept,
    Spare,
    check_named,
    rule_of,
    sorted_by_fate,
)
from assetforge.store.result import ActionResult, blobs_of


def shared_spare(
    elsewhere: Elsewhere,
    roots: Collection[str],
    *,
    keep_days: int,
    named: Sequence[Digest] = (),
    spare_paid: bool = False,
    now: float | None = None,
) -> tuple[Spare, list[str]]:
    """Return what a shared store can spare, and the names of the results that go.

    What lies there and does not count may be somebody's: the blobs that only it may name stay.

    Args:
        elsewhere: the store.
        roots: digests and keys that something stands on; others among them do no harm.
        keep_days: what is younger stays.
        named: pictures that go, though they were paid for.
        spare_paid: so does everything else that nothing stands on and that is old enough.
        now: seconds since 1970; None: the clock's.

    Raises:
        StoreProblem: the store cannot be read, or cannot say what it has.
        UsageProblem: a picture is named that something stands on, or that is none.
    """
    found = elsewhere.everything()
    results = [each for each in found.values() if each is not None]
    uncertain = len(results) < len(found)
    rule = rule_of(results, roots, named, keep_days, uncertain=uncertain, spare_paid=spare_paid)
    check_named(rule)
    moment = time.time() if now is None else now
    blobs = sorted_by_fate(_blobs(elsewhere.backend, found), rule, moment)
    going = blobs["spare"].keys() | set(named)
    names = [name for name, each in found.items() if each and each.artifact in going]
    return Spare([Kept(each, None) for each in results if each.artifact in going], blobs), names


def delete_shared(backend: Backend, spare: Spare, names: Sequence[str]) -> None:
    """Delete what can be spared: results first, so that none is left without its bytes.

    Raises:
        StoreProblem: the store cannot be written to; a part may be gone by then.
    """
    backend.delete("results", names)
    backend.delete("blobs", list(spare.blobs["spare"]))


def _blobs(
    backend: Backend, found: Mapping[str, ActionResult | None]
) -> Iterator[tuple[Digest, Blob]]:
    """Yield every blob, as young as itself or the youngest result that names it."""
    youngest: dict[str, float] = {}
    for entry in backend.entries("results"):
        result = found.get(entry.name)
        for each in blobs_of(result) if result else ():
            youngest[each] = max(entry.written, youngest.get(each, 0.0))
    for entry in backend.entries("blobs"):
        written = max(entry.written, youngest.get(entry.name, 0.0))
        yield Digest(entry.name), Blob(entry.size, written)
