"""The messages that pictures use: what a translator has to know of each, and which nobody uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from assetforge import registry
from assetforge.catalogs.lookup import Catalogs, Found
from assetforge.coverage import Look
from assetforge.errors import Place
from assetforge.length import Length
from assetforge.messages.pattern import references
from assetforge.pipeline import Slot
from assetforge.rendered import Asked, RenderedVariant
from assetforge.steps.base import CopyParams
from assetforge.texts import all_catalogs

UNBOUNDED = Slot(text="")
"""What alt texts and `t()` ask for: there is no bound."""


@dataclass(frozen=True, slots=True)
class Use:
    """Where a message is asked for.

    Attributes:
        step: empty for an alt text.
        slot: of the copy; empty for alt texts and `t()`.
        place: in the pipeline file or a template.
        bounds: how long the slot lets it be.
        sizes: of the finished pictures, such as `1200x628`; empty where nobody says.
    """

    asset: str
    step: str
    slot: str
    place: Place
    bounds: Slot
    sizes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageInUse:
    """A message that pictures show.

    Attributes:
        source: what it says in the source locale; None if that lacks it.
        comment: what its author tells translators.
        uses: everywhere it is asked for, in the order of the pipeline file.
        inside: ids of the messages that show it inside them, sorted.
    """

    id: str
    source: Found | None
    comment: str
    uses: tuple[Use, ...]
    inside: tuple[str, ...]

    @property
    def limits(self) -> tuple[Length | WordLimit, ...]:
        """Every bound on its length, each once."""
        found: dict[Length | WordLimit, None] = {}
        for use in self.uses:
            found |= dict.fromkeys(limits_of(use.bounds))
        stated = self.source.message.max_length if self.source else None
        if stated:
            found[Length(stated, "characters")] = None
        return tuple(found)


class WordLimit(NamedTuple):
    """The most words or lines that a text may have."""

    most: int
    unit: str

    @property
    def words(self) -> str:
        """The amount in words, such as `2 lines`."""
        return f"{self.most} {self.unit if self.most != 1 else self.unit.removesuffix('s')}"


def limits_of(bounds: Slot) -> Iterator[Length | WordLimit]:
    """Yield what a slot says of the length of its text."""
    if bounds.max_length:
        yield bounds.max_length
    if bounds.max_words:
        yield WordLimit(bounds.max_words, "words")
    if bounds.max_lines:
        yield WordLimit(bounds.max_lines, "lines")


def messages_in_use(look: Look) -> list[MessageInUse]:
    """Return the messages that the pictures use, by id; those of other catalogs apart."""
    found = [
        message
        for catalogs, used in _all_used(look).items()
        for message in _messages(catalogs.catalogs, used)
    ]
    return sorted(found, key=lambda each: each.id)


@dataclass(frozen=True, slots=True)
class Unused:
    """A message of the source locale that no picture uses; `locales` of them translate it."""

    id: str
    place: Place
    locales: int


@dataclass(frozen=True, slots=True)
class Translation:
    """A translation; where it stands."""

    id: str
    locale: str
    place: Place


@dataclass(frozen=True, slots=True)
class Stale:
    """Messages that can go, or that somebody forgot, in the order of their places.

    `orphans` are translations of messages that the source locale lacks.
    """

    unused: tuple[Unused, ...]
    orphans: tuple[Translation, ...]


def stale_messages(look: Look) -> Stale:
    """Return what no picture of the project uses; `look` is at all of them.

    Raises:
        InvalidSource: a catalog is damaged.
    """
    used = _all_used(look)
    unused: list[Unused] = []
    orphans: list[Translation] = []
    for catalogs in all_catalogs(look.project.texts):
        of_source = _of_source(catalogs)
        translated = list(_translations(catalogs))
        standing = Counter(each.id for each in translated)
        orphans += [each for each in translated if each.id not in of_source and not _is_own(each)]
        ids = used.get(_Same(catalogs), _Used()).ids
        unused += [
            Unused(id, place, standing[id]) for id, place in of_source.items() if id not in ids
        ]
    return Stale(
        tuple(sorted(unused, key=lambda each: (each.place, each.id))),
        tuple(sorted(orphans, key=lambda each: (each.place, each.id))),
    )


def _translations(catalogs: Catalogs) -> Iterator[Translation]:
    """Yield every text of every locale that is not the source's own."""
    own = catalogs.known.candidates(catalogs.source, catalogs.locales)
    for locale in catalogs.locales:
        for id, message, place in catalogs.entries(locale) if locale not in own else ():
            if message.state != "empty":
                yield Translation(id, locale, place)


