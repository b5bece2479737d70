"""Puts artifacts at their targets: atomically, only where bytes differ, not over hand-made work."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from assetforge.action import ActionId, ActionKey
from assetforge.digest import Digest, digest_of_file
from assetforge.errors import StoreProblem
from assetforge.plan import Plan, Target
from assetforge.rebuilder import Decision, Hit
from assetforge.store.local import Store
from assetforge.store.record import Written


@dataclass(frozen=True, slots=True)
class Refused:
    """A target that was not written, and why."""

    target: Target
    code: str
    message: str


class Refusal(Exception):
    """A target must not, or cannot, be written; `code` is a stable word for scripts."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


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
) -> Materialized:
    """Write each target whose artifact there is, unless it holds the same bytes already.

    `pipeline` is the pipeline file, relative to the root. A file whose bytes assetforge did not
    make, or that was edited since, is refused unless `force`.
    """
    last = store.record.targets()
    outcome = Materialized()
    fresh: list[Written] = []
    for target in targets:
        artifact = artifacts.get(target.action)
        if artifact is None:
            continue
        before = last.get(target.path)
        try:
            if not is_current(root, artifact, before, target.path):
                outcome.written += _bring(root, target, artifact, before, store, force=force)
            fresh.append(_written(root, target, artifact, keys[target.action], pipeline))
        except Refusal as refusal:
            outcome.refused.append(Refused(target, refusal.code, str(refusal)))
            continue
        except StoreProblem as problem:
            outcome.refused.append(Refused(target, "store", str(problem)))
            continue
        outcome.current.append((target, artifact))
    changed = [each for each in fresh if last.get(each.path) != each]
    if changed:
        with store.transaction():
            store.record.set_targets(changed)
    return outcome


def remove_dead(root: Path, plan: Plan, store: Store, pipeline: str) -> list[str]:
    """Remove what this pipeline wrote for targets that are no more, and return the paths.

    A renamed asset or a dropped locale leaves nothing behind, as if built from nothing. The bytes
    stay in the store; a file that a person changed, or that is an input of the plan now, stays
    where it is and is only forgotten.
    """
    wanted = {each.path for each in plan.targets}
    dead = [
        each
        for path, each in store.record.targets().items()
        if each.pipeline == pipeline and path not in wanted
    ]
    removed = [
        each.path for each in dead if each.path not in plan.sources and _remove(root, each, store)
    ]
    if dead:
        with store.transaction():
            store.record.drop_targets(each.path for each in dead)
    return removed


def _remove(root: Path, written: Written, store: Store) -> bool:
    path = root / written.path
    if not (_is_inside(root, path.parent) and path.is_file() and store.cas.has(written.artifact)):
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
    """Return the targets that do not hold the artifact of their action, which is a hit."""
    last = store.record.targets()
    return [
        each
        for each in targets
        if isinstance(decision := decisions[each.action], Hit)
        and not is_current(root, decision.artifact, last.get(each.path), each.path)
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


def _bring(
    root: Path,
    target: Target,
    artifact: Digest,
    before: Written | None,
    store: Store,
    *,
    force: bool,
) -> bool:
    """Make a target hold an artifact; False when it held its bytes already.

    Raises:
        Refusal: it holds somebody's work, or cannot be written.
    """
    try:
        holds = _held(root, target)
        if holds == artifact:
            return False
        if holds and not (force or _is_ours(holds, before, store)):
            how = "was edited since it was written" if before else "was not written by assetforge"
            words = (
                f"'{target.path}' {how}; `assetforge import {quote(target.path)} --as "
                f"{quote(target.variant.name)}` takes it in, --force overwrites it"
            )
            raise Refusal("hand-made", words)
        store.cas.deliver(artifact, root / target.path)
    except OSError as error:
        raise Refusal("unwritable", f"cannot write '{target.path}': {error.strerror}") from error
    return True


def _held(root: Path, target: Target) -> Digest | None:
    """Return the digest of what is at a target's path now, None where nothing is.

    Raises:
        Refusal: no file of the project can be there.
        OSError: it cannot be read.
    """
    path = root / target.path
    if not _is_inside(root, path.parent):
        raise Refusal("outside", f"'{target.path}' leads out of the project")
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise Refusal("is-folder", f"'{target.path}' is a folder")
        if stat.S_ISREG(mode):
            return digest_of_file(path)
    except OSError as error:
        if not path.is_symlink():
            if isinstance(error, (FileNotFoundError, NotADirectoryError)):
                return None
            raise
    raise Refusal("hand-made", f"'{target.path}' is no regular file")


def _is_inside(root: Path, folder: Path) -> bool:
    try:
        return folder.resolve().is_relative_to(root)
    except RuntimeError:  # links that lead in a circle, before Python 3.13
        return False


def _is_ours(holds: Digest, before: Written | None, store: Store) -> bool:
    """Tell whether bytes are assetforge's own, so that nothing is lost with them.

    What the store holds counts even where no record is left: a killed build had no time to write
    one, and a version control system puts back older pictures.
    """
    return (before is not None and before.artifact == holds) or store.cas.has(holds)


def _written(
    root: Path, target: Target, artifact: Digest, key: ActionKey, pipeline: str
) -> Written:
    try:
        found = (root / target.path).stat()
    except OSError as error:
        message = f"'{target.path}' is gone again: {error.strerror}"
        raise Refusal("unwritable", message) from error
    return Written(
        target.path,
        artifact,
        target.variant.name,
        key,
        found.st_size,
        found.st_mtime_ns,
        pipeline,
    )
