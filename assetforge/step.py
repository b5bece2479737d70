"""Steps of an asset, read from the pipeline file and checked by their kinds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from assetforge import registry
from assetforge.document import Document, DocumentPath, Spot
from assetforge.errors import Diagnostic, InvalidSource
from assetforge.pipeline import RENDERED
from assetforge.steps.base import Params, StepKind
from assetforge.validation import LACKS, Findings, advice_on, diagnose, known_keys, shown


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """One step as it is written, not checked yet.

    Attributes:
        raw: its parameters, on top of the kind's defaults.
        path: where the step stands.
        origins: where each parameter stands.
    """

    kind: str
    raw: Mapping[str, Any]
    path: DocumentPath
    origins: Mapping[str, DocumentPath]

    def locate(self, path: DocumentPath) -> DocumentPath:
        """Return where a part of the parameters stands; without one, the step itself."""
        if not path:
            return (*self.path, self.kind)
        return (*self.origins.get(str(path[0]), self.path), *path[1:])


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an asset.

    Attributes:
        name: what plans and overrides call it; its own within the asset.
        params: its parameters, checked; templates in them are still to be filled in.
        written: as it stands in the file.
        document: the pipeline file; None for a step that is not written there.
    """

    name: str
    params: Params
    written: WrittenStep
    document: Document | None = field(repr=False, compare=False)

    @classmethod
    def implied(
        cls,
        kind: str,
        raw: Mapping[str, Any],
        path: DocumentPath,
        document: Document | None = None,
    ) -> Step:
        """Return a step that nobody wrote; `raw` are the kind's defaults, `path` what it is for.

        Raises:
            InvalidSource: the kind does not take these parameters.
        """
        paths: dict[str, DocumentPath] = {name: ("defaults", kind, name) for name in raw}
        origins = {name: each for name, each in paths.items() if document and document.holds(each)}
        written = WrittenStep(kind, raw, path, origins)
        try:
            params = registry.step_kind(kind).parameters.model_validate(raw)
        except ValidationError as error:
            raise InvalidSource(_diagnoses(error, written, document)) from None
        return cls(kind, params, written, document)

    @property
    def kind(self) -> str:
        """The installed step kind it names."""
        return self.written.kind

    @property
    def raw(self) -> Mapping[str, Any]:
        """Its parameters as written, on top of the kind's defaults."""
        return self.written.raw

    @property
    def path(self) -> DocumentPath:
        """Where it stands in the pipeline file."""
        return self.written.path


def revalidate(
    step: Step, raw: Mapping[str, Any], origins: Mapping[str, DocumentPath] | None = None
) -> Params:
    """Return a step's parameters after templates were filled in or overrides applied.

    `origins` says where changed parameters stand. Equal parameters are checked once.

    Raises:
        InvalidSource: the kind does not take these parameters; each problem with its place.
    """
    try:
        return _checked(step.kind, _Content(raw))
    except ValidationError as error:
        written = WrittenStep(
            step.kind, raw, step.path, {**step.written.origins, **(origins or {})}
        )
        raise InvalidSource(_diagnoses(error, written, step.document)) from None


class _Content:
    """Parameters that are equal when their content is."""

    __slots__ = ("key", "raw")

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.key = json.dumps(raw, sort_keys=True, default=lambda value: {"": str(value)})

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content) and self.key == other.key


@lru_cache(maxsize=20_000)
def _checked(kind: str, content: _Content) -> Params:
    return registry.step_kind(kind).parameters.model_validate(content.raw, context=RENDERED)


def _diagnoses(
    error: ValidationError, written: WrittenStep, document: Document | None
) -> list[Diagnostic]:
    model = registry.step_kind(written.kind).parameters
    return diagnose(error, model, dict(written.raw), document, written.locate)


def read_steps(asset: Spot, defaults: Spot, findings: Findings) -> list[WrittenStep]:
    """Return the steps of an asset that name an installed kind; the others go to `findings`."""
    steps = []
    for spot in asset["steps"].items():
        if isinstance(spot.value, dict) and (kind := _kind(spot, findings)):
            steps.append(_merged(spot, kind, defaults[kind], findings))
    _check_order(steps, findings)
    return steps


