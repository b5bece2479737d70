"""From a project to a plan: expand, render, chain, merge. Collects every problem on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from assetforge.chain import OTHER_ASSET, Pictures, add_variant, agrees
from assetforge.errors import Diagnostic, InvalidSource, did_you_mean
from assetforge.loader import Matrix
from assetforge.locales import InvalidLocale, parse_locale
from assetforge.matrix import LOCALE, Variant, expand, select, size_of_matrix
from assetforge.pipeline import MAX_VARIANTS, Asset
from assetforge.plan import Plan, PlanBuilder, Skipped
from assetforge.project import Project
from assetforge.rendering import MissingMessage, RenderedVariant, VariantRenderer


@dataclass(frozen=True, slots=True)
class Selection:
    """Which variants are wanted; nothing given means all."""

    selectors: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    max_variants: int = MAX_VARIANTS


def make_plan(project: Project, selection: Selection = Selection()) -> Plan:
    """Return the plan of the selected variants.

    Raises:
        InvalidSource: anything wrong in templates, catalogs, references or outputs, all together.
        NothingSelected: a selector or locale matches nothing.
    """
    variants = all_variants(project, selection.max_variants)
    tags = {name: asset.tags for name, asset in project.pipeline.assets.items()}
    wanted = select(variants, selection.selectors, selection.locales, tags)
    builder = PlanBuilder(project)
    renderer, pictures = VariantRenderer(project), Pictures()
    names = {each.name for each in wanted}
    for variant in _with_needed(project, variants, wanted):
        rendered = _render(builder, renderer, variant)
        if rendered is not None:
            add_variant(builder, rendered, pictures, wanted=variant.name in names)
    return builder.finish()


def _render(
    builder: PlanBuilder, renderer: VariantRenderer, variant: Variant
) -> RenderedVariant | None:
    rendered = renderer.render(variant)
    return _after_missing(builder, renderer, rendered) if rendered.missing else rendered


def all_variants(project: Project, max_variants: int = MAX_VARIANTS) -> list[Variant]:
    """Return every variant of every asset, in the order of the file.

    Raises:
        InvalidSource: an asset has more variants than the cap, or two of one name.
    """
    problems: list[Diagnostic] = []
    variants: list[Variant] = []
    for name in project.pipeline.assets:
        matrix = project.loaded.matrices[name]
        problems += _no_locales(project, name, matrix)
        count = size_of_matrix(matrix.axes, project.locales_of(name)) + len(matrix.include)
        if count > max_variants:
            problems.append(_too_many(project, name, count, max_variants))
        else:
            variants += expand(name, matrix, project.locales_of(name))
    if problems:
        raise InvalidSource(problems)
    return variants


def _no_locales(project: Project, asset: str, matrix: Matrix) -> Iterable[Diagnostic]:
    """Report the values of an asset's axis `locale` that are no language tags."""
    values = {
        value
        for axis in matrix.axes
        if axis.name == LOCALE and axis.values != "all"
        for value in axis.values
    }
    values |= {point[LOCALE] for point in matrix.include if LOCALE in point}
    for value in sorted(values):
        try:
            parse_locale(value)
        except InvalidLocale as error:
            place = project.loaded.document.place(("assets", asset, "matrix", LOCALE))
            yield Diagnostic("wrong-value", str(error), place)


def _too_many(project: Project, asset: str, count: int, cap: int) -> Diagnostic:
    return Diagnostic(
        "too-many-variants",
        f"asset '{asset}' has {count:,} variants, more than the cap of {cap:,}",
        project.loaded.document.place(("assets", asset, "matrix")),
        "",
        f"take values out, or allow it with --max-variants {count}",
    )


def _with_needed(
    project: Project, variants: Sequence[Variant], wanted: Iterable[Variant]
) -> list[Variant]:
    """Return the wanted variants and those they refer to, referred ones first."""
    needs = {name: referred_assets(project, asset) for name, asset in _assets(project)}
    chosen = {each.name: each for each in wanted}
    order = list(TopologicalSorter(needs).static_order())
    for asset in reversed(order):
        standing = [each for each in chosen.values() if each.asset == asset]
        for other in (each for each in variants if each.asset in needs[asset]):
            if any(agrees(other, each) for each in standing):
                chosen.setdefault(other.name, other)
    rank = {name: index for index, name in enumerate(order)}
    position = {each.name: index for index, each in enumerate(variants)}
    return sorted(chosen.values(), key=lambda each: (rank[each.asset], position[each.name]))


def _assets(project: Project) -> Iterable[tuple[str, Asset]]:
    return project.pipeline.assets.items()


def referred_assets(project: Project, asset: Asset) -> set[str]:
    """Return the names of the assets whose pictures an asset uses."""
    references = [*asset.references]
    for override in asset.overrides.values():
        references += override.references or []
    for style in {*asset.styles, *(s for o in asset.overrides.values() for s in o.styles or [])}:
        references += project.pipeline.styles[style].references
    for step in asset.steps:
        for value in step.values():
            references += _reference_list(value)
        references += _reference_list(step)
    found = (str(each) for each in references)
    return {each[len(OTHER_ASSET) :] for each in found if each.startswith(OTHER_ASSET)}


def _reference_list(value: object) -> list[str]:
    listed = value.get("references") if isinstance(value, dict) else None
    return listed if isinstance(listed, list) else []


def _after_missing(
    builder: PlanBuilder, renderer: VariantRenderer, rendered: RenderedVariant
) -> RenderedVariant | None:
    """Follow the policy for missing messages; return what is left to build, if anything."""
    section = renderer.project.pipeline.locales
    unknown = [each for each in rendered.missing if not each.known]
    if unknown or section is None or section.missing == "error":
        builder.report(rendered.problems)
        builder.report(_missing(renderer.project, rendered, each) for each in rendered.missing)
        return None
    first = rendered.missing[0]
    lacks = ", ".join(dict.fromkeys(f"'{each.message}'" for each in rendered.missing))
    if section.missing == "skip" or first.locale == section.source:
        builder.skipped.append(Skipped(rendered.variant.name, f"'{first.locale}' lacks {lacks}"))
        return None
    builder.warnings[_fallen_back(first, lacks, section.source)] = None
    again = renderer.render(rendered.variant, text_locale=section.source)
    if again.missing:
        builder.report(_missing(renderer.project, again, each) for each in again.missing)
        return None
    return again


def _missing(project: Project, rendered: RenderedVariant, lack: MissingMessage) -> Diagnostic:
    if not lack.known:
        known = project.texts[rendered.variant.asset].catalogs.ids()
        return Diagnostic(
            "unknown-message",
            f"no catalog has a message '{lack.message}'",
            lack.place,
            "",
            did_you_mean(lack.message, known) or "add it to the catalogs",
        )
    tried = f" (tried {', '.join(lack.tried)})" if lack.tried else ""
    return Diagnostic(
        "missing-message",
        f"locale '{lack.locale}' has no message '{lack.message}'{tried}",
        lack.place,
        "asked for here",
        "translate it, or set `missing: fallback` or `missing: skip` under `locales:`",
    )


def _fallen_back(lack: MissingMessage, lacks: str, source: str) -> Diagnostic:
    return Diagnostic(
        "fallback",
        f"locale '{lack.locale}' lacks {lacks}: the whole picture is shown in '{source}'",
        lack.place,
        severity="warning",
    )
