"""What rendering a variant comes to: its steps, where its file goes, and what is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from assetforge.action import VariantName
from assetforge.budgets import Excess
from assetforge.catalogs.lookup import Found
from assetforge.errors import Diagnostic, Place
from assetforge.locales import Locale
from assetforge.matrix import Variant
from assetforge.notes.note import Note
from assetforge.pipeline import Asset, Missing, Size
from assetforge.prompts import Used
from assetforge.step import Step
from assetforge.steps.base import Params


@dataclass(frozen=True, slots=True)
class MissingMessage:
    """A message that a locale lacks: who asked, where, and which catalogs were tried.

    `known` tells whether any locale has it; `fuzzy` whether the locale has it, but not surely;
    `policy` is what the slot says to do, in place of the pipeline's.
    """

    locale: str
    message: str
    place: Place
    tried: tuple[str, ...]
    known: bool
    fuzzy: bool = False
    policy: Missing | None = None


class Asked(NamedTuple):
    """One look-up of a message: who asked for it, what it came to, and the bounds it is over.

    `slot` is empty for alt texts and `t()`; `found` None where the message is missing, or one that
    it shows.
    """

    message: str
    step: str
    slot: str
    place: Place
    found: Found | None
    text: str
    excesses: tuple[Excess, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderedStep:
    """One step of one variant with its templates filled in.

    `messages` are (locale that supplied it, message id) of everything looked up; `absent` are those
    that were looked for before and not there: a text added to them may change the result. `note` is
    what asks for a step that nobody wrote.
    """

    step: Step
    params: Params
    prompt: str = ""
    copy: Mapping[str, str] = field(default_factory=dict)
    messages: frozenset[tuple[str, str]] = frozenset()
    absent: frozenset[tuple[str, str]] = frozenset()
    used: Used = field(default_factory=Used)
    note: Note | None = None


@dataclass(slots=True)
class Noted:
    """What was noted while one part of a variant was rendered; see `RenderedVariant`.

    `looked` are the (locale, message id) that were looked at, found or in vain; `templates` the
    files that were, included ones too.
    """

    missing: list[MissingMessage] = field(default_factory=list)
    too_long: list[Diagnostic] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    warnings: dict[Diagnostic, None] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    looked: set[tuple[str, str]] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)


class Needs(NamedTuple):
    """What one variant was made from.

    Attributes:
        messages: (locale, message id) of all that was looked at, found or in vain, in the source
            locale too.
        templates: files that templates stand in, included ones too, there or not.
        files: the project's files among its inputs: references, masks, logos, fonts.
        pictures: variants of other assets whose picture it takes, or that are left out with it.
    """

    messages: frozenset[tuple[str, str]] = frozenset()
    templates: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    pictures: frozenset[VariantName] = frozenset()


@dataclass(slots=True)
class RenderedVariant:
    """All steps of one variant. `missing`, `too_long` and `problems` are for the planner to judge.

    `asked` are all messages that were looked up; `warnings` what is worth a word in any case;
    `size` is the final size that an override asks for. `noted` is what its parts were made from;
    variants whose part is the same share it.
    """

    variant: Variant
    asset: Asset
    locale: Locale | None
    steps: list[RenderedStep] = field(default_factory=list)
    alt: str = ""
    output: str = ""
    references: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    style_references: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missing: list[MissingMessage] = field(default_factory=list)
    too_long: list[Diagnostic] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    warnings: dict[Diagnostic, None] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    size: Size | None = None
    noted: list[Noted] = field(default_factory=list)

    def add(self, noted: Noted) -> None:
        """Take over what was noted of a part."""
        self.noted.append(noted)
        if noted.missing:
            self.missing += noted.missing
        if noted.too_long:
            self.too_long += noted.too_long
        if noted.problems:
            self.problems += noted.problems
        if noted.warnings:
            self.warnings |= noted.warnings
        if noted.asked:
            self.asked += noted.asked


_HOLE = re.compile(r"\{(\w[\w-]*)\}")


def holes(pattern: str) -> tuple[str, ...]:
    """Return the names in the `{name}` places of a message id or output pattern."""
    return tuple(dict.fromkeys(_HOLE.findall(pattern)))


def fill_in(pattern: str, values: Mapping[str, str]) -> str:
    """Put values into the `{name}` places of a message id or output pattern; others stay."""
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), pattern)
