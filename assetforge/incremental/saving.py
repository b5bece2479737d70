"""Leaves the trace of a whole build that ended well, and brings one up to date.

What may have been changed while the build ran is left unproven: it is looked into the next time.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TypeAlias
from uuid import uuid4

import assetforge
from assetforge.action import VariantName
from assetforge.build import Built
from assetforge.capabilities.notices import SHUTDOWN_NOTICE
from assetforge.decided import Decided, Options
from assetforge.digest import Digest, digest_of
from assetforge.errors import Diagnostic, InvalidSource
from assetforge.events import Outcome
from assetforge.incremental.affected import PIPELINE_COPY
from assetforge.incremental.needs import SUFFIX, Collected, write_needs
from assetforge.lock.folder import folder_of
from assetforge.planner import Selection
from assetforge.project import Project
from assetforge.reads import Reads
from assetforge.reports.text import build_text
from assetforge.store.local import Store
from assetforge.trace.blobs import write_blobs
from assetforge.trace.look import SECONDS_A_DAY, digest_at, digest_of_variable, made_by
from assetforge.trace.proof import FILE, Folder, Place, Proof, write_proof
from assetforge.trace.settling import settle
from assetforge.trace.stamp import (
    TICK_NS,
    UNPROVEN,
    Stamp,
    inode_of,
    is_young,
    leads_to,
    names_in,
    stamp_of,
)
from assetforge.trace.targets import Targets, write_targets

Printed: TypeAlias = Callable[[Sequence[Diagnostic], bool], str]
"""Returns warnings as they are printed, with colours or without."""

NEEDED = ("state.sqlite", "actions")
"""What is made anew where it was deleted, and looked through then."""

EPOCH = date(1970, 1, 1)


def is_whole(options: Options) -> bool:
    """Tell whether a build is of the whole project, with flags that leave no trace's meaning."""
    surprising = options.resend or options.rebuy or options.allow_unverified
    return options.selection == Selection() and not surprising


def left_nothing(built: Built) -> bool:
    """Tell whether a build left nothing to be done."""
    decided, progress = built.decided, built.progress
    return (
        not (built.failed or progress.interrupted or built.waiting)
        and not (decided.lost or decided.held or decided.not_taken or decided.lock.remembered)
        and len(built.materialized.current) == len(decided.plan.targets)
        and len(progress.artifacts) == len(decided.plan.actions)
    )


def save(
    folder: Path,
    options: Options,
    built: Built,
    store: Store,
    reads: Reads,
    collected: Collected,
    began_ns: int,
    printed: Printed,
) -> None:
    """Leave the trace of a build in a folder, in place of an older one.

    A store that cannot be written, or a file that changed meanwhile, is no error: then there is no
    trace.

    Args:
        folder: of the trace.
        options: of the build.
        built: what it came to.
        store: what holds the pictures.
        reads: what it read.
        collected: what its variants were made from.
        began_ns: the time before anything was read, in nanoseconds.
        printed: returns warnings as they are printed.
    """
    if store.read_only or not (is_whole(options) and left_nothing(built)):
        return
    with suppress(OSError, sqlite3.Error, InvalidSource, ValueError):
        _save(folder, options, built, store, reads, collected, began_ns, printed)


def _save(
    folder: Path,
    options: Options,
    built: Built,
    store: Store,
    reads: Reads,
    collected: Collected,
    began_ns: int,
    printed: Printed,
) -> None:
    decided, generation = built.decided, uuid4().hex
    project = decided.project
    folder.mkdir(parents=True, exist_ok=True)
    rows = rows_of(built, store, project.root)
    write_targets(str(folder), generation, [each[0] for each in rows], [each[1] for each in rows])
    write_blobs(str(folder), generation, [*map(str, built.progress.artifacts.values())])
    names = [each[2] for each in rows]
    needs = folder / f"{generation}{SUFFIX}"
    write_needs(needs, collected, decided, names)
    trusted = tells_changes(store.scratch, rows[0][0]) if rows else True
    places = proven_places(folder, generation, rows)
    folders = [*folders_of(reads, own_names(built), began_ns)]
    files = {
        path: proven(path, stamp, began_ns, reads.written)
        for path, stamp in files_of(reads).items()
    }
    proof = Proof(
        root=str(project.root),
        made_by=made_by(),
        days=days_of(decided, began_ns),
        variables={each: digest_of_variable(each) for each in reads.variables},
        code=code_files(),
        files=files,
        folders=folders,
        links=links_of(project.root, [*files, *(row[0] for row in rows)], folders),
        store={str(store.root / each): inode_of(str(store.root / each)) for each in NEEDED},
        blobs={str(each): settled_stamp(str(each)) for each in store.cas.folders()},
        generation=generation,
        needs=stamp_of(str(needs)),
        count=len(rows),
        trusted=trusted,
        places=places,
        actions=len(decided.plan.actions),
        warnings=(printed(decided.warnings, False), printed(decided.warnings, True)),
        summary=f"{build_text(with_nothing_done(built), options)}\n",
    )
    keep_pipeline(folder, proof, project.file)
    project.keep_pipeline(options.profile)
    write_proof(str(folder), proof)
    forget(folder, besides=generation)


