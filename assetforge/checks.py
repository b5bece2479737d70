"""Checks of a pipeline file across its blocks: names that must exist, patterns, references."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, get_args

from assetforge import registry
from assetforge.axis import Matrix
from assetforge.canvas import allows_any
from assetforge.capabilities import base_names, capabilities_of, known_providers, models_with
from assetforge.document import Spot
from assetforge.errors import Place, Severity
from assetforge.pipeline import (
    ASSET_PREFIX,
    OUTPUT_PLACEHOLDERS,
    Pipeline,
    ReferenceMark,
    inside_project,
    is_template,
)
from assetforge.reads import reading
from assetforge.services import Service, known_services, service_of
from assetforge.source import LINE_BREAK
from assetforge.step import WrittenStep
from assetforge.validation import Findings

FOR_SERVICES = (
    "base_url",
    "deployment",
    "key_env",
    "partial_images",
    "moderation",
    "output_format",
    "output_compression",
    "extra",
)
"""Settings of a profile that are for a service alone."""

MAX_CYCLES = 20
"""How many reference cycles are reported in one run."""

Written = Mapping[str, Sequence[WrittenStep]]
"""Asset → its steps."""


def check_providers(profiles: Spot, chosen: str | None, findings: Findings) -> None:
    """Report unknown providers, and services that cannot be reached: errors for the chosen profile.

    Without a choice the first profile is the chosen one. A provider whose models are known can be
    planned and priced even where it is not installed.
    """
    known = sorted({*registry.names(registry.PROVIDERS), *known_providers(), *known_services()})
    first = next((name for name, _ in profiles.entries()), None)
    for name, profile in profiles.entries():
        spot = profile["provider"]
        provider = spot.text()
        severity: Severity = "error" if name == (chosen or first) else "warning"
        if provider is not None and provider not in known:
            findings.unknown("provider", provider, known, spot.path, severity=severity)
        elif provider is not None and (service := service_of(provider)):
            _check_service(profile, service, findings, severity)
        if provider is not None and name == (chosen or first):
            _check_settings(profile, provider, findings)


def _check_settings(profile: Spot, provider: str, findings: Findings) -> None:
    """Report what a profile asks for that never reaches anybody."""
    service = service_of(provider)
    idle: tuple[str, ...] = ()
    if service is not None and not service.streaming:
        idle = ("partial_images",)
    elif capabilities_of(provider, None).local:
        idle = FOR_SERVICES
    for name in idle:
        if (spot := profile[name]).value:
            message = f"'{provider}' takes no `{name}`: it is not sent"
            findings.add("not-sent", message, spot.path, "remove it", severity="warning")


def _check_service(profile: Spot, service: Service, findings: Findings, severity: Severity) -> None:
    """Report what a profile does not say about a service, or says in vain."""
    said = dict(profile.entries())
    name, where = service.name, profile["provider"].path
    if service.base_url is None and not service.url_env and "base_url" not in said:
        message = f"'{name}' has no address of its own"
        advice = "say where it is: `base_url: http://host:port/v1`"
        findings.add("no-base-url", message, where, advice, severity=severity)
    if service.name != service.kind and "model" not in said:
        message, advice = f"'{name}' has no model of its own", "say which one: `model: ...`"
        findings.add("no-model", message, where, advice, severity=severity)
    if "deployment" in said and not service.entra:
        message = f"'{name}' has no deployments: the model's name is enough"
        place = said["deployment"].path
        findings.add("no-deployments", message, place, "remove it", severity=severity)


def check_models(models: Spot, findings: Findings) -> None:
    """Report models that inherit from nothing that is known, and prices that nothing counts for."""
    own = [name for name, _ in models.entries()]
    known = list(dict.fromkeys([*base_names(), *own]))
    for name, model in models.entries():
        spot = model["inherits"]
        base = spot.text()
        if base is not None and base not in known:
            others = [each for each in known if each != name]
            findings.unknown("model", base, others, spot.path)
        elif base is not None and _comes_back(models, name):
            others = [each for each in base_names() if each not in own]
            advice = f"let it inherit from another, such as '{others[0]}'" if others else None
            findings.add("model-cycle", f"'{name}' inherits from itself", spot.path, advice)
        elif base is None and name not in base_names() and isinstance(model["price"].value, dict):
            message = f"how '{name}' counts its tokens is not known"
            advice = "say which model it `inherits` from, or its price as `per_image`"
            findings.add("unknown-tokens", message, model["price"].path, advice)


def check_canvases(pipeline: Pipeline, findings: Findings) -> None:
    """Report models whose rules leave no canvas, also together with what they inherit."""
    for name, family in zip(pipeline.models, models_with(pipeline.models).own, strict=True):
        rules = family.capabilities.rules
        if rules is not None and not allows_any(rules):
            words = f"no canvas follows all rules for the sizes of '{name}'"
            findings.add("no-canvas", words, ("models", name, "sizes"), "loosen one of them")


def _comes_back(models: Spot, name: str) -> bool:
    """Tell whether a model inherits from itself; a known one may, to correct its data."""
    seen: set[str] = set()
    base = models[name]["inherits"].text()
    while base is not None and base not in seen:
        if base == name:
            return bool(seen) or name not in base_names()
        seen.add(base)
        base = models[base]["inherits"].text()
    return False


def check_styles(root: Spot, findings: Findings) -> None:
    """Report styles that assets and overrides name and nobody defines."""
    known = dict(root["styles"].entries())
    for _, asset in root["assets"].entries():
        overrides = [override for _, override in asset["overrides"].entries()]
        for block in (asset, *overrides):
            for spot in block["styles"].items():
                style = spot.text()
                if style is not None and style not in known:
                    findings.unknown("style", style, known, spot.path)


def check_placeholders(
    root: Spot, matrices: Mapping[str, Matrix], written: Written, findings: Findings
) -> None:
    """Report braces in outputs, message ids and catalog paths that name nothing."""
    for name, asset in root["assets"].entries():
        axes = [axis.name for axis in matrices[name].axes]
        overrides = [override for _, override in asset["overrides"].entries()]
        for block in (asset, *overrides):
            _check_braces(block["output"], [*axes, *sorted(OUTPUT_PLACEHOLDERS)], findings)
            _check_braces(block["alt"], [*axes, "asset"], findings)
            _check_messages(block["copy"], [*axes, "asset"], findings)
        for step in written[name]:
            if isinstance(step.raw.get("copy"), dict):
                copy = Spot(step.raw["copy"], step.origins["copy"])
                _check_messages(copy, [*axes, "asset"], findings)
        _check_catalogs(asset["catalogs"], findings)
    _check_catalogs(root["locales"]["catalogs"], findings)


def _check_messages(copy: Spot, known: Sequence[str], findings: Findings) -> None:
    for _, slot in copy.entries():
        for spot in (slot, slot["message"]):
            _check_braces(spot, known, findings)


def _check_catalogs(catalogs: Spot, findings: Findings) -> None:
    named = [spot for _, spot in catalogs.entries()]
    for each in (catalogs, *catalogs.items(), *named):
        for spot in (each, each["path"]):
            _check_braces(spot, ["locale"], findings)


def _check_braces(spot: Spot, known: Sequence[str], findings: Findings) -> None:
    text = spot.value
    if not isinstance(text, str):
        return
    if is_template(text):
        message = "this is a pattern, not a template"
        findings.add("wrong-value", message, spot.path, "write {axis} in single braces")
        return
    for match in re.finditer(r"\{([^{}]*)\}|[{}]", text):
        place = _inside(spot, text, match, findings)
        if match[1] is None:
            findings.add("wrong-value", f"a '{match[0]}' without its pair", place)
        elif match[1] not in known:
            findings.unknown("placeholder", match[1], known, place)


def _inside(spot: Spot, text: str, match: re.Match[str], findings: Findings) -> Place:
    """Return the place of a part of a text."""
    breaks = list(LINE_BREAK.finditer(text, 0, match.start()))
    start = breaks[-1].end() if breaks else 0
    length = len(match[0])
    column = match.start() - start + 1
    return findings.document.text_place(spot.path, len(breaks) + 1, column, length)


def check_references(
    root: Spot,
    written: Written,
    folder: Path,
    findings: Findings,
    left_out: Container[str] = frozenset(),
) -> None:
    """Report references to files and assets that are not there, and assets that need themselves.

    `left_out` are assets that are there, but not among those that are checked.
    """
    assets = dict(root["assets"].entries())
    styles = {name: list(_texts(style["references"])) for name, style in root["styles"].entries()}
    edges: dict[str, dict[str, Place]] = {}
    for name, asset in root["assets"].entries():
        own = list(_asset_references(asset, written[name]))
        lent = [spot for style in _style_names(asset) for spot in styles.get(style, [])]
        edges[name] = _edges([*own, *lent], assets, findings)
        for spot in own:
            _check_reference(spot, assets, folder, findings, left_out)
    for references in styles.values():
        for spot in references:
            _check_reference(spot, assets, folder, findings, left_out)
    _check_cycles(edges, findings)


def _asset_references(asset: Spot, steps: Iterable[WrittenStep]) -> Iterator[Spot]:
    """Yield every reference of an asset, its overrides and its steps."""
    yield from _texts(asset["references"])
    by_kind = {step.kind: _reference_parameters(step.kind) for step in steps}
    for step in steps:
        for name in by_kind[step.kind].intersection(step.raw):
            yield from _texts(Spot(step.raw[name], step.origins[name]))
    for _, override in asset["overrides"].entries():
        yield from _texts(override["references"])
        for _, parameters in override["steps"].entries():
            for name in frozenset().union(*by_kind.values()):
                yield from _texts(parameters[name])


@cache
def _reference_parameters(kind: str) -> frozenset[str]:
    """Return the parameters of a step kind that name pictures."""
    fields = registry.step_kind(kind).parameters.model_fields.items()
    return frozenset(
        field.alias or name
        for name, field in fields
        if ReferenceMark in field.metadata or _is_marked(field.annotation)
    )


def _is_marked(annotation: Any) -> bool:
    marks = getattr(annotation, "__metadata__", ())
    return ReferenceMark in marks or any(map(_is_marked, get_args(annotation)))


def _texts(spot: Spot) -> Iterator[Spot]:
    """Yield every text in a value."""
    if isinstance(spot.value, str):
        yield spot
    for each in (*spot.items(), *(each for _, each in spot.entries())):
        yield from _texts(each)


def _style_names(asset: Spot) -> Iterator[str]:
    overrides = [override for _, override in asset["overrides"].entries()]
    for block in (asset, *overrides):
        yield from (spot.text() or "" for spot in block["styles"].items())


def _edges(
    spots: Iterable[Spot], assets: Mapping[str, Spot], findings: Findings
) -> dict[str, Place]:
    """Return the assets that references name, each with the place of the first such reference."""
    edges: dict[str, Place] = {}
    for spot in spots:
        name = spot.value.removeprefix(ASSET_PREFIX)
        if name != spot.value and name in assets and name not in edges:
            edges[name] = findings.document.place(spot.path)
    return edges


def _check_reference(
    spot: Spot,
    assets: Mapping[str, Spot],
    folder: Path,
    findings: Findings,
    left_out: Container[str],
) -> None:
    reference: str = spot.value
    if is_template(reference):
        return
    if reference.startswith(ASSET_PREFIX):
        name = reference.removeprefix(ASSET_PREFIX)
        if name not in assets and name not in left_out:
            findings.unknown("asset", name, assets, spot.path)
    elif not _is_there(folder, reference):
        findings.add("missing-file", f"there is no file '{reference}'", spot.path)


def _is_there(folder: Path, path: str) -> bool:
    """Tell whether a project has a file; a path that leads out of it is not this check's."""
    try:
        return reading(folder / inside_project(path)).is_file()
    except ValueError:
        return True
    except OSError:
        return False


def _check_cycles(edges: Mapping[str, Mapping[str, Place]], findings: Findings) -> None:
    """Report assets that are, through references, made from themselves."""
    graph = {asset: set(needed) for asset, needed in edges.items()}
    for _ in range(MAX_CYCLES):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            cycle = _rotated(error.args[1][:0:-1], list(edges))
        else:
            return
        pairs = list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        drawn = " -> ".join([*cycle, cycle[0]])
        findings.add(
            "reference-cycle",
            f"these assets are made from each other: {drawn}",
            edges[pairs[0][0]][pairs[0][1]],
            "remove one of these references",
            label=f"'{pairs[0][0]}' needs '{pairs[0][1]}'",
            related=[(edges[one][two], f"'{one}' needs '{two}'") for one, two in pairs[1:]],
        )
        graph[pairs[0][0]].discard(pairs[0][1])


def _rotated(cycle: Sequence[str], order: Sequence[str]) -> list[str]:
    """Return a cycle so that it begins with what the file lists first."""
    start = min(range(len(cycle)), key=lambda index: order.index(cycle[index]))
    return [*cycle[start:], *cycle[:start]]
