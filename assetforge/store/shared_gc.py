"""What a shared store can spare: what no lock of the branches that count stands on.

Who deletes there deletes for everybody: what was paid for goes only where somebody names it, and
what is young stays, for its branch may not be here yet.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence

from assetforge.backends.base import Backend
from assetforge.digest import Digest
from assetforge.store.elsewhere import Elsewhere, names_of
from assetforge.store.gc import (
    Blob,
    Kept,
    Spare,
    check_named,
    rule_of,
    sorted_by_fate,
)


def shared_spare(
    elsewhere: Elsewhere,
    roots: Collection[str],
    *,
    keep_days: int,
    named: Sequence[Digest] = (),
    spare_paid: bool = False,
    now: float | None = None,
) -> Spare:
    """Return what a shared store can spare.

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
    results = elsewhere.everything()
    rule = rule_of(results, roots, named, keep_days, uncertain=False, spare_paid=spare_paid)
    check_named(rule)
    moment = time.time() if now is None else now
    blobs = sorted_by_fate(_blobs(elsewhere.backend), rule, moment)
    going = blobs["spare"].keys() | set(named)
    return Spare([Kept(each, None) for each in results if each.artifact in going], blobs)


def delete_shared(backend: Backend, spare: Spare) -> None:
    """Delete what can be spared: results first, so that none is left without its bytes.

    Raises:
        StoreProblem: the store cannot be written to; a part may be gone by then.
    """
    backend.delete("results", [name for each in spare.results for name in names_of(each.result)])
    backend.delete("blobs", list(spare.blobs["spare"]))


def _blobs(backend: Backend) -> Iterator[tuple[Digest, Blob]]:
    for each in backend.entries("blobs"):
        yield Digest(each.name), Blob(each.size, each.written)