def _kind(spot: Spot, findings: Findings) -> str | None:
    """Return the installed kind a step names: the first key that is one."""
    installed = registry.names(registry.STEPS)
    first: str | None = next((key for key in spot.value if key in installed), None)
    if first is None:
        _report_unknown(spot, installed, findings)
        return None
    kind = load_kind(first, (*spot.path, first), findings)
    if kind is None:
        return None
    others = set(installed) - set(known_keys(kind.parameters, ())) - {first}
    for second in others.intersection(spot.value):
        findings.add(
            "two-kinds",
            f"a step has one kind, not both '{first}' and '{second}'",
            (*spot.path, second),
            "start the second step with '- '",
            key=True,
            related=[(findings.document.place((*spot.path, first), key=True), "the first kind")],
        )
        return None
    return first


def _report_unknown(spot: Spot, installed: Sequence[str], findings: Findings) -> None:
    if not spot.value:
        findings.add("missing-key", "a step without a kind", spot.path)
        return
    near = (key for key in spot.value if "did you mean" in (advice_on(key, installed) or ""))
    word = next(near, next(iter(spot.value)))
    findings.unknown("step", word, installed, (*spot.path, word), key=True)


def load_kind(name: str, path: DocumentPath, findings: Findings) -> type[StepKind] | None:
    """Return an installed step kind; None, and a finding, when its plugin is broken."""
    try:
        return registry.step_kind(name)
    except (ImportError, AttributeError) as error:
        message = f"the step '{name}' is installed but cannot be loaded: {error}"
        findings.add("broken-plugin", message, path, key=True)
        return None


def _merged(spot: Spot, kind: str, defaults: Spot, findings: Findings) -> WrittenStep:
    """Return a step's parameters from its defaults, its kind's own block and the keys beside it."""
    raw: dict[str, Any] = {name: each.value for name, each in defaults.entries()}
    origins = {name: each.path for name, each in defaults.entries()}
    own = spot[kind]
    given = dict(own.entries())
    if own.value is not None and not isinstance(own.value, dict):
        shorthand = registry.step_kind(kind).shorthand
        if shorthand is None:
            message = f"'{kind}' takes a mapping or nothing, not {shown(own.value)}"
            findings.add("wrong-type", message, own.path, "write its parameters below it")
        else:
            given[shorthand] = own
    for name, each in spot.entries():
        if name == kind:
            continue
        if name in given:
            place = findings.document.place(given[name].path, key=True)
            findings.add(
                "duplicate-key",
                f"'{name}' is given twice",
                each.path,
                label="second definition",
                key=True,
                related=[(place, "first defined here")],
            )
        given[name] = each
    raw |= {name: each.value for name, each in given.items()}
    origins |= {name: each.path for name, each in given.items()}
    return WrittenStep(kind, raw, spot.path, origins)


def _check_order(steps: Sequence[WrittenStep], findings: Findings) -> None:
    last: WrittenStep | None = None
    for step in steps:
        if last is not None and step.kind != last.kind:
            findings.add(
                "after-final",
                f"'{step.kind}' cannot follow '{last.kind}', which ends an asset's steps",
                (*step.path, step.kind),
                f"move it before '{last.kind}'",
                key=True,
                related=[(findings.document.place((*last.path, last.kind), key=True), "the end")],
            )
        elif registry.step_kind(step.kind).final:
            last = step


def check_steps(written: Sequence[WrittenStep], findings: Findings) -> tuple[Step, ...]:
    """Return the steps whose parameters their kinds take; the others go to `findings`."""
    steps = []
    for name, step in zip(_names(written, findings), written, strict=True):
        try:
            params = registry.step_kind(step.kind).parameters.model_validate(step.raw)
        except ValidationError as error:
            findings.found += _diagnoses(error, step, findings.document)
        else:
            steps.append(Step(name, params, step, findings.document))
    return tuple(steps)


