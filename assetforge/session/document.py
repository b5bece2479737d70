"""What a page is told: `assetforge.preview/1`."""

from __future__ import annotations

from dataclasses import dataclass

from assetforge.decided import Decided
from assetforge.digest import Json
from assetforge.locales import Locale
from assetforge.pricing import usd
from assetforge.reports.text import Flags
from assetforge.session.status import Status, status_json
from assetforge.session.view import View

SCHEMA = "assetforge.preview/1"


@dataclass(frozen=True, slots=True)
class About:
    """What there is to say of a project.

    Attributes:
        title: what people call it.
        profile: name of the one in use.
        free: whether its pictures cost nothing.
        source: id of the source locale; empty: there is none.
        axes: of all assets, but for the locale, in the order they first come.
        locales: those of the pictures, in the order they first come.
        cap: microdollars that the profile lets one build spend; None: it does not say.
    """

    title: str = ""
    profile: str = ""
    free: bool = True
    source: str = ""
    axes: tuple[str, ...] = ()
    locales: tuple[Locale, ...] = ()
    cap: int | None = None

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the locales of the pictures, and of the source."""
        return frozenset({self.source, *(each.id for each in self.locales)})


def about(decided: Decided, cap: int | None) -> About:
    """Return what there is to say of a project that is planned as a whole."""
    project = decided.project
    section = project.pipeline.locales
    targets = decided.plan.targets
    axes = dict.fromkeys(name for each in targets for name in each.variant.values)
    locales = dict.fromkeys(each.variant.locale for each in targets if each.variant.locale)
    return About(
        title=project.root.name,
        profile=project.profile_name,
        free=project.capabilities.local,
        source=section.source if section else "",
        axes=tuple(each for each in axes if each != "locale"),
        locales=tuple(project.locales.parse(each) for each in locales if each),
        cap=cap,
    )


def document(known: About, view: View, status: Status, flags: Flags, since: int) -> dict[str, Json]:
    """Return all that a page shows, or what changed of its pictures after a version."""
    return {
        "schema": SCHEMA,
        "title": known.title,
        "profile": known.profile,
        "free": known.free,
        "source": known.source,
        "command": f"assetforge build{flags.project}",
        "flags": flags.project,
        "selection": flags.selection,
        "writable": True,
        "axes": list(known.axes),
        "locales": [_locale(each) for each in known.locales],
        "max_cost": None if known.cap is None else usd(known.cap),
        "status": status_json(status),
        **view.document(since),
    }


def _locale(locale: Locale) -> Json:
    return {
        "id": locale.id,
        "lang": locale.tag,
        "dir": locale.direction,
        "name": locale.name,
    }
