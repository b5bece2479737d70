"""Puts artifacts at their targets: atomically, only where bytes differ, not over hand-made work."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assetforge.action import ActionId, ActionKey
from assetforge.delivery import Refusal, bring, current_stat, is_inside
from assetforge.digest import Digest, digest_of_file
from assetforge.errors import StoreProblem
from assetforge.plan import Plan, Target
from assetforge.rebuilder import Decision, Hit
from assetforge.store.local import Store
from assetforge.store.record import Written, batches
from assetforge.trace.stamp import changed_ns


@dataclass(frozen=True, slots=True)
class Refused:
    """A target that was not written, and why."""

    target: Target
    code: str
    message: str


@dataclass(slots=True)
class Materialized:
    """What came of the targets: now holding their artifact, written just now, or refused.

    `removed` are paths of earlier targets that nothing asks for any more.
    """

    current: list[tuple[Target, Digest]] = field(default_factory=list)
    written: int = 0
    refused: list[Refused] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def materialize(
    root: Path,
    targets: Iterable[Target],
    artifacts: Mapping[ActionId, Digest],
    keys: Mapping[ActionId, ActionKey],
    store: Store,
    pipeline: str,
    *,
    force: bool = False,
    thorough: bool = False,
) -> Materialized:
    """Write each target whose artifact there is, unless it holds the same bytes already.

    What was written is noted every few hundred targets: a killed build begins there again.
    `pipeline` is the pipeline file, relative to the root. A file whose bytes assetforge did not
    make, or that was edited since, is refused unless `force`. `thorough`: no status is believed.
    """
    outcome = Materialized()
    made = ((each, artifacts[each.action]) for each in targets if each.action in artifacts)
    for some in batches(made):
        last = store.record.targets_of(target.path for target, _ in some)
        changed: list[Written] = []
        for target, artifact in some:
            before = last.get(target.path)
            try:
                known = None if thorough else current_stat(root, artifact, before, target.path)
                brought = known is None and bring(
                    root,
                    target.path,
                    target.variant.name,
                    artifact,
                    before,
                    store.cas,
                    force=force,
                    known=store.holds,
                )
                found = known or _stat(root, target)
            except Refusal as refusal:
                outcome.refused.append(Refused(target, refusal.code, str(refusal)))
                continue
            except StoreProblem as problem:
                outcome.refused.append(Refused(target, "store", str(problem)))
                continue
            outcome.written += brought
            outcome.current.append((target, artifact))
            now = _written(target, artifact, keys[target.action], found, pipeline)
            if now != before:
                changed.append(now)
        _note(store, changed)
    return outcome


def _note(store: Store, written: list[Written]) -> None:
    if written:
        with store.transaction():
            store.record.set_targets(written)


def remove_dead(root: Path, plan: Plan, store: Store, pipeline: str) -> list[str]:
    """Remove what this pipeline wrote for targets that are no more, and return the paths.

    A renamed asset or a dropped locale leaves nothing behind, as if built from nothing. The bytes
    stay in the store; a file that a person changed, or that is an input of the plan now, stays
    where it is and is only forgotten.
    """
    wanted = {each.path for each in plan.targets}
    dead = store.record.targets_besides(wanted, pipeline)
    removed = [
        each.path for each in dead if each.path not in plan.sources and _remove(root, each, store)
    ]
    if dead:
        with store.transaction():
            store.record.drop_targets(each.path for each in dead)
    return removed


def _remove(root: Path, written: Written, store: Store) -> bool:
    path = root / written.path
    if not (is_inside(root, path.parent) and path.is_file() and store.cas.has(written.artifact)):
        return False
    try:
        if digest_of_file(path) != written.artifact:
            return False
        path.unlink()
        for folder in path.relative_to(root).parents[:-1]:
            (root / folder).rmdir()
    except OSError:
        return not path.exists()
    return True


def out_of_date(
    root: Path, targets: Iterable[Target], decisions: Mapping[ActionId, Decision], store: Store
) -> list[Target]:
    """Return the targets that do not hold the artifact of their action, which is a hit.

    Without a record, or where the status is another one, the bytes tell: somebody may have brought
    the picture from elsewhere, as git does.
    """
    hits = [
        (each, decision.artifact)
        for each in targets
        if isinstance(decision := decisions[each.action], Hit)
    ]
    last = store.record.targets_of(each.path for each, _ in hits)
    return [
        each
        for each, artifact in hits
        if current_stat(root, artifact, last.get(each.path), each.path) is None
        and not _holds(root, each.path, artifact)
    ]


def _holds(root: Path, path: str, artifact: Digest) -> bool:
    """Tell whether a target's bytes are an artifact's, whoever put them there."""
    place = root / path
    try:
        return (
            is_inside(root, place.parent) and place.is_file() and digest_of_file(place) == artifact
        )
    except OSError:
        return False


def is_untouched(root: Path, before: Written, path: str) -> bool:
    """Tell whether a target is as assetforge left it."""
    return current_stat(root, before.artifact, before, path) is not None


def _stat(root: Path, target: Target) -> os.stat_result:
    try:
        return (root / target.path).stat()
    except OSError as error:
        message = f"'{target.path}' is gone again: {error.strerror}"
        raise Refusal("unwritable", message) from error


def _written(
    target: Target, artifact: Digest, key: ActionKey, found: os.stat_result, pipeline: str
) -> Written:
    return Written(
        target.path,
        artifact,
        target.variant.name,
        key,
        found.st_size,
        found.st_mtime_ns,
        pipeline,
        changed_ns(found),
        found.st_ino,
    )
