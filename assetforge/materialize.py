"""Puts artifacts at their targets: atomically, only where bytes differ, not over hand-made work."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assetforge.action import ActionId, ActionKey
from assetforge.digest import Digest, digest_of_file
from assetforge.plan import Target
from assetforge.rebuilder import Decision, Hit
from assetforge.store.local import Store
from assetforge.store.record import Written


@dataclass(frozen=True, slots=True)
class Refused:
    """A target that was not written, and why."""

    target: Target
    code: str
    message: str


@dataclass(slots=True)
class Materialized:
    """What came of the targets: now holding their artifact, written just now, or refused."""

    current: list[tuple[Target, Digest]] = field(default_factory=list)
    written: int = 0
    refused: list[Refused] = field(default_factory=list)


def materialize(
    root: Path,
    targets: Iterable[Target],
    artifacts: Mapping[ActionId, Digest],
    keys: Mapping[ActionId, ActionKey],
    store: Store,
    *,
    force: bool = False,
) -> Materialized:
    """Write each target whose artifact there is, unless it holds the same bytes already.

    A file that assetforge did not write, or that was edited since, is refused unless `force`.

    Raises:
        StoreProblem: an artifact cannot be read from the store.
    """
    last = store.record.targets()
    outcome = Materialized()
    fresh: list[Written] = []
    for target in targets:
        artifact = artifacts.get(target.action)
        if artifact is None:
            continue
        before = last.get(target.path)
        problem = _problem(root, target, artifact, before, force=force)
        if problem is not None:
            outcome.refused.append(problem)
            continue
        if not is_current(root, artifact, before, target.path):
            written = _write(root, target, artifact, store)
            outcome.written += written
        fresh.append(_written(root, target, artifact, keys[target.action]))
        outcome.current.append((target, artifact))
    changed = [each for each in fresh if last.get(each.path) != each]
    if changed:
        with store.transaction():
            store.record.set_targets(changed)
    return outcome


def out_of_date(
    root: Path, targets: Iterable[Target], decisions: Mapping[ActionId, Decision], store: Store
) -> list[Target]:
    """Return the targets that do not hold the artifact of their action, which is a hit."""
    last = store.record.targets()
    return [
        each
        for each in targets
        if isinstance(decision := decisions[each.action], Hit)
        and not is_current(root, decision.result.artifact, last.get(each.path), each.path)
    ]


def is_current(root: Path, artifact: Digest, before: Written | None, path: str) -> bool:
    """Tell from a target's size and time whether it still holds what was written there."""
    return before is not None and before.artifact == artifact and is_untouched(root, before, path)


def is_untouched(root: Path, before: Written, path: str) -> bool:
    """Tell from a target's size and time whether it is as assetforge left it."""
    try:
        found = (root / path).stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (before.size, before.mtime_ns)


def _problem(
    root: Path, target: Target, artifact: Digest, before: Written | None, *, force: bool
) -> Refused | None:
    path = root / target.path
    if not path.parent.resolve().is_relative_to(root):
        return Refused(target, "outside", f"'{target.path}' leads out of the project")
    if path.is_dir():
        return Refused(target, "is-folder", f"'{target.path}' is a folder")
    if force or not path.exists() or (before and is_untouched(root, before, target.path)):
        return None
    holds = digest_of_file(path)
    if holds == artifact or (before and holds == before.artifact):
        return None
    how = "was edited since it was written" if before else "was not written by assetforge"
    return Refused(target, "hand-made", f"'{target.path}' {how}; --force overwrites it")


def _write(root: Path, target: Target, artifact: Digest, store: Store) -> bool:
    """Write a target beside its place and rename it; False when it held the bytes already."""
    path = root / target.path
    with contextlib.suppress(OSError):
        if digest_of_file(path) == artifact:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(store.cas.read(artifact))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _written(root: Path, target: Target, artifact: Digest, key: ActionKey) -> Written:
    found = (root / target.path).stat()
    return Written(
        target.path, artifact, target.variant.name, key, found.st_size, found.st_mtime_ns
    )
