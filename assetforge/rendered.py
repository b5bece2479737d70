"""What rendering a variant comes to: its steps, where its file goes, and what is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from assetforge.errors import Diagnostic, Place
from assetforge.locales import Locale
from assetforge.matrix import Variant
from assetforge.pipeline import Asset
from assetforge.prompts import Used
from assetforge.step import Step
from assetforge.steps.base import Params


@dataclass(frozen=True, slots=True)
class MissingMessage:
    """A message that a locale lacks: who asked, where, and which catalogs were tried."""

    locale: str
    message: str
    place: Place
    tried: tuple[str, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class RenderedStep:
    """One step of one variant with its templates filled in.

    `messages` are (locale that supplied it, message id) of everything looked up; `absent` are those
    that were looked for before and not there: a text added to them may change the result.
    """

    step: Step
    params: Params
    prompt: str = ""
    copy: Mapping[str, str] = field(default_factory=dict)
    messages: frozenset[tuple[str, str]] = frozenset()
    absent: frozenset[tuple[str, str]] = frozenset()
    used: Used = field(default_factory=Used)


@dataclass(slots=True)
class RenderedVariant:
    """All steps of one variant. `missing` and `problems` are for the planner to judge."""

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
    problems: list[Diagnostic] = field(default_factory=list)


def fill_in(pattern: str, values: Mapping[str, str]) -> str:
    """Put values into the `{name}` places of a message id or output pattern; others stay."""
    return re.sub(r"\{(\w[\w-]*)\}", lambda hole: values.get(hole[1], hole[0]), pattern)