def _is_own(text: Translation) -> bool:
    """Tell whether a text is a locale's own business: a term of Fluent, or what it is like."""
    name = text.id.rpartition(".-")[2] if ".-" in text.id else text.id.removeprefix("-")
    return text.place.file.endswith(".ftl") and name != text.id


def _of_source(catalogs: Catalogs) -> dict[str, Place]:
    """Return the messages that the source locale knows, also those that it has no text for."""
    found = {id: place for id, _, place in catalogs.entries(catalogs.source)}
    for id in catalogs.ids(catalogs.source):
        there = catalogs.find(catalogs.source, id)
        if isinstance(there, Found):
            found.setdefault(id, there.place)
    return found


class _Same:
    """Catalogs as a key: assets that share them share one object."""

    def __init__(self, catalogs: Catalogs) -> None:
        self.catalogs = catalogs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.catalogs is other.catalogs

    def __hash__(self) -> int:
        return id(self.catalogs)


@dataclass(slots=True)
class _Used:
    """The messages that are used of some catalogs.

    Attributes:
        uses: message id → where it is asked for → the sizes of the pictures.
        inside: id → those that show it inside them.
        shown: every text that is shown, by locale that supplied it and id.
    """

    uses: dict[str, dict[Use, dict[str, None]]] = field(default_factory=dict)
    inside: dict[str, set[str]] = field(default_factory=dict)
    shown: dict[tuple[str, str], Found] = field(default_factory=dict)

    @property
    def ids(self) -> Mapping[str, object]:
        """Every id in use: asked for, or shown inside another message."""
        return {**self.uses, **self.inside}


def _all_used(look: Look) -> dict[_Same, _Used]:
    used: dict[_Same, _Used] = {}
    for rendered in look.variants:
        if rendered.asked:
            catalogs = look.project.texts[rendered.variant.asset].catalogs
            some = used.setdefault(_Same(catalogs), _Used())
            _add(some, catalogs, rendered)
    return used


def _add(used: _Used, catalogs: Catalogs, rendered: RenderedVariant) -> None:
    bounds = {
        (step.step.name, name): slot
        for step in rendered.steps
        if isinstance(step.params, CopyParams)
        for name, slot in step.params.slots.items()
    }
    sizes = dict.fromkeys(_sizes(rendered))
    for asked in rendered.asked:
        use = _use(rendered.variant.asset, asked, bounds)
        used.uses.setdefault(asked.message, {}).setdefault(use, {}).update(sizes)
        for found in (asked.found, catalogs.find(catalogs.source, asked.message)):
            if isinstance(found, Found):
                _add_shown(used, catalogs, asked.message, found)


def _add_shown(used: _Used, catalogs: Catalogs, message: str, found: Found) -> None:
    """Note a text that is shown, and those that it shows inside it."""
    if (found.locale, message) in used.shown:
        return
    used.shown[found.locale, message] = found
    for id in references(found.message.value):
        whole = f"{found.namespace}.{id}" if found.namespace else id
        used.inside.setdefault(whole, set()).add(message)
        inner = catalogs.find(found.locale, whole)
        if isinstance(inner, Found):
            _add_shown(used, catalogs, whole, inner)


def _use(asset: str, asked: Asked, bounds: Mapping[tuple[str, str], Slot]) -> Use:
    slot = bounds.get((asked.step, asked.slot), UNBOUNDED)
    return Use(asset, asked.step, asked.slot, asked.place, slot)


def _sizes(rendered: RenderedVariant) -> Iterable[str]:
    """Return the sizes of a variant's finished pictures, as far as the pipeline file says them."""
    final = [each for each in rendered.steps if registry.step_kind(each.step.kind).final]
    exported = [size for each in final for size in each.params.wanted_sizes()]
    wanted = [size for each in rendered.steps for size in each.params.wanted_sizes()]
    if exported or wanted:
        return map(str, exported or wanted[-1:])
    if rendered.size:
        return (str(rendered.size),)
    sizes = (each["size"] for each in rendered.variant.attributes.values() if "size" in each)
    return map(str, sizes)


def _messages(catalogs: Catalogs, used: _Used) -> Iterator[MessageInUse]:
    comments = {id: text for (_, id), each in used.shown.items() if (text := each.message.comment)}
    for id in used.ids:
        source = catalogs.find(catalogs.source, id)
        found = source if isinstance(source, Found) else None
        yield MessageInUse(
            id,
            found,
            (found.message.comment if found else "") or comments.get(id, ""),
            tuple(_with_sizes(each, sizes) for each, sizes in used.uses.get(id, {}).items()),
            tuple(sorted(used.inside.get(id, ()))),
        )


def _with_sizes(use: Use, sizes: Iterable[str]) -> Use:
    return Use(use.asset, use.step, use.slot, use.place, use.bounds, tuple(sizes))
