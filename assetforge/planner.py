"""From a project to a plan: expand, render, chain, merge. Collects every problem on the way."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from graphlib import TopologicalSorter
from itertools import groupby
from typing import Any, TypeAlias

from assetforge.action import Action, ActionId, VariantName
from assetforge.builder import PlanBuilder
from assetforge.capabilities import NOTICED, Capabilities, notices, shutdown_of
from assetforge.chain import Chains
from assetforge.collecting import seldom_collecting
from assetforge.digest import Json
from assetforge.errors import Diagnostic, InvalidSource, NothingSelected, Place, did_you_mean
from assetforge.loader import Matrix
from assetforge.locales import InvalidLocale, is_pseudo, parse_locale
from assetforge.lock.folder import collisions
from assetforge.matrix import (
    LOCALE,
    Points,
    Variant,
    expand,
    point_on,
    select,
    shared_axes,
    size_of_matrix,
)
from assetforge.noting import Noting
from assetforge.pipeline import ASSET_PREFIX, MAX_VARIANTS
from assetforge.plan import Plan, Skipped
from assetforge.project import Project
from assetforge.rendered import Needs, Noted, RenderedVariant
from assetforge.rendering import VariantRenderer
from assetforge.shortfalls import Fates, after_missing, paid_pseudo_locales, short_enough
from assetforge.steps.drawing import DrawingParams
from assetforge.texts import all_catalogs

NO_PICTURES: frozenset[VariantName] = frozenset()


Note: TypeAlias = Callable[[Variant, Needs], None]
"""Is told what a variant was made from."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which variants are wanted; nothing given means all.

    With `names`, which goes without selectors and locales, it is exactly these.
    """

    selectors: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    max_variants: int = MAX_VARIANTS
    names: frozenset[VariantName] | None = None

    @property
    def pseudo_locales(self) -> tuple[str, ...]:
        """The pseudo-locales that are asked for by name: they are there for who asks only."""
        written = (*self.selectors, *(self.names or ()))
        parts = {part: None for each in written for part in each.split("/")}
        asked = (each for each in (*self.locales, *parts) if is_pseudo(each))
        return tuple(dict.fromkeys(parse_locale(each).tag for each in asked))


def make_plan(
    project: Project,
    selection: Selection = Selection(),
    *,
    allow_unverified: bool = False,
    today: date | None = None,
    note: Note | None = None,
) -> Plan:
    """Return the plan of the selected variants.

    `allow_unverified` lets requests stand that their model would refuse, by what is known of it.
    Models are warned about as of `today`, by default the day in UTC. `note` is told, of every
    variant that is wanted or needed, what it was made from; also of those that are left out.

    Raises:
        InvalidSource: anything wrong in templates, catalogs, references or outputs, all together.
        NothingSelected: a selector, locale or name matches nothing.
    """
    with seldom_collecting():
        plan = _plan(project, selection, allow_unverified, note)
    warnings = model_warnings(project, plan, today or datetime.now(UTC).date())
    return replace(plan, warnings=(*plan.warnings, *warnings))


def _plan(
    project: Project, selection: Selection, allow_unverified: bool, note: Note | None
) -> Plan:
    """Return the plan without the warnings about its models."""
    needs = {name: referred_assets(project, name) for name in project.pipeline.assets}
    variants, wanted = _chosen(project, selection, needs)
    builder = PlanBuilder(project, allow_unverified=allow_unverified)
    builder.report(same_lock_files(project))
    noting = Noting(project)
    builder.report(noting.problems)
    builder.judge(noting.odd(variants))
    renderings = _Renderings(builder, selection.pseudo_locales, needs, noting)
    chains = Chains(builder, {each for some in needs.values() for each in some})
    names = None if wanted is variants else {each.name for each in wanted}
    for variant in _with_needed(needs, variants, wanted):
        rendered = renderings.render(variant)
        if rendered is not None:
            chains.add(rendered, wanted=names is None or variant.name in names)
        if note is not None:
            note(variant, renderings.needs_of_last(chains if rendered else None))
    if builder.problems:  # what is odd about the catalogs may be the reason
        builder.report(each for some in all_catalogs(project.texts) for each in some.warnings)
    return builder.finish()


def _chosen(
    project: Project, selection: Selection, needs: Mapping[str, set[str]]
) -> tuple[list[Variant], list[Variant]]:
    """Return the variants that may be needed, and those of them that are wanted.

    Raises:
        NothingSelected: a selector, locale or name matches nothing.
    """
    names, most = selection.names, selection.max_variants
    if names is None:
        variants = all_variants(project, most, selection.pseudo_locales)
        tags = {name: asset.tags for name, asset in project.pipeline.assets.items()}
        return variants, select(variants, selection.selectors, selection.locales, tags)
    assert not selection.selectors, "BUG: names and selectors"
    assert not selection.locales, "BUG: names and locales"
    assets = _with_referred({each.split("/")[0] for each in names}, needs)
    variants = all_variants(project, most, selection.pseudo_locales, assets)
    wanted = [each for each in variants if each.name in names]
    if len(wanted) < len(names):
        gone = min(names - {each.name for each in wanted})
        raise NothingSelected(f"there is no variant '{gone}'")
    return variants, wanted


def _with_referred(assets: set[str], needs: Mapping[str, set[str]]) -> set[str]:
    """Return assets with those they refer to, and those that these refer to, and so on."""
    found: set[str] = set()
    further = assets
    while further:
        found |= further
        further = {each for name in further for each in needs.get(name, ())} - found
    return found


def same_lock_files(project: Project) -> Iterator[Diagnostic]:
    """Yield the assets whose file in the lock would be another's on some system."""
    for one, other in collisions(project.pipeline.assets):
        yield Diagnostic(
            "asset-collision",
            f"the assets '{one}' and '{other}' would share a file of the lock on macOS and Windows",
            project.loaded.document.place(("assets", other), key=True),
            "",
            "rename one of them",
        )


