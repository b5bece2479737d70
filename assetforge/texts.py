"""Which catalogs and locales each asset has: the pipeline's, or its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assetforge import registry
from assetforge.catalogs.lookup import Catalogs
from assetforge.document import DocumentPath
from assetforge.errors import Diagnostic, InvalidSource, did_you_mean
from assetforge.loader import LoadedPipeline
from assetforge.locales import InvalidLocale, parse_locale
from assetforge.pipeline import Locales


@dataclass(frozen=True, slots=True)
class Texts:
    """The catalogs of an asset, and the locales that `locale: all` means for it."""

    catalogs: Catalogs
    locales: tuple[str, ...]


def texts_of_assets(loaded: LoadedPipeline, root: Path) -> dict[str, Texts]:
    """Return the texts of every asset; assets without catalogs of their own share one object.

    Raises:
        InvalidSource: a catalog pattern or a target locale is wrong; all of them.
    """
    section = loaded.pipeline.locales or Locales()
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
            found[path] = _open(loaded, root, chosen, path, problems)
        if opened := found[path]:
            texts[name] = opened
    if problems:
        raise InvalidSource(problems)
    return texts


def _open(
    loaded: LoadedPipeline,
    root: Path,
    section: Locales,
    path: DocumentPath,
    problems: list[Diagnostic],
) -> Texts | None:
    try:
        parse_locale(section.source)
    except InvalidLocale as error:
        place = loaded.document.place(("locales", "source"))
        problems.append(Diagnostic("wrong-value", str(error), place))
        return None
    formats = registry.names(registry.CATALOGS)
    place = loaded.document.place(path)
    try:
        catalogs = Catalogs.open(section, root, formats, registry.reader, place)
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
        if section.catalogs and not catalogs.known(each)
    ]
    return Texts(catalogs, tuple(section.targets))


def all_catalogs(texts: Mapping[str, Texts]) -> list[Catalogs]:
    """Return every catalog set once."""
    return list({id(each.catalogs): each.catalogs for each in texts.values()}.values())
