"""Which catalogs and locales each asset has: the pipeline's, or its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetforge import registry
from assetforge.catalogs.lookup import Catalogs
from assetforge.document import DocumentPath
from assetforge.errors import Diagnostic, InvalidSource, did_you_mean
from assetforge.loader import LoadedPipeline
from assetforge.locales import CustomLocale, InvalidLocale, KnownLocales, is_pseudo
from assetforge.pipeline import Locales

KEPT_IN = "catalogs"
"""Folder of the store that parsed catalogs are kept in; they can be deleted at any time."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The catalogs of an asset, and the locales that `locale: all` means for it."""

    catalogs: Catalogs
    locales: tuple[str, ...]


def known_locales(loaded: LoadedPipeline) -> KnownLocales:
    """Return the locales that a pipeline declares, and which may stand in for which.

    Raises:
        InvalidSource: an id is no locale, or stands for the same as another; all of them.
    """
    section, document = loaded.pipeline.locales or Locales(), loaded.document
    custom = {
        id: CustomLocale(each.like, each.direction, each.name)
        for id, each in section.custom.items()
    }
    fallback = {
        id: (each,) if isinstance(each, str) else tuple(each)
        for id, each in section.fallback.items()
    }
    problems: list[Diagnostic] = []

    def attempt(path: DocumentPath, *declared: Any) -> KnownLocales | None:
        try:
            return KnownLocales(*declared)
        except InvalidLocale as error:
            problems.append(Diagnostic("wrong-value", str(error), document.place(path)))
            return None

    for id, each in custom.items():
        attempt(("locales", "custom", id), {id: each})
    if not problems:
        attempt(("locales", "custom"), custom)
    for id, others in fallback.items() if not problems else ():
        attempt(("locales", "fallback", id), custom, {id: others})
    known = None if problems else attempt(("locales", "fallback"), custom, fallback)
    if known is None:
        raise InvalidSource(problems)
    return known


def texts_of_assets(
    loaded: LoadedPipeline, root: Path, known: KnownLocales, store: Path
) -> dict[str, Texts]:
    """Return the texts of every asset; assets without catalogs of their own share one object.

    `store` is the folder of the local store; parsed catalogs are kept in it once it is there.

    Raises:
        InvalidSource: a catalog pattern or a target locale is wrong; all of them.
    """
    section = loaded.pipeline.locales or Locales()
    keep_in = store / KEPT_IN if store.is_dir() else None
    problems: list[Diagnostic] = []
    found: dict[DocumentPath, Texts | None] = {}
    texts = {}
    for name, asset in loaded.pipeline.assets.items():
        own = asset.catalogs is not None
        if not own and loaded.pipeline.locales is None:
            continue
        path = ("assets", name, "catalogs") if own else ("locales", "catalogs")
        if path not in found:
            chosen = section.model_copy(update={"catalogs": asset.catalogs}) if own else section
            found[path] = _open(loaded, root, chosen, path, problems, known, keep_in)
        if opened := found[path]:
            texts[name] = opened
    if not problems:
        problems += _unserved_stand_ins(loaded, texts)
    if problems:
        raise InvalidSource(problems)
    return texts


def _unserved_stand_ins(loaded: LoadedPipeline, texts: Mapping[str, Texts]) -> Iterator[Diagnostic]:
    """Yield the locales that are to stand in for others and that no catalog has texts for."""
    section, catalogs = loaded.pipeline.locales or Locales(), all_catalogs(texts)
    for id, others in section.fallback.items():
        for index, each in enumerate([others] if isinstance(others, str) else others):
            path: DocumentPath = ("locales", "fallback", id)
            if not any(some.serves(each) for some in catalogs):
                there = sorted({known for some in catalogs for known in some.locales})
                yield Diagnostic(
                    "unknown-locale",
                    f"no catalog has texts for locale '{each}', which is to stand in for '{id}'",
                    loaded.document.place(path if isinstance(others, str) else (*path, index)),
                    "",
                    did_you_mean(each, there) or f"there are: {', '.join(there)}",
                )


def _open(
    loaded: LoadedPipeline,
    root: Path,
    section: Locales,
    path: DocumentPath,
    problems: list[Diagnostic],
    known: KnownLocales,
    keep_in: Path | None,
) -> Texts | None:
    try:
        known.parse(section.source)
        if is_pseudo(section.source):
            raise InvalidLocale(f"'{section.source}' is a pseudo-locale; write a real one")
    except InvalidLocale as error:
        place = loaded.document.place(("locales", "source"))
        problems.append(Diagnostic("wrong-value", str(error), place))
        return None
    formats = registry.names(registry.CATALOGS)
    place = loaded.document.place(path)
    try:
        catalogs = Catalogs.open(section, root, formats, registry.reader, place, known, keep_in)
    except InvalidSource as error:
        problems += error.diagnostics
        return None
    if section.targets == "all":
        return Texts(catalogs, catalogs.locales)
    problems += [
        Diagnostic(
            "unknown-locale",
            f"no catalog has texts for locale '{each}'",
            loaded.document.place(("locales", "targets", index)),
            "",
            did_you_mean(each, catalogs.locales) or f"there are: {', '.join(catalogs.locales)}",
        )
        for index, each in enumerate(section.targets)
        if section.catalogs and not (is_pseudo(each) or catalogs.serves(each))
    ]
    return Texts(catalogs, tuple(section.targets))


def all_catalogs(texts: Mapping[str, Texts]) -> list[Catalogs]:
    """Return every catalog set once."""
    return list({id(each.catalogs): each.catalogs for each in texts.values()}.values())
