"""What the store can spare: results and blobs that nothing stands on, and that cost nothing.

What was paid for stays, whatever stands on it, unless a person names its picture. So does all that
a picture was made from which stays: a step that is made again may give other bytes after an
upgrade, and what was bought on top of it would be bought again.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from assetforge.action import ActionKey
from assetforge.digest import SHOWN, Digest
from assetforge.errors import UsageProblem
from assetforge.store.action_cache import (
    REMOVED,
    ActionResult,
    arrival_files,
    read_result,
    result_files,
)
from assetforge.store.local import Store
from assetforge.store.problems import disk_problem
from assetforge.store.quarantine import Quarantine

HOUR_SECONDS = 60 * 60
"""What is younger always stays: a build may be about to use it."""

DAY_SECONDS = 24 * HOUR_SECONDS
"""Blobs that nothing refers to stay for so long: a writer may be about to refer to one."""

FATES: Final = ("spare", "stood_on", "paid", "young", "uncertain")

Fate: TypeAlias = Literal["spare", "stood_on", "paid", "young", "uncertain"]
"""Goes; something stands on it; stays only because it was paid for, or because something that was
stands on it; is younger than asked; may be the picture of a result that is in quarantine."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob: its bytes, and when it was last written, in seconds since the epoch."""

    size: int
    written: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A result, and the file that it is in; None: it is in the index only."""

    result: ActionResult
    path: Path | None


@dataclass(frozen=True, slots=True)
class Spare:
    """What the store can spare.

    Attributes:
        results: what goes: of blobs that go, and free ones whose blob is gone already.
        blobs: every blob by what becomes of it.
    """

    results: Sequence[Kept]
    blobs: Mapping[Fate, Mapping[Digest, Blob]]

    @property
    def keys(self) -> set[ActionKey]:
        """The keys of the results that go."""
        return {each.result.key for each in self.results}

    @property
    def paid(self) -> list[Digest]:
        """The pictures that go though they were paid for."""
        return sorted({each.result.artifact for each in self.results if each.result.is_paid})


NOTHING: Final = Spare([], {fate: {} for fate in FATES})


def size_of(blobs: Mapping[Digest, Blob]) -> int:
    """Return how many bytes some blobs have."""
    return sum(each.size for each in blobs.values())


def spare_of(
    store: Store,
    roots: Collection[str],
    *,
    keep_days: int,
    named: Sequence[Digest] = (),
    now: float | None = None,
) -> Spare:
    """Return what the store can spare.

    Args:
        store: the store.
        roots: digests and keys that something stands on; others among them do no harm.
        keep_days: what is younger stays.
        named: pictures that go, though they were paid for.
        now: seconds since the epoch; None: the clock's.

    Raises:
        StoreProblem: a result is damaged, so that nobody knows what it stands on.
        UsageProblem: a picture is named that something stands on, or that is none.
    """
    kept = _all_kept(store)
    uncertain = Quarantine(store.root).holds_results()
    rule = rule_of([each.result for each in kept], roots, named, keep_days, uncertain=uncertain)
    check_named(rule)
    blobs = sorted_by_fate(_blobs(store), rule, time.time() if now is None else now)
    return Spare(_going(kept, blobs, rule), blobs)


@dataclass(frozen=True, slots=True)
class Rule:
    """Decides which blobs go.

    Attributes:
        stood_on: what something stands on.
        bought: what was paid for.
        stays: what is stood on, what was bought and is not named, and what these stand on.
        named: what goes however young it is.
        of_results: artifacts of results, and what was found out about them.
        youngest: seconds; what is younger stays.
        uncertain: a result is in quarantine: a blob without one may be its picture.
    """

    stood_on: Collection[Digest]
    bought: Collection[Digest]
    stays: Collection[Digest]
    named: Sequence[Digest]
    of_results: Collection[Digest]
    youngest: float
    uncertain: bool

    def fate(self, digest: Digest, age: float) -> Fate:
        """Return what becomes of a blob that was written so many seconds ago."""
        if digest in self.stood_on:
            return "stood_on"
        if digest in self.stays:
            return "paid"
        if digest in self.named:
            return "spare"
        alone = digest not in self.of_results
        if age < (max(self.youngest, DAY_SECONDS) if alone else self.youngest):
            return "young"
        return "uncertain" if alone and self.uncertain else "spare"


def upstream(results: Iterable[ActionResult], starts: Iterable[str]) -> set[Digest]:
    """Return the digests that some digests and keys stand on, they themselves among them."""
    by_key: dict[str, list[ActionResult]] = {}
    by_artifact: dict[str, list[ActionResult]] = {}
    for each in results:
        by_key.setdefault(each.key, []).append(each)
        by_artifact.setdefault(each.artifact, []).append(each)
    found: set[Digest] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        waiting += [each.artifact for each in by_key.get(name, ()) if each.artifact not in found]
        if name in found:
            continue
        found.add(Digest(name))
        for each in by_artifact.get(name, ()):
            inputs = each.manifest.get("inputs")
            waiting += [str(digest) for digest in inputs] if isinstance(inputs, list) else []
            waiting += [each.findings] if each.findings else []
    return found


def rule_of(
    results: Sequence[ActionResult],
    roots: Collection[str],
    named: Sequence[Digest],
    keep_days: int,
    *,
    uncertain: bool,
    spare_paid: bool = False,
) -> Rule:
    """Return what decides about the blobs of some results; see `Rule`.

    With `spare_paid`, what was paid for goes like all else that nothing stands on.
    """
    bought = set() if spare_paid else {each.artifact for each in results if each.is_paid}
    stood_on = upstream(results, roots)
    return Rule(
        stood_on=stood_on,
        bought=bought,
        stays=stood_on | upstream(results, bought - set(named)),
        named=named,
        of_results=frozenset(
            Digest(digest) for each in results for digest in (each.artifact, each.findings)
        ),
        youngest=max(keep_days * DAY_SECONDS, HOUR_SECONDS),
        uncertain=uncertain,
    )


def check_named(rule: Rule) -> None:
    """Check that what is named to go was bought, and that nothing stands on it.

    Raises:
        UsageProblem: it was not, or something does.
    """
    wrong = [
        f"no paid result has the picture '{each}'" for each in rule.named if each not in rule.bought
    ]
    for each in rule.named:
        if each in rule.bought and each in rule.stays:
            what = "the lock or a target" if each in rule.stood_on else "another paid picture"
            wrong.append(f"{what} stands on the picture '{each[:SHOWN]}': it stays")
    if wrong:
        raise UsageProblem("; ".join(wrong))


def sorted_by_fate(
    found: Iterable[tuple[Digest, Blob]], rule: Rule, now: float
) -> dict[Fate, dict[Digest, Blob]]:
    """Return every blob by what becomes of it."""
    blobs: dict[Fate, dict[Digest, Blob]] = {fate: {} for fate in FATES}
    for digest, blob in found:
        blobs[rule.fate(digest, now - blob.written)][digest] = blob
    return blobs


def _going(
    kept: Iterable[Kept], blobs: Mapping[Fate, Mapping[Digest, Blob]], rule: Rule
) -> list[Kept]:
    """Return the results of blobs that go, and free ones whose blob is gone already."""
    going = blobs["spare"].keys() | set(rule.named)
    stays = {digest for some in blobs.values() for digest in some} | set(rule.stays)
    return [
        each
        for each in kept
        if each.result.artifact in going
        or not (each.result.is_paid or each.result.artifact in stays)
    ]


def _all_kept(store: Store) -> list[Kept]:
    """Return every result that the store tells of.

    Raises:
        StoreProblem: one is damaged.
    """
    paths = [*result_files(store.root), *arrival_files(store.root)]
    files = [Kept(found, path) for path in paths if (found := read_result(path))]
    return [*files, *(Kept(each, None) for each in store.actions.all())]


def _blobs(store: Store) -> Iterable[tuple[Digest, Blob]]:
    for digest in store.cas.digests():
        with suppress(FileNotFoundError):  # removed a moment ago
            about = store.cas.path(digest).stat()
            yield digest, Blob(about.st_size, about.st_mtime)


def delete(store: Store, spare: Spare) -> None:
    """Delete what can be spared. The recipes of pictures that were paid for stay.

    Raises:
        StoreProblem: the store cannot be written to; a part may be gone by then.
    """
    going = {each.result.artifact for each in spare.results}
    try:
        with store.transaction():
            store.state.change_each(
                "DELETE FROM results WHERE artifact = ?", [(each,) for each in going]
            )
            for each in spare.results:
                _remove_file(each)
            # Another picture may have been bought under the same key.
            store.actions.record(_left(store, spare.keys))
            for digest, blob in spare.blobs["spare"].items():
                _remove_blob(store.cas.path(digest), blob)
    except OSError as error:
        raise disk_problem(error, "cannot delete from the store") from error


def _left(store: Store, keys: Collection[ActionKey]) -> list[ActionResult]:
    paths = [
        path
        for key in keys
        for path in sorted((store.root / "actions" / key[:2]).glob(f"{key}*.json"))
    ]
    return [each for path in paths if (each := read_result(path))]


def _remove_file(kept: Kept) -> None:
    path, result = kept.path, kept.result
    if path is None:
        return
    if result.is_paid:
        path.replace(path.with_name(f"{result.key}.{result.artifact[:SHOWN]}{REMOVED}"))
    else:
        path.unlink(missing_ok=True)


def _remove_blob(path: Path, blob: Blob) -> None:
    """Remove a blob, unless somebody has put the same bytes again since it was looked at."""
    with suppress(FileNotFoundError):
        if path.stat().st_mtime == blob.written:
            path.unlink()
