"""From a pipeline file to a checked pipeline, or to every error in it with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from assetforge.axis import Axis, Matrix, read_matrix
from assetforge.checks import (
    check_canvases,
    check_models,
    check_placeholders,
    check_providers,
    check_references,
    check_styles,
)
from assetforge.diagnostics import in_order
from assetforge.document import Document, Spot, parse_document, read_source
from assetforge.errors import Diagnostic, InvalidSource, UsageProblem, did_you_mean
from assetforge.pipeline import Pipeline
from assetforge.step import (
    Step,
    WrittenStep,
    check_defaults,
    check_step_overrides,
    check_steps,
    read_steps,
    revalidate,
)
from assetforge.validation import Findings, diagnose

__all__ = ["Axis", "LoadedPipeline", "Matrix", "Step", "load_pipeline", "revalidate"]


@dataclass(frozen=True, slots=True)
class LoadedPipeline:
    """A pipeline file that is right.

    Attributes:
        pipeline: its content.
        document: the places of all that is in it.
        steps: asset → its steps, in order.
        matrices: asset → what it is multiplied by.
        warnings: what may be wrong, in the order of places.
    """

    pipeline: Pipeline
    document: Document
    steps: Mapping[str, tuple[Step, ...]]
    matrices: Mapping[str, Matrix]
    warnings: tuple[Diagnostic, ...] = ()


def load_pipeline(file: Path, root: Path, profile: str | None = None) -> LoadedPipeline:
    """Return the pipeline of a file. `profile` is the one in use; by default the first.

    Raises:
        InvalidSource: the file is wrong; every problem in it.
        UsageProblem: there is no such profile.
    """
    shown = _shown(file, root)
    document = parse_document(read_source(file, shown), shown)
    findings = Findings(document)
    pipeline = _validate(document, findings)
    top = Spot(document.value)
    matrices = {
        name: read_matrix(asset, top["locales"], findings)
        for name, asset in top["assets"].entries()
    }
    written, steps = _steps(top, findings)
    check_providers(top["profiles"], profile, findings)
    check_models(top["models"], findings)
    check_styles(top, findings)
    check_placeholders(top, matrices, written, findings)
    check_references(top, written, root, findings)
    if pipeline is None or _errors(findings):
        raise InvalidSource(in_order(findings.found))
    check_canvases(pipeline, findings)
    found = in_order(findings.found)
    if _errors(findings):
        raise InvalidSource(found)
    _check_profile(pipeline, profile)
    return LoadedPipeline(pipeline, document, steps, matrices, tuple(found))


def _errors(findings: Findings) -> bool:
    return any(each.severity == "error" for each in findings.found)


def _shown(file: Path, root: Path) -> str:
    """Return a file's name as places have it: relative to the root where it lies below it."""
    absolute, top = file.absolute(), root.absolute()
    return (absolute.relative_to(top) if absolute.is_relative_to(top) else file).as_posix()


def _validate(document: Document, findings: Findings) -> Pipeline | None:
    try:
        return Pipeline.model_validate(document.value)
    except ValidationError as error:
        findings.found += diagnose(error, Pipeline, document.value, document)
        return None


def _steps(
    top: Spot, findings: Findings
) -> tuple[dict[str, list[WrittenStep]], dict[str, tuple[Step, ...]]]:
    """Return each asset's steps as written, and those of them that are right."""
    check_defaults(top["defaults"], findings)
    written: dict[str, list[WrittenStep]] = {}
    steps: dict[str, tuple[Step, ...]] = {}
    for name, asset in top["assets"].entries():
        written[name] = read_steps(asset, top["defaults"], findings)
        steps[name] = check_steps(written[name], findings)
        check_step_overrides(asset, written[name], steps[name], findings)
    return written, steps


def _check_profile(pipeline: Pipeline, profile: str | None) -> None:
    if profile is None or profile in pipeline.profiles:
        return
    known = ", ".join(f"'{name}'" for name in pipeline.profiles)
    advice = did_you_mean(profile, pipeline.profiles) or f"the pipeline file has {known}"
    raise UsageProblem(f"there is no profile '{profile}'; {advice}")
