"""What the texts of a project come to: for each asset and locale, whose they are and what is wrong.

Pictures that could not be built are looked at too: this is where a person finds out why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, get_args

from assetforge.budgets import excesses
from assetforge.catalogs.lookup import Catalogs, Found
from assetforge.errors import Diagnostic, Place, did_you_mean
from assetforge.fixed_copy import fixed_copy
from assetforge.locales import Locale, is_pseudo
from assetforge.matrix import select
from assetforge.messages.differences import differences
from assetforge.messages.lint import missing_categories
from assetforge.planner import Selection, all_variants
from assetforge.project import Project
from assetforge.rendered import Asked, MissingMessage, RenderedVariant
from assetforge.rendering import VariantRenderer
from assetforge.shortfalls import course_of
from assetforge.steps.base import CopyParams

State: TypeAlias = Literal["complete", "fallback", "fuzzy", "too-long", "mismatched", "missing"]
"""How an asset stands in a locale: the worst that is true of one of its texts, worst last."""

STATES: Final[tuple[State, ...]] = get_args(State)

Origin: TypeAlias = Literal["own", "inherited", "fallback", "fuzzy", "missing"]
"""Where a locale has a text from: itself; another locale of its language; another language; its
translator is not sure of it; nowhere. In this order, where pictures differ, the last one counts."""

ORIGINS: Final[tuple[Origin, ...]] = get_args(Origin)

Fault: TypeAlias = Literal["plural-form", "fallback", "fuzzy", "too-long", "mismatched", "missing"]
"""What may be wrong with one text. A plural form that is lacking makes no state: another is shown
in its place."""

MISMATCH: Final = "placeholder-mismatch"
"""Code of the problem that is told here as a fault."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is not as it should be about one text of an asset in a locale.

    Attributes:
        fault: what it is.
        message: id; empty for a text that stands in the pipeline file itself.
        step: which asks for it; empty for alt texts.
        slot: of the copy; empty for alt texts and `t()`.
        place: where the text is asked for.
        found_at: where the text stands that is shown; None if none is.
        supplier: id of the locale whose text is shown; empty if none is.
        tried: ids of the locales that were asked for the text, and lack it.
        words: one line for people.
    """

    fault: Fault
    message: str
    step: str
    slot: str
    place: Place
    found_at: Place | None
    supplier: str
    tried: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How one asset stands in one locale.

    Attributes:
        origins: message id → where its text comes from; every message in use, each once.
        suppliers: id of another locale → how many messages are shown in its text.
        details: what is wrong, in the order of the steps.
    """

    asset: str
    locale: Locale
    origins: Mapping[str, Origin]
    suppliers: Mapping[str, int]
    details: tuple[Detail, ...]

    @property
    def state(self) -> State:
        """The worst that is true of one of its texts."""
        faults = {each.fault for each in self.details}
        return next((each for each in reversed(STATES) if each in faults), "complete")

    def count(self, origin: Origin) -> int:
        """Return how many messages come from there."""
        return sum(1 for each in self.origins.values() if each == origin)

    def faulty(self, fault: Fault) -> int:
        """Return how many texts have a fault, each counted once."""
        texts = {(each.message, "" if each.message else each.slot) for each in self.of(fault)}
        return len(texts)

    def of(self, fault: Fault) -> Iterator[Detail]:
        """Yield the details of one fault."""
        return (each for each in self.details if each.fault == fault)


@dataclass(frozen=True, slots=True)
class Look:
    """Variants as they were rendered, and what rendered them."""

    project: Project
    renderer: VariantRenderer
    variants: Sequence[RenderedVariant]

    @property
    def problems(self) -> list[Diagnostic]:
        """What is wrong besides the texts, each once."""
        problems = (each for one in self.variants for each in one.problems)
        return list(dict.fromkeys(each for each in problems if each.code != MISMATCH))