def model_warnings(project: Project, plan: Plan, today: date) -> Iterator[Diagnostic]:
    """Yield what is worth knowing about the models of a plan, each once."""
    seen: set[tuple[str, Json]] = set()
    alike: set[Hashable] = set()
    pinned = project.profile.deployment is not None
    for action, capabilities in _asked(project, plan, plan.actions):
        said: tuple[Any, ...] = tuple(map(action.request.get, NOTICED))
        if said in alike:
            continue
        alike.add(said)
        for each in notices(capabilities, action.request, today, project.models, pinned=pinned):
            about = (each.code, action.request.get("model"))
            if about not in seen:
                seen.add(about)
                yield replace(each, place=_place_of_model(project, plan, action.id))


def gone_models(
    project: Project, plan: Plan, pending: Iterable[ActionId], today: date
) -> list[Diagnostic]:
    """Return which models are no more of those that the pending actions would ask."""
    found = {
        replace(gone, place=_place_of_model(project, plan, action.id)): None
        for action, capabilities in _asked(project, plan, pending)
        if (gone := shutdown_of(capabilities, today))
    }
    return list(found)


def _asked(
    project: Project, plan: Plan, ids: Iterable[ActionId]
) -> Iterator[tuple[Action, Capabilities]]:
    """Yield the actions that go to a provider, with what their model can do."""
    for action in (plan.actions[id] for id in ids):
        if isinstance(plan.rendered[action.id].params, DrawingParams):
            yield action, project.capabilities_of_request(action.request)


def _place_of_model(project: Project, plan: Plan, id: ActionId) -> Place:
    """Return where the model of an action is named, or else its provider."""
    rendered, document = plan.rendered[id], project.loaded.document
    if "model" in rendered.params.model_fields_set:
        return document.place(rendered.step.written.locate(("model",)))
    profile = ("profiles", project.profile_name)
    named = (*profile, "model")
    return document.place(named if document.holds(named) else (*profile, "provider"))


