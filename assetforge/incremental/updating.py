"""Brings a trace up to date after a build of the part that changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from assetforge.build import Built
from assetforge.errors import InvalidSource
from assetforge.incremental.needs import SUFFIX, Collected, digest_of_message, set_name
from assetforge.incremental.part import Part
from assetforge.incremental.saving import (
    files_of,
    folders_of,
    forget,
    keep_pipeline,
    links_of,
    own_names,
    proven,
    rows_of,
)
from assetforge.project import Project
from assetforge.reads import Reads
from assetforge.store.local import Store
from assetforge.trace.blobs import add_blobs
from assetforge.trace.look import digest_of_variable
from assetforge.trace.proof import write_proof
from assetforge.trace.settling import settle
from assetforge.trace.stamp import stamp_of
from assetforge.trace.targets import UNREADABLE, set_stamps


def update(
    part: Part,
    built: Built,
    store: Store,
    reads: Reads,
    collected: Collected,
    total: int,
    began_ns: int,
) -> None:
    """Write into a trace what a build of some variants changed.

    One that cannot be written is no error: it is forgotten, and all is planned the next time.

    Args:
        part: what was built.
        built: what it came to.
        store: what holds the pictures.
        reads: what was read, also to see what changed.
        collected: what the variants are made from now.
        total: how many actions the whole plan has now.
        began_ns: the time before anything was read, in nanoseconds.
    """
    if store.read_only:
        return
    found, proof = part.found, part.found.proof
    try:
        _set_rows(part, built, store, collected)
        with part.needs.transaction():
            _set_needs(part, built.decided.project, collected)
        proof.needs = stamp_of(f"{found.folder}/{proof.generation}{SUFFIX}")
        _set_reads(part, built, reads, began_ns)
        _set_blobs(part, built, store)
        keep_pipeline(Path(found.folder), proof, part.options.file.name)
        old, new = f"{proof.actions:,} hit", f"{total:,} hit"
        proof.actions, proof.summary = total, proof.summary.replace(old, new)
        write_proof(found.folder, proof)
    except (*UNREADABLE, sqlite3.Error, InvalidSource):
        forget(Path(found.folder))


def _set_rows(part: Part, built: Built, store: Store, collected: Collected) -> None:
    """Write the stamps of the targets of some variants.

    Raises:
        OSError: they cannot be written.
    """
    row_of = {path: row for row, path in part.rows(collected.names).items()}
    rows = {
        row_of[path]: (path, stamp, artifact)
        for path, stamp, _, artifact in rows_of(built, store, part.root)
    }
    folder, generation = part.found.folder, part.found.proof.generation
    set_stamps(folder, generation, {row: stamp for row, (_, stamp, _) in rows.items()})
    settle(folder, generation, rows)


def _set_reads(part: Part, built: Built, reads: Reads, began_ns: int) -> None:
    """Note what was read: the state of what changed, and what was not read before.

    Raises:
        ValueError: somebody changed a folder meanwhile.
    """
    found, proof = part.found, part.found.proof
    files = files_of(reads)
    for path in found.changed:
        if path not in files:
            del proof.files[path]  # nobody reads it any more
    fresh = []
    for path, stamp in files.items():
        known = proof.files.get(path)
        if known is None or path in found.changed or known[0] != stamp:
            proof.files[path] = proven(path, stamp, began_ns, reads.written)
            fresh.append(path)
    folders = {each.path: each for each in proof.folders}
    added = [
        each
        for each in folders_of(reads, own_names(built), began_ns)
        if each.path not in folders or folders[each.path].names != each.names
    ]
    proof.folders = [*(folders | {each.path: each for each in added}).values()]
    proof.links |= links_of(part.root, fresh, added)
    proof.variables |= {each: digest_of_variable(each) for each in reads.variables}


def _set_blobs(part: Part, built: Built, store: Store) -> None:
    """Note which pictures the variants stand on now; the folders they lie in are looked into.

    Raises:
        OSError: they cannot be written.
    """
    digests = [*map(str, built.progress.artifacts.values())]
    add_blobs(part.found.folder, part.found.proof.generation, digests)
    for folder in store.cas.folders():
        part.found.proof.blobs.setdefault(str(folder), None)


def _set_needs(part: Part, project: Project, collected: Collected) -> None:
    """Note what variants are made from now, besides what they were made from before.

    What one needs no more is left: it is planned once too often then, which changes nothing. The
    messages are those that were compared: what changes after that shows the next time.
    """
    needs, compared = part.needs, part.catalogs
    texts = {set_name(project, each): some.catalogs for each, some in project.texts.items()}
    texts |= {set_name(project, each): some for each, some in compared.items() if each in texts}
    for asset, opened in project.texts.items():
        needs.add_set(set_name(project, asset), asset, opened.catalogs.locales)
    numbers = needs.numbers(collected.names)
    asked: dict[tuple[str, str], dict[str, set[int]]] = {}
    for path in part.found.changed:
        for named, locale in (*needs.locales_in(path), *needs.locales_in(str(Path(path).parent))):
            asked.setdefault((named, locale), {})
    for asset, locales in collected.messages.items():
        for locale, ids in locales.items():
            into = asked.setdefault((set_name(project, asset), locale), {})
            for id, some in ids.items():
                into.setdefault(id, set()).update(numbers[collected.names[each]] for each in some)
    for (named, locale), wanted in asked.items():
        users = needs.users(named, locale)
        digests = {id: digest_of_message(texts[named], locale, id) for id in {*users, *wanted}}
        merged = {
            id: (digest, sorted({*users.get(id, (b"", []))[1], *wanted.get(id, ())}))
            for id, digest in digests.items()
        }
        needs.set_users(named, locale, merged)
        for file in dict.fromkeys(texts[named].files_for(locale)):
            needs.add_catalog(str(file), named, locale)
    for path, assets in collected.files.items():
        needs.add_file(path, assets)
    for asset, others in collected.refers.items():
        needs.add_refers(asset, others)
