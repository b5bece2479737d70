"""Which messages the pictures of a locale ask for, and where each is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from assetforge.catalogs.lookup import Catalogs
from assetforge.coverage import Coverage, Look, coverage
from assetforge.implied import TEXT
from assetforge.locales import is_pseudo
from assetforge.pipeline import Slot
from assetforge.planner import all_variants
from assetforge.project import Project
from assetforge.rendered import Asked, RenderedVariant
from assetforge.rendering import VariantRenderer
from assetforge.steps.base import CopyParams


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
        asset: the first that does; its catalogs count.
        uses: every place, once.
        shown: the variants, with what each asked and got.
    """

    id: str
    asset: str
    uses: dict[Use, None] = field(default_factory=dict)
    shown: dict[str, tuple[RenderedVariant, list[Asked]]] = field(default_factory=dict)

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

    messages: Mapping[str, Wanted]
    stands: list[Coverage]


def wanted_texts(project: Project, locale: str) -> WantedTexts:
    """Return the messages that the variants of a locale ask for, in the order of the pipeline.

    Assets without locales are in the source locale.

    Raises:
        InvalidSource: an asset has no variant or more than the cap, or a catalog is damaged.
    """
    renderer = VariantRenderer(project)
    asked_for = (locale,) if is_pseudo(locale) else ()
    variants = [
        renderer.render(each)
        for each in all_variants(project, pseudo_locales=asked_for)
        if (each.locale or _source_of(project, each.asset)) == locale
    ]
    messages: dict[str, Wanted] = {}
    for each in variants:
        add(messages, each)
    return WantedTexts(messages, coverage(Look(project, renderer, variants)))


def add(messages: dict[str, Wanted], rendered: RenderedVariant) -> None:
    """Add what one variant asks for."""
    asset, name = rendered.variant.asset, rendered.variant.name
    slots = dict(_slots(rendered))
    for asked in rendered.asked:
        wanted = messages.setdefault(asked.message, Wanted(asked.message, asset))
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