def _names(written: Sequence[WrittenStep], findings: Findings) -> list[str]:
    """Return what each step is called: its `name`, or its kind with a number from the second."""
    given = [_given_name(step) for step in written]
    taken: dict[str, WrittenStep] = {}
    for name, step in zip(given, written, strict=True):
        if name is not None and name in taken:
            first = findings.document.place(taken[name].locate(("name",)))
            findings.add(
                "duplicate-name",
                f"two steps are called '{name}'",
                step.locate(("name",)),
                related=[(first, "the first")],
            )
        elif name is not None:
            taken[name] = step
    used = set(taken)
    return [
        name if name is not None else _free_name(step.kind, used)
        for name, step in zip(given, written, strict=True)
    ]


def _given_name(step: WrittenStep) -> str | None:
    return Spot(step.raw.get("name")).text()


def _free_name(kind: str, used: set[str]) -> str:
    number, name = 1, kind
    while name in used:
        number += 1
        name = f"{kind}-{number}"
    used.add(name)
    return name


def check_defaults(defaults: Spot, findings: Findings) -> None:
    """Report defaults of unknown kinds and parameters that their kind does not take."""
    installed = registry.names(registry.STEPS)
    for kind, spot in defaults.entries():
        if kind not in installed:
            findings.unknown("step", kind, installed, spot.path, key=True)
        elif isinstance(spot.value, dict) and load_kind(kind, spot.path, findings):
            origins = {name: each.path for name, each in spot.entries()}
            written = WrittenStep(kind, spot.value, spot.path[:-1], origins)
            place = findings.document.place(spot.path, key=True)
            found = _problems(written, findings.document)
            findings.found += [each for each in found if (each.code, each.place) != (LACKS, place)]


def _problems(written: WrittenStep, document: Document) -> Iterator[Diagnostic]:
    try:
        registry.step_kind(written.kind).parameters.model_validate(written.raw)
    except ValidationError as error:
        yield from _diagnoses(error, written, document)


SHORTHANDS: Mapping[str, Callable[[Step], bool]] = {
    "prompt": lambda step: "prompt" in type(step.params).model_fields,
    "copy": lambda step: "copy" in step.raw,
}
"""Keys of an override that are for the one step that has such a parameter → which has it."""


def _check_shorthand(spot: Spot, steps: Sequence[str], findings: Findings) -> None:
    """Report a key of an override that may be for several steps, or for none."""
    key = spot.path[-1]
    if len(steps) == 1:
        return
    if not steps:
        message, advice = f"no step has a '{key}' that this could stand in for", "take it out"
    else:
        several = " or ".join(f"'{each}'" for each in steps)
        message = f"this '{key}' may be for {several}"
        advice = f"say which, as `steps: {{{steps[-1]}: {{{key}: ...}}}}`"
    findings.add("wrong-value", message, spot.path, advice, key=True)


def _check_size(spot: Spot, steps: Sequence[Step], findings: Findings) -> None:
    """Report a size that would stand in for several."""
    several = next((each.name for each in steps if each.raw.get("sizes")), None)
    if several is not None:
        message = f"one 'size' cannot stand in for the 'sizes' of '{several}'"
        advice = f"override them, as `steps: {{{several}: {{sizes: [...]}}}}`"
        findings.add("wrong-value", message, spot.path, advice, key=True)


def check_step_overrides(
    asset: Spot, written: Sequence[WrittenStep], steps: Sequence[Step], findings: Findings
) -> None:
    """Report overrides of unknown steps, and parameters that the overridden step does not take.

    `steps` are those of `written` that are right; the others are not looked into.
    """
    right = {step.name: step for step in steps}
    known = set(_names(written, Findings(findings.document)))
    for _, override in asset["overrides"].entries():
        for key, having in SHORTHANDS.items():
            if override[key].value is not None:
                _check_shorthand(
                    override[key], [each.name for each in steps if having(each)], findings
                )
        if override["size"].value is not None:
            _check_size(override["size"], steps, findings)
        for name, spot in override["steps"].entries():
            step = right.get(name)
            if name not in known:
                findings.unknown("step name", name, sorted(known), spot.path, key=True)
            elif step and isinstance(spot.value, dict):
                changed = {key: each.path for key, each in spot.entries()}
                raw = {**step.raw, **spot.value}
                origins = {**step.written.origins, **changed}
                overridden = WrittenStep(step.kind, raw, step.path, origins)
                findings.found += _problems(overridden, findings.document)