class _Renderings:
    """Renders variants in the order of their needs, and follows what became of those needed."""

    def __init__(
        self,
        builder: PlanBuilder,
        asked_for: Container[str],
        needs: Mapping[str, set[str]],
        noting: Noting,
    ) -> None:
        """Begin; `asked_for` are the pseudo-locales that somebody names."""
        self.builder = builder
        self.asked_for = asked_for
        self.project = builder.project
        self.renderer = VariantRenderer(builder.project)
        self.needs = needs
        self.noting = noting
        self.fates = Fates()
        self._fate_of: VariantName | None = None
        self._noted: list[Noted] = []
        self._pseudo: dict[str, bool] = {}
        self._known: dict[frozenset[str], frozenset[str]] = {}

    def needs_of_last(self, chains: Chains | None) -> Needs:
        """Return what the last variant was made from; `chains` took it further, if it went on."""
        noted = self._noted
        pictures = frozenset(chains.taken) if chains and chains.taken else NO_PICTURES
        if self._fate_of is not None:
            pictures |= {self._fate_of}
        return Needs(
            frozenset().union(*(each.looked for each in noted)),
            self._one(frozenset().union(*(each.templates for each in noted))),
            self._one(frozenset(chains.files) if chains else frozenset()),
            pictures,
        )

    def _one(self, paths: frozenset[str]) -> frozenset[str]:
        """Return the same object for equal sets: most variants need the same files."""
        return self._known.setdefault(paths, paths)

    def render(self, variant: Variant) -> RenderedVariant | None:
        """Return a variant as it is to be drawn; None if it is left out, or wrong and told so."""
        self.renderer.noted = self._noted = []
        rendered = self._with_texts(variant)
        if rendered is None or not short_enough(self.builder, rendered):
            self.fates.shown_in(variant, None)
            return None
        if rendered.locale is not None and rendered.locale.id != variant.locale:
            self.fates.shown_in(variant, rendered.locale.id)
        paid = list(paid_pseudo_locales(self.project, rendered)) if self._is_pseudo(variant) else []
        if paid and parse_locale(variant.locale or "").tag not in self.asked_for:
            self.builder.skipped.append(Skipped(variant.name, "a pseudo-locale is for drafts"))
            self.fates.shown_in(variant, None)
            return None
        self.builder.report(paid)
        if rendered.warnings:
            self.builder.warnings |= rendered.warnings
        self.builder.judge(self.noting.add_to(rendered))
        return rendered

    def _is_pseudo(self, variant: Variant) -> bool:
        locale = variant.locale
        if locale is None:
            return False
        if locale not in self._pseudo:
            self._pseudo[locale] = is_pseudo(locale)
        return self._pseudo[locale]

    def _with_texts(self, variant: Variant) -> RenderedVariant | None:
        """Return a variant with all its texts; None if they cannot be had."""
        needed = self.fates.of_needed(variant, self.needs[variant.asset])
        name, shown = needed or ("", None)
        self._fate_of = VariantName(name) if needed else None
        if needed and shown is None:
            self.builder.skipped.append(Skipped(variant.name, f"'{name}' is left out"))
            return None
        rendered = self.renderer.render(variant, text_locale=shown)
        if rendered.missing:
            return after_missing(self.builder, self.renderer, rendered)
        return rendered


def all_variants(
    project: Project,
    max_variants: int = MAX_VARIANTS,
    pseudo_locales: Sequence[str] = (),
    assets: Container[str] | None = None,
) -> list[Variant]:
    """Return every variant of every asset, or of some, in the order of the file.

    `pseudo_locales` are added to the locales of each asset.

    Raises:
        InvalidSource: an asset has no variant or more than the cap, a locale is none, or an
            override is for no variant.
    """
    problems: list[Diagnostic] = []
    variants: list[Variant] = []
    points: Points = {}
    for name in project.pipeline.assets:
        if assets is not None and name not in assets:
            continue
        matrix = project.loaded.matrices[name]
        problems += _no_locales(project, name, matrix)
        locales = tuple(dict.fromkeys((*project.locales_of(name), *pseudo_locales)))
        count = size_of_matrix(matrix.axes, locales) + len(matrix.include)
        if count > max_variants:
            problems.append(_too_many(project, name, count, max_variants))
        else:
            found = expand(name, matrix, locales, points)
            problems += _idle_overrides(project, name, found) if found else []
            problems += _never_typeset(project, name, found) if found else []
            problems += [] if found else [_no_variants(project, name)]
            variants += found
    if problems:
        raise InvalidSource(problems)
    return variants


