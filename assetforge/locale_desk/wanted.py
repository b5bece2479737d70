"""Which messages the pictures of a locale ask for, and where each is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from assetforge.catalogs.lookup import Catalogs
from assetforge.coverage import Coverage, Look, coverage
from assetforge.errors import InvalidSource
from assetforge.implied import TEXT
from assetforge.locales import is_pseudo
from assetforge.matrix import Variant
from assetforge.pipeline import Slot
from assetforge.planner import all_variants
from assetforge.project import Project
from assetforge.rendered import Asked, RenderedVariant
from assetforge.rendering import VariantRenderer
from assetforge.steps.base import CopyParams


class TextKey(NamedTuple):
    """One message of some catalogs: what it is called is not enough where assets have their own.

    Attributes:
        owner: the first asset of the pipeline that has these catalogs.
        message: id.
    """

    owner: str
    message: str


class Use(NamedTuple):
    """One place that shows a message.

    Attributes:
        step, slot: empty for alt texts; the slot is also for `t()`.
        bounds: how long the text may be there; None: nobody says.
        typeset: whether the tool sets it, in its own fonts.
    """

    asset: str
    step: str
    slot: str
    bounds: Slot | None
    typeset: bool


@dataclass(slots=True)
class Wanted:
    """One message, and who asks for it.

    Attributes:
        asset: whose catalogs count.
        uses: every place, once.
        shown: the variants, with what each asked and got.
    """

    id: str
    asset: str
    uses: dict[Use, None] = field(default_factory=dict)
    shown: dict[str, tuple[RenderedVariant, list[Asked]]] = field(default_factory=dict)

    @property
    def assets(self) -> tuple[str, ...]:
        """The assets that ask for it."""
        return tuple(dict.fromkeys(use.asset for use in self.uses))

    @property
    def samples(self) -> list[tuple[RenderedVariant, list[Asked]]]:
        """One variant for each way in which the message is asked for and shown."""
        alike: dict[object, tuple[RenderedVariant, list[Asked]]] = {}
        for rendered, asked in self.shown.values():
            said = tuple((each.step, each.slot, each.place, each.text) for each in asked)
            alike.setdefault((rendered.variant.asset, said), (rendered, asked))
        return list(alike.values())


@dataclass(frozen=True, slots=True)
class WantedTexts:
    """What the pictures of one locale ask for: messages in their order, and how they stand."""

    messages: Mapping[TextKey, Wanted]
    stands: list[Coverage]


class AskedFor:
    """What the pictures of a project ask for, locale by locale; each picture is rendered once.

    Attributes:
        owners: asset → the first that has the same catalogs.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._renderer = VariantRenderer(project)
        self._found: dict[str, WantedTexts] = {}
        self.owners = owners_of(project)

    @property
    def locales(self) -> tuple[str, ...]:
        """The ids of all locales but pseudo-locales, in the order they first come.

        Raises:
            InvalidSource: an asset has no variant or more than the cap.
        """
        return tuple(filter(None, self._variants))

    def texts(self, locale: str) -> WantedTexts:
        """Return the messages that the variants of a locale ask for, in the order of the pipeline.

        Assets without locales are in the source locale.

        Raises:
            InvalidSource: an asset has no variant or more than the cap, or what is wrong, such as
                a damaged catalog, leaves no message.
        """
        if locale not in self._found:
            self._found[locale] = self._wanted(locale)
        return self._found[locale]

    @cached_property
    def _variants(self) -> dict[str, list[Variant]]:
        return _by_locale(self._project, all_variants(self._project))

    def _wanted(self, locale: str) -> WantedTexts:
        there = self._variants
        if is_pseudo(locale):
            there = _by_locale(self._project, all_variants(self._project, pseudo_locales=[locale]))
        variants = [self._renderer.render(each) for each in there.get(locale, ())]
        messages: dict[TextKey, Wanted] = {}
        for each in variants:
            add(messages, each, self.owners)
        look = Look(self._project, self._renderer, variants)
        if not messages and look.problems:
            raise InvalidSource(look.problems)
        return WantedTexts(messages, coverage(look))


def _by_locale(project: Project, variants: Iterable[Variant]) -> dict[str, list[Variant]]:
    found: dict[str, list[Variant]] = {}
    for each in variants:
        found.setdefault(each.locale or _source_of(project, each.asset), []).append(each)
    return found


def owners_of(project: Project) -> dict[str, str]:
    """Return the first asset that has the same catalogs, for each that has any."""
    section = project.pipeline.locales
    shared = section.catalogs if section else None
    first: list[tuple[object, str]] = []
    found: dict[str, str] = {}
    for name in project.texts:
        own = project.pipeline.assets[name].catalogs
        written = shared if own is None else own
        found[name] = next((owner for each, owner in first if each == written), name)
        if found[name] == name:
            first.append((written, name))
    return found


def add(
    messages: dict[TextKey, Wanted], rendered: RenderedVariant, owners: Mapping[str, str]
) -> None:
    """Add what one variant asks for."""
    asset, name = rendered.variant.asset, rendered.variant.name
    slots = dict(_slots(rendered))
    for asked in rendered.asked:
        key = TextKey(owners[asset], asked.message)
        wanted = messages.setdefault(key, Wanted(asked.message, key.owner))
        bounds, typeset = slots.get((asked.step, asked.slot), (None, False))
        wanted.uses[Use(asset, asked.step, asked.slot, bounds, typeset)] = None
        wanted.shown.setdefault(name, (rendered, []))[1].append(asked)


def _slots(rendered: RenderedVariant) -> Iterator[tuple[tuple[str, str], tuple[Slot, bool]]]:
    locale = rendered.locale.id if rendered.locale else None
    for step in rendered.steps:
        if isinstance(step.params, CopyParams):
            typeset = step.step.kind == TEXT or step.params.typeset_in(locale)
            for name, slot in step.params.slots.items():
                yield (step.step.name, name), (slot, typeset)


def catalogs_of(project: Project, asset: str) -> Catalogs | None:
    """Return the catalogs that an asset takes its texts from; None: it has none."""
    texts = project.texts.get(asset)
    return texts.catalogs if texts else None


def _source_of(project: Project, asset: str) -> str:
    catalogs = catalogs_of(project, asset)
    return catalogs.source if catalogs else ""