def look_at(project: Project, selection: Selection) -> Look:
    """Render the chosen variants, whatever texts they lack or have too long.

    Raises:
        InvalidSource: an asset has no variant or more than the cap, or a locale is none.
        NothingSelected: a selector or locale matches nothing.
    """
    variants = all_variants(project, selection.max_variants, selection.pseudo_locales)
    if selection.names is not None:
        variants = [each for each in variants if each.name in selection.names]
    tags = {name: asset.tags for name, asset in project.pipeline.assets.items()}
    wanted = select(variants, selection.selectors, selection.locales, tags)
    renderer = VariantRenderer(project)
    return Look(project, renderer, [renderer.render(each) for each in wanted])


def coverage(look: Look) -> list[Coverage]:
    """Return how each asset stands in each of its locales, in the order of the variants.

    An asset without the axis `locale` stands in the source locale; one that neither has locales
    nor asks for a message is left out.

    Raises:
        InvalidSource: a catalog is damaged.
    """
    groups: dict[tuple[str, str], list[RenderedVariant]] = {}
    for each in look.variants:
        if each.locale is not None or each.asked:
            groups.setdefault((each.variant.asset, _locale_of(look.project, each)), []).append(each)
    return [_Group(look.project, *key).of(some) for key, some in groups.items()]


def is_complete(found: Iterable[Coverage]) -> bool:
    """Tell whether every text is there, in the right language, sure and short enough."""
    return all(each.state == "complete" for each in found)


def _locale_of(project: Project, rendered: RenderedVariant) -> str:
    if rendered.locale is not None:
        return rendered.locale.id
    return project.texts[rendered.variant.asset].catalogs.source