def forget(folder: Path, besides: str = "") -> None:
    """Remove what belongs to no proof any more; all of it where no generation is named."""
    if not besides:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for each in folder.iterdir():
        if each.name != FILE and not each.name.startswith(besides):
            each.unlink(missing_ok=True)


def with_nothing_done(built: Built) -> Built:
    """Return what the same build comes to when it is repeated at once."""
    progress = replace(
        built.progress,
        outcomes=dict.fromkeys(built.progress.outcomes, Outcome.HIT),
        costs={},
        cost_microdollars=0,
        again=0,
    )
    return replace(
        built,
        progress=progress,
        materialized=replace(built.materialized, written=0, removed=[]),
    )


def rows_of(built: Built, store: Store, root: Path) -> list[tuple[str, Stamp, VariantName, Digest]]:
    """Return path, stamp, variant and artifact of each target, those of a folder together."""
    written = store.record.targets_of(each.path for each, _ in built.materialized.current)
    found = []
    for target, artifact in built.materialized.current:
        each = written[target.path]
        stamp = each.mtime_ns, each.ctime_ns, each.size, each.inode
        if each.artifact != artifact:  # another build wrote it meanwhile
            stamp = UNPROVEN
        elif not each.inode:  # nobody noted all of it
            stamp = stamp_of(f"{root}/{target.path}") or UNPROVEN
        found.append((f"{root}/{target.path}", stamp, target.variant.name, artifact))
    return sorted(found, key=lambda row: (os.path.dirname(row[0]), row[0]))  # noqa: PTH120


def proven_places(
    folder: Path, generation: str, rows: Sequence[tuple[str, Stamp, VariantName, Digest]]
) -> list[Place]:
    """Return the folders of targets with their stamps, and settle the stamps of new targets.

    Whatever is in a folder that is not as it was left makes the folder one to be looked into.
    """
    settle(str(folder), generation, {at: (row[0], row[1], row[3]) for at, row in enumerate(rows)})
    places: list[Place] = []
    for at, row in enumerate(rows):
        path = os.path.dirname(row[0])  # noqa: PTH120
        if not places or places[-1].path != path:
            places.append(Place(path, stamp_of(path) or UNPROVEN, at, at))
        places[-1].end = at + 1
    changed = Targets(str(folder), generation).changed(0, len(rows))
    now = time.time_ns()
    for place in places:
        inside = bisect_left(changed, place.end) - bisect_left(changed, place.start)
        if inside or is_young(place.stamp, now):
            place.stamp = UNPROVEN
    return places


def proven(
    path: str, stamp: Stamp | None, began_ns: int, written: Container[str]
) -> tuple[Stamp | None, str]:
    """Return the stamp and digest of a file as it was read; unproven if it may have changed.

    Args:
        path: of the file.
        stamp: its state before it was read, or after it was `written` here.
        began_ns: the time before anything was read.
        written: what was written by this very build.
    """
    if stamp is None:
        return (None, "") if stamp_of(path) is None else (UNPROVEN, "")
    if path in written:
        if is_young(stamp, time.time_ns()):
            time.sleep(2 * TICK_NS / 1_000_000_000)
    elif is_young(stamp, began_ns):
        return UNPROVEN, ""
    before = stamp_of(path)
    digest = digest_at(path) if before == stamp and Path(path).is_file() else ""
    return (stamp, digest) if before == stamp == stamp_of(path) else (UNPROVEN, "")


def settled_stamp(path: str) -> Stamp | None:
    """Return the stamp of a folder; None where what happens in it now might leave the same."""
    stamp = stamp_of(path)
    return None if stamp is None or is_young(stamp, time.time_ns()) else stamp


def keep_pipeline(folder: Path, proof: Proof, file: str) -> None:
    """Keep a copy of the pipeline file as it was read, to tell which assets a later one changes.

    Raises:
        OSError: it cannot be written.
    """
    path = f"{proof.root}/{file}"
    if path not in proof.files:
        return  # it was read through a link
    data = Path(path).read_bytes()
    if digest_of(data) == proof.files[path][1]:
        (folder / f"{proof.generation}{PIPELINE_COPY}").write_bytes(data)


