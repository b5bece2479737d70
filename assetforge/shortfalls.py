"""What becomes of a variant whose texts are missing, too long, or of no language at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from assetforge.builder import PlanBuilder
from assetforge.errors import Diagnostic, did_you_mean
from assetforge.locales import is_pseudo
from assetforge.matrix import Variant, point_on, shared_axes
from assetforge.pipeline import Missing
from assetforge.plan import Skipped
from assetforge.project import Project
from assetforge.rendered import MissingMessage, RenderedVariant
from assetforge.rendering import VariantRenderer
from assetforge.steps.drawing import DrawingParams


@dataclass(frozen=True, slots=True)
class Course:
    """What the policies make of a picture that lacks texts.

    Attributes:
        stand_ins: ids of locales; the first that has all texts shows the whole picture.
        left_out: whether it is left out when none has them; otherwise that is an error.
    """

    stand_ins: tuple[str, ...]
    left_out: bool


def course_of(project: Project, rendered: RenderedVariant) -> Course:
    """Return what becomes of a picture that lacks texts: declared stand-ins come first."""
    section = project.pipeline.locales
    catalogs = project.texts[rendered.variant.asset].catalogs
    default: Missing = section.missing if section else "error"
    policies = {each.policy or default if each.known else "error" for each in rendered.missing}
    declared = project.locales.fallbacks(rendered.missing[0].locale, catalogs.locales)
    wide = not policies & {"error", "skip"}
    left_out = "skip" in policies and "error" not in policies
    return Course((*declared, *([catalogs.source] if wide else [])), left_out)


def after_missing(
    builder: PlanBuilder, renderer: VariantRenderer, rendered: RenderedVariant
) -> RenderedVariant | None:
    """Follow the policy for missing messages; return what is left to build, if anything."""
    course = course_of(renderer.project, rendered)
    for locale in course.stand_ins:
        shown = renderer.render(rendered.variant, text_locale=locale)
        if not shown.missing:
            builder.warnings[_fallen_back(rendered, locale)] = None
            return shown
    if course.left_out:
        reason = f"'{rendered.missing[0].locale}' lacks {_ids(rendered)}"
        builder.skipped.append(Skipped(rendered.variant.name, reason))
        return None
    builder.report(rendered.problems)
    builder.report(_missing(renderer, rendered, each) for each in rendered.missing)
    if _too_long_policy(renderer.project) == "error":
        builder.report(rendered.too_long)
    return None


class Fates:
    """What became of the variants that are not shown in their own locale.

    A picture that stands on another one is shown in the same locale, or left out with it: else it
    would mix two languages.
    """

    def __init__(self) -> None:
        self._odd: dict[str, list[tuple[Variant, str | None]]] = {}
        self._index: dict[tuple[str, tuple[str, ...]], _Fated] = {}

    def shown_in(self, variant: Variant, locale: str | None) -> None:
        """Note that a variant is shown in another locale; None: that there is no picture of it."""
        self._odd.setdefault(variant.asset, []).append((variant, locale))
        self._index.clear()

    def of_needed(self, variant: Variant, assets: Iterable[str]) -> _Fate | None:
        """Return name and locale of what an asset has for a variant, if it is not as asked for."""
        for asset in assets:
            odd = self._odd.get(asset)
            if odd:
                axes = shared_axes(odd[0][0], variant)
                fated = self._index.setdefault((asset, axes), {}) or self._fated(asset, axes)
                if (fate := fated.get(point_on(axes, variant))) is not None:
                    return fate
        return None

    def _fated(self, asset: str, axes: tuple[str, ...]) -> _Fated:
        """Return the fates of an asset's variants by their values on some axes, worst last."""
        odd = sorted(self._odd[asset], key=lambda each: each[1] is None)
        fated = {point_on(axes, one): (str(one.name), locale) for one, locale in odd}
        self._index[asset, axes] = fated
        return fated


_Fate: TypeAlias = tuple[str, str | None]
_Fated: TypeAlias = dict[tuple[str, ...], _Fate]


def _ids(rendered: RenderedVariant) -> str:
    return ", ".join(dict.fromkeys(f"'{each.message}'" for each in rendered.missing))


def _missing(
    renderer: VariantRenderer, rendered: RenderedVariant, lack: MissingMessage
) -> Diagnostic:
    if not lack.known:
        known = renderer.project.texts[rendered.variant.asset].catalogs.all_ids
        return Diagnostic(
            "unknown-message",
            f"no catalog has a message '{lack.message}'",
            lack.place,
            "",
            _nearest(lack.message, known) or "add it to the catalogs",
        )
    tried = f" (tried {', '.join(lack.tried)})" if lack.tried else ""
    how = "is not sure of" if lack.fuzzy else "has no"
    advice = "confirm it, or set `use_fuzzy: true`" if lack.fuzzy else "translate it"
    return Diagnostic(
        "missing-message",
        f"locale '{lack.locale}' {how} message '{lack.message}'{tried}",
        lack.place,
        "asked for here",
        f"{advice}, or set `missing:` under `locales:` to `fallback`, `mix` or `skip`",
    )


@lru_cache(maxsize=1024)
def _nearest(message: str, known: frozenset[str]) -> str | None:
    return did_you_mean(message, sorted(known))


def _fallen_back(rendered: RenderedVariant, shown: str) -> Diagnostic:
    first = rendered.missing[0]
    return Diagnostic(
        "fallback",
        f"locale '{first.locale}' lacks {_ids(rendered)}: the whole picture is shown in '{shown}'",
        first.place,
        severity="warning",
    )


def short_enough(builder: PlanBuilder, rendered: RenderedVariant) -> bool:
    """Follow the policy for texts that are longer than their slots allow."""
    if not rendered.too_long:
        return True
    policy = _too_long_policy(builder.project)
    if policy == "warn":
        warned = (replace(each, severity="warning") for each in rendered.too_long)
        builder.warnings.update(dict.fromkeys(warned))
        return True
    if policy == "skip":
        builder.skipped.append(Skipped(rendered.variant.name, rendered.too_long[0].message))
    else:
        builder.report([*rendered.problems, *rendered.too_long])
    return False


def _too_long_policy(project: Project) -> str:
    section = project.pipeline.locales
    return section.too_long if section else "error"


def paid_pseudo_locales(project: Project, rendered: RenderedVariant) -> Iterator[Diagnostic]:
    """Yield that a pseudo-locale would be sent to a service: nobody wants to pay for it."""
    for step in rendered.steps if is_pseudo(rendered.variant.locale or "") else ():
        asked = isinstance(step.params, DrawingParams)
        capabilities = project.capabilities_for(step.params)
        if asked and not (capabilities.local or capabilities.free):
            yield Diagnostic(
                "paid-pseudo-locale",
                f"'{rendered.variant.locale}' is for drafts, and the profile "
                f"'{project.profile_name}' would send it to '{project.profile.provider}'",
                project.loaded.document.place(("profiles", project.profile_name, "provider")),
                "",
                "choose a profile with `provider: draft`",
            )