def _idle_overrides(
    project: Project, asset: str, variants: Sequence[Variant]
) -> Iterable[Diagnostic]:
    """Report the overrides of an asset that are for none of its variants."""
    values = {value for each in variants for value in each.values.values()}
    for key in project.pipeline.assets[asset].overrides:
        words = set(key.split("/"))
        if any(map(is_pseudo, words)):
            continue  # it is for variants that are there for who asks only
        if not any(words <= set(each.values.values()) for each in variants):
            strange = next((word for word in key.split("/") if word not in values), key)
            yield Diagnostic(
                "unknown-value",
                f"the override '{key}' is for no variant of '{asset}'",
                project.loaded.document.place(("assets", asset, "overrides", key), key=True),
                "",
                did_you_mean(strange, values) or "a key is axis values joined by '/'",
            )


def _never_typeset(
    project: Project, asset: str, variants: Sequence[Variant]
) -> Iterable[Diagnostic]:
    """Report the locales that a step's copy would be typeset in, and that the asset has not."""
    values = {each.locale for each in variants if each.locale}
    for step in project.loaded.steps[asset]:
        listed = step.raw.get("typeset")
        for index, locale in enumerate(listed if isinstance(listed, list) else ()):
            if str(locale) not in values:
                yield Diagnostic(
                    "unknown-value",
                    f"'{asset}' has no locale '{locale}' to typeset copy in",
                    project.loaded.document.place((*step.written.locate(("typeset",)), index)),
                    "",
                    did_you_mean(str(locale), values) or "name locales as the asset has them",
                )


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
            project.locales.parse(value)
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


def _no_variants(project: Project, asset: str) -> Diagnostic:
    return Diagnostic(
        "no-variants",
        f"asset '{asset}' has no variants: nothing would be made of it",
        project.loaded.document.place(("assets", asset, "matrix"), key=True),
        "",
        "give every axis a value that is not excluded; `locale: all` needs catalogs or `targets:`",
    )


def _with_needed(
    needs: Mapping[str, set[str]], variants: Sequence[Variant], wanted: Iterable[Variant]
) -> Iterator[Variant]:
    """Yield the wanted variants and those they refer to, referred ones first."""
    by_asset = {name: [*some] for name, some in groupby(variants, key=lambda each: each.asset)}
    order = [each for each in TopologicalSorter(needs).static_order() if each in by_asset]
    if wanted is variants:
        yield from (each for asset in order for each in by_asset[asset])
        return
    chosen = {name: set[VariantName]() for name in by_asset}
    for each in wanted:
        chosen[each.asset].add(each.name)
    for asset in reversed(order):
        standing = [each for each in by_asset[asset] if each.name in chosen[asset]]
        for name in needs[asset] if standing else ():
            others = by_asset[name]
            axes = shared_axes(standing[0], others[0])
            points = {point_on(axes, each) for each in standing}
            chosen[name].update(each.name for each in others if point_on(axes, each) in points)
    for asset in order:
        yield from (each for each in by_asset[asset] if each.name in chosen[asset])


def referred_assets(project: Project, name: str) -> set[str]:
    """Return the names of the assets whose pictures an asset may use."""
    asset, steps = project.pipeline.assets[name], project.loaded.steps[name]
    overrides = asset.overrides.values()
    styles = {*asset.styles, *(style for each in overrides for style in each.styles or [])}
    blocks = [step.raw for step in steps]
    blocks += [changed for each in overrides for changed in each.steps.values()]
    listed: list[Iterable[object]] = [
        asset.references,
        *(each.references or [] for each in overrides),
        *(project.pipeline.styles[style].references for style in styles),
        *(_reference_list(each) for each in blocks),
    ]
    found = {each.removeprefix(ASSET_PREFIX) for some in listed for each in _to_assets(some)}
    return found & project.pipeline.assets.keys()


def _to_assets(references: Iterable[object]) -> Iterator[str]:
    return (str(each) for each in references if str(each).startswith(ASSET_PREFIX))


def _reference_list(parameters: Mapping[str, object]) -> list[object]:
    """Return what may be references among the parameters of a step: texts, and texts in lists."""
    values = parameters.values()
    return [each for some in values for each in (some if isinstance(some, list) else [some])]