def own_names(built: Built) -> set[str]:
    """Return the names that a build may have added to a folder itself, as `names_in` has them."""
    project = built.decided.project
    parts = (PurePosixPath(target.path).parts for target, _ in built.materialized.current)
    inner = {name for each in parts for name in each[:-1]}
    return {f"{name}/" for name in (*inner, folder_of(project.root, project.file).name)}


def files_of(reads: Reads) -> dict[str, Stamp | None]:
    """Return what was read or looked for; folders that there were not are looked for like files."""
    looked_for = {path: stamp for path, (stamp, names) in reads.folders.items() if names is None}
    return looked_for | reads.files


def links_of(root: Path, paths: Iterable[str], folders: Iterable[Folder]) -> dict[str, str]:
    """Return the folders below the root that something lies in, and where links lead to."""
    found: dict[str, str] = {}
    start = f"{root}{os.sep}"
    waiting = {os.path.dirname(each) for each in paths}  # noqa: PTH120
    waiting |= {each.path for each in folders}
    while waiting:
        for each in waiting:
            found[each] = leads_to(each)
        above = {os.path.dirname(each) for each in waiting}  # noqa: PTH120
        waiting = {each for each in above if each.startswith(start) and each not in found}
    return found


def folders_of(reads: Reads, own: Container[str], began_ns: int) -> Iterator[Folder]:
    """Yield the folders that were looked into, with the names in them.

    Args:
        reads: what was read.
        own: names that the build may have added.
        began_ns: the time before anything was read.

    Raises:
        ValueError: somebody else added or removed one meanwhile.
    """
    for path, (stamp, names) in reads.folders.items():
        if names is None:
            continue  # there was none, or no folder: see `files_of`
        before, now = stamp_of(path), names_in(path)
        if now is None or any(each not in own for each in _names(now) ^ _names(names)):
            raise ValueError("a folder was changed meanwhile")
        same = stamp is not None and before == stamp and not is_young(stamp, began_ns)
        yield Folder(path, stamp if same and stamp else UNPROVEN, now)


def _names(names: str) -> set[str]:
    return {*names.split("\0")} if names else set()


def code_files() -> dict[str, Stamp]:
    """Return what changes when the program that is running, or what it stands on, does.

    Of packages that were installed, the folder they were put into: each installation adds and
    removes names there. Of those that are worked on, each file.
    """
    python = os.path.dirname(os.__file__)  # noqa: PTH120
    files = [getattr(each, "__file__", None) for each in sys.modules.values()]
    own = map(str, Path(assetforge.__file__).parent.glob("*.json"))
    found: set[str] = set()
    for each in (*filter(None, files), *own):
        folder, packages, _ = each.rpartition(f"{os.sep}site-packages{os.sep}")
        if packages:
            found.add(f"{folder}{packages}")
        elif not each.startswith(python):
            found.add(each)
    stamps = {path: stamp_of(path) for path in sorted(found)}
    return {path: stamp for path, stamp in stamps.items() if stamp is not None}


def days_of(decided: Decided, began_ns: int) -> tuple[int, int]:
    """Return the days between which nothing else is said of the models; (0, 0): for ever."""
    today = began_ns // 1_000_000_000 // SECONDS_A_DAY
    ends = [
        day
        for end in shutdowns(decided)
        for day in ((end - SHUTDOWN_NOTICE - EPOCH).days, (end - EPOCH).days)
    ]
    later = [each for each in ends if each > today]
    return (today, min(later)) if later else (0, 0)


def shutdowns(decided: Decided) -> set[date]:
    """Return when models that a plan asks for are shut down."""
    project: Project = decided.project
    named = {
        str(model) if model else None
        for model in (each.request.get("model") for each in decided.plan.actions.values())
    }
    ends = (project.capabilities_of_model(each).shutdown for each in {*named, None})
    return {date.fromisoformat(each) for each in ends if each}


def tells_changes(scratch: Path, target: str) -> bool:
    """Tell whether the time of a folder shows what happens in it, on the file system of a target.

    Tried in a folder of the store; where that is on another device, nothing is known.

    Raises:
        OSError: it cannot be tried.
    """
    probe = scratch / f"probe-{uuid4().hex}"
    probe.mkdir()
    try:
        if probe.stat().st_dev != os.stat(target).st_dev:  # noqa: PTH116
            return False
        times = [probe.stat().st_mtime_ns]
        for step in (probe / "new").touch, (probe / "new").unlink:
            time.sleep(TICK_NS / 1_000_000_000)
            step()
            times.append(probe.stat().st_mtime_ns)
        return times[0] < times[1] < times[2]
    finally:
        shutil.rmtree(probe, ignore_errors=True)
