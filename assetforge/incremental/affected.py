"""Which variants may have changed: those whose needs touch what is not as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from assetforge.action import VariantName
from assetforge.catalogs.lookup import Catalogs
from assetforge.document import Document, parse_document
from assetforge.incremental.needs import NeedsFile, asset_of, digest_of_message
from assetforge.source import read_source
from assetforge.trace.look import Look, digest_at

CatalogsOf: TypeAlias = Callable[[str], Catalogs]
"""Returns the catalogs that an asset has its texts from."""

MOST_PERCENT = 25
"""Of how many variants the part that changed is planned alone; of more, planning all is faster."""

FEW = 500
"""So many are always planned alone."""

PIPELINE_COPY = ".pipeline"
"""How the name of the copy of the pipeline file ends that is kept beside a trace."""


def affected(
    found: Look, needs: NeedsFile, root: Path, file: str, catalogs_of: CatalogsOf
) -> set[VariantName] | None:
    """Return the variants that may not be as they were built; None: planning all tells.

    Args:
        found: what changed.
        needs: what each variant was made from.
        root: of the project.
        file: the pipeline file, relative to the root.
        catalogs_of: returns an asset's catalogs as they are now.

    Raises:
        InvalidSource: a changed catalog is damaged.
        sqlite3.Error: the needs cannot be read.
    """
    names = needs.variants_at(found.rows)
    for path in found.changed:
        touched = _touched(found, needs, root, file, path, catalogs_of)
        if touched is None:
            return None
        names |= touched
    assets = {asset_of(each) for each in names}
    if found.changed and assets & needs.sharing():
        return None  # what they have in common may be so no more
    names |= _users_of_assets(needs, assets)
    return names if len(names) <= max(FEW, needs.count() * MOST_PERCENT // 100) else None


def _touched(
    found: Look,
    needs: NeedsFile,
    root: Path,
    file: str,
    path: str,
    catalogs_of: CatalogsOf,
) -> set[VariantName] | None:
    """Return the variants that a changed file touches; None: it may be all."""
    place = Path(path)
    if not place.is_relative_to(root) or needs.warned_in(place.relative_to(root).as_posix()):
        return None
    name = place.relative_to(root).as_posix()
    if name == file:
        return _of_changed_assets(found, needs, place, name)
    texts = needs.locales_in(path) + needs.locales_in(str(place.parent))
    assets = needs.assets_reading(name)
    if not texts and assets is None:
        return None
    if not all(_has_same_locales(needs, each, catalogs_of) for each in {one for one, _ in texts}):
        return None
    names = {each for asset in assets or () for each in needs.variants_of(asset)}
    for catalogs, locale in texts:
        names |= _of_changed_messages(needs, catalogs, locale, catalogs_of)
    return names


def _has_same_locales(needs: NeedsFile, catalogs: str, catalogs_of: CatalogsOf) -> bool:
    """Tell whether catalogs have the locales that they had: a table names its own."""
    known = needs.set_of(catalogs)
    return known is not None and catalogs_of(known[0]).locales == known[1]


def _of_changed_messages(
    needs: NeedsFile, catalogs: str, locale: str, catalogs_of: CatalogsOf
) -> set[VariantName]:
    """Return the variants that asked for a message of a locale that says something else now."""
    users = needs.users(catalogs, locale)
    if not users:
        return set()
    number = next(iter(users.values()))[1][0]
    (someone,) = needs.names([number])
    texts = catalogs_of(asset_of(someone))
    numbers = {
        number
        for id, (digest, asked) in users.items()
        if digest_of_message(texts, locale, id) != digest
        for number in asked
    }
    return needs.names(numbers)


def _of_changed_assets(
    found: Look, needs: NeedsFile, path: Path, name: str
) -> set[VariantName] | None:
    """Return the variants of the assets that the pipeline file says something else of.

    None where it says something else that is not of one asset alone.
    """
    copy = Path(found.folder) / f"{found.proof.generation}{PIPELINE_COPY}"
    digest = found.proof.files[str(path)][1]
    if not digest or digest_at(str(copy)) != digest:
        return None
    before, after = (_document(each, name) for each in (copy, path))
    changed = changed_assets(before.value, after.value)
    if changed is None:
        return None
    return {each for asset in changed for each in needs.variants_of(asset)}


def _document(path: Path, name: str) -> Document:
    return parse_document(read_source(path, name), name)


def changed_assets(before: object, after: object) -> set[str] | None:
    """Return the assets that two pipeline files say different things of.

    None where they differ in anything else, or in which assets there are.
    """
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return None
    was, now = before.get("assets"), after.get("assets")
    if not isinstance(was, Mapping) or not isinstance(now, Mapping) or [*was] != [*now]:
        return None
    if _ordered(_others(before)) != _ordered(_others(after)):
        return None
    return {name for name in was if _ordered(was[name]) != _ordered(now[name])}


def _others(document: Mapping[object, object]) -> dict[object, object]:
    return {key: each for key, each in document.items() if key != "assets"}


def _ordered(value: object) -> object:
    """Return a value that differs also where only the order of keys, or a type, does."""
    if isinstance(value, Mapping):
        return dict, [(key, _ordered(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [*map(_ordered, value)]
    return type(value), value


def _users_of_assets(needs: NeedsFile, assets: Iterable[str]) -> set[VariantName]:
    """Return all variants of the assets that take pictures of some assets, directly or not."""
    refers = needs.refers()
    reached = set(assets)
    grown = True
    while grown:
        more = {one for one, others in refers.items() if others & reached} - reached
        reached |= more
        grown = bool(more)
    return {each for asset in reached - set(assets) for each in needs.variants_of(asset)}