class _Group:
    """The variants of one asset in one locale."""

    def __init__(self, project: Project, asset: str, locale: str) -> None:
        self.project = project
        self.asset = asset
        self.locale = project.locales.parse(locale)
        self.origins: dict[str, Origin] = {}
        self.shown_in: dict[str, str] = {}
        self.details: dict[Detail, None] = {}
        self.seen: set[tuple[object, ...]] = set()
        self.fixed = {
            (each.step, each.slot, each.text): each.place for each in fixed_copy(project, asset)
        }

    def of(self, variants: Iterable[RenderedVariant]) -> Coverage:
        """Return what the variants come to together."""
        for rendered in variants:
            self._add(rendered)
        suppliers = Counter(each for each in self.shown_in.values() if each != self.locale.id)
        return Coverage(
            self.asset,
            self.locale,
            self.origins,
            dict(sorted(suppliers.items())),
            tuple(self.details),
        )

    def _add(self, rendered: RenderedVariant) -> None:
        lacks = {each.message: each for each in rendered.missing}
        shown = _whole_picture(self.project, rendered) if lacks else Stands("missing")
        for asked in rendered.asked:
            known = (
                asked.message,
                asked.step,
                asked.slot,
                asked.place,
                asked.message in lacks,
                shown,
            )
            if known not in self.seen:
                self.seen.add(known)
                if asked.found is None:
                    self._lacking(asked, lacks[asked.message], shown)
                else:
                    self._there(asked, asked.found)
        for detail in self._fixed_too_long(rendered):
            self.details[detail] = None

    def _note(self, message: str, origin: Origin, supplier: str) -> None:
        """Keep the worst that is known of a message."""
        before = self.origins.setdefault(message, origin)
        if ORIGINS.index(origin) >= ORIGINS.index(before):
            self.origins[message] = origin
            self.shown_in[message] = supplier or self.locale.id

    def _there(self, asked: Asked, found: Found) -> None:
        origin = self._origin(found)
        self._note(asked.message, origin, "" if origin == "own" else found.locale)
        plain = _detail("fallback", asked, found, f"is shown in '{found.locale}'")
        if origin == "fallback":
            self.details[plain] = None
        elif origin == "fuzzy":
            self.details[replace(plain, fault="fuzzy", words="its translator is not sure")] = None
        for fault, words in self._faults(asked, found):
            self.details[replace(plain, fault=fault, words=words)] = None

    def _origin(self, found: Found) -> Origin:
        if is_pseudo(self.locale.id):
            return "own"
        how = self.project.locales.stand_in(self.locale.id, found.locale)
        if how == "language":
            return "fallback"
        if found.message.state == "fuzzy":
            return "fuzzy"
        known = self.project.locales
        same = known.identity(self.locale.id) == known.identity(found.locale)
        return "own" if same else "inherited"

    def _faults(self, asked: Asked, found: Found) -> Iterator[tuple[Fault, str]]:
        value, known = found.message.value, self.project.locales
        for excess in asked.excesses:
            yield "too-long", str(excess)
        if isinstance(value, tuple):
            for category, sample in missing_categories(value, known.parse(found.locale).tag):
                yield "plural-form", f"lacks the plural form '{category}', for such as {sample}"
        source = self._catalogs.find(self._catalogs.source, asked.message)
        if isinstance(source, Found) and source.locale != found.locale:
            differ = differences(source.message.value, value)
            for name in sorted(differ.missing):
                yield "mismatched", f"lacks '{{{name}}}', which the source text has"
            for name in sorted(differ.unknown):
                yield "mismatched", f"has '{{{name}}}', which the source text lacks"

    def _lacking(self, asked: Asked, lack: MissingMessage, shown: Stands) -> None:
        self._note(asked.message, "fuzzy" if lack.fuzzy else shown.origin, shown.locale)
        words = _words_of(lack, self._catalogs, shown)
        fault: Fault = "fuzzy" if lack.fuzzy else shown.origin
        plain = _detail(fault, asked, None, words)
        self.details[replace(plain, supplier=shown.locale, tried=lack.tried)] = None

    def _fixed_too_long(self, rendered: RenderedVariant) -> Iterator[Detail]:
        """Yield what is too long of the texts that no catalog holds."""
        for step in rendered.steps if rendered.too_long else ():
            slots = step.params.slots if isinstance(step.params, CopyParams) else {}
            for name, slot in slots.items():
                for excess in excesses(slot.text or "", slot, self.locale.script, None):
                    place = self.fixed[step.step.name, name, slot.text or ""]
                    yield Detail(
                        "too-long", "", step.step.name, name, place, place, "", (), str(excess)
                    )

    @property
    def _catalogs(self) -> Catalogs:
        return self.project.texts[self.asset].catalogs


@dataclass(frozen=True, slots=True)
class Stands:
    """What becomes of a picture that lacks texts; `locale` is the one it is shown in, if any."""

    origin: Literal["fallback", "missing"]
    locale: str = ""
    left_out: bool = False


def _whole_picture(project: Project, rendered: RenderedVariant) -> Stands:
    """Return what the policies for missing messages make of a picture that lacks some."""
    course = course_of(project, rendered)
    catalogs = project.texts[rendered.variant.asset].catalogs
    messages = dict.fromkeys(each.message for each in rendered.asked)
    for locale in course.stand_ins:
        if all(isinstance(catalogs.find(locale, each), Found) for each in messages):
            return Stands("fallback", locale)
    return Stands("missing", left_out=course.left_out)


def _detail(fault: Fault, asked: Asked, found: Found | None, words: str) -> Detail:
    return Detail(
        fault,
        asked.message,
        asked.step,
        asked.slot,
        asked.place,
        found.place if found else None,
        found.locale if found else "",
        found.tried if found else (),
        words,
    )


def _words_of(lack: MissingMessage, catalogs: Catalogs, shown: Stands) -> str:
    if not lack.known:
        near = did_you_mean(lack.message, sorted(catalogs.all_ids))
        return f"no catalog has it{f'; {near}' if near else ''}"
    how = "its translator is not sure" if lack.fuzzy else "it has no text"
    if shown.origin == "fallback":
        return f"{how}: the whole picture is shown in '{shown.locale}'"
    return f"{how}: the picture is left out" if shown.left_out else how
