"""From a pipeline file to a checked pipeline, or to every error in it with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from assetforge.axis import Axis, Matrix, read_matrix
from assetforge.checked_remote import check_remote
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
from assetforge.kept import Kept
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

__all__ = [
    "Axis",
    "LoadedPipeline",
    "Matrix",
    "Step",
    "keep",
    "load_assets",
    "load_pipeline",
    "revalidate",
]


@dataclass(frozen=True, slots=True)
class LoadedPipeline:
    """A pipeline file that is right.

    Attributes:
        pipeline: its content.
        document: the places of all that is in it.
        steps: asset → its steps, in order.
        matrices: asset → what it is multiplied by.
        warnings: what may be wrong, in the order of places.
        left_out: assets of the file that neither the pipeline nor the document has.
    """

    pipeline: Pipeline
    document: Document
    steps: Mapping[str, tuple[Step, ...]]
    matrices: Mapping[str, Matrix]
    warnings: tuple[Diagnostic, ...] = ()
    left_out: frozenset[str] = frozenset()

    def only(self, assets: frozenset[str]) -> LoadedPipeline:
        """Return the pipeline with some of its assets."""
        all_assets = self.pipeline.assets.items()
        chosen = {name: asset for name, asset in all_assets if name in assets}
        return replace(
            self,
            pipeline=self.pipeline.model_copy(update={"assets": chosen}),
            steps={name: self.steps[name] for name in chosen},
            matrices={name: self.matrices[name] for name in chosen},
        )


def load_pipeline(
    file: Path, root: Path, profile: str | None = None, folder: Path | None = None
) -> LoadedPipeline:
    """Return the pipeline of a file. `profile` is the one in use; by default the first.

    `folder` is where its document is kept for `load_assets`; by default nowhere.

    Raises:
        InvalidSource: the file is wrong; every problem in it.
        UsageProblem: there is no such profile.
    """
    shown = _shown(file, root)
    text = read_source(file, shown)
    loaded = _load(parse_document(text, shown), root, profile)
    keep(loaded, folder, profile)
    return loaded


def keep(loaded: LoadedPipeline, folder: Path | None, profile: str | None) -> None:
    """Keep the document of a file for `load_assets`; `profile` is the one that was asked for.

    A folder that cannot be written is no error; of a part of a file nothing is kept.
    """
    if not loaded.left_out:
        document = loaded.document
        Kept(folder, document.file, document.text, profile).write(document, loaded.warnings)


def load_assets(
    file: Path, root: Path, profile: str | None, assets: frozenset[str], folder: Path
) -> LoadedPipeline | None:
    """Return a pipeline with some of its assets, from what `load_pipeline` kept of it.

    All checks are made, but for those of the assets left out: these had passed them when it was
    kept. The warnings are those of the whole file. None: it is not kept.

    Raises:
        InvalidSource: something is wrong now.
        UsageProblem: there is no such profile.
    """
    shown = _shown(file, root)
    kept = Kept(folder, shown, read_source(file, shown), profile).read(assets)
    if kept is None:
        return None
    loaded = _load(kept.document, root, profile, kept.left_out)
    return replace(loaded, warnings=kept.warnings, left_out=kept.left_out)


def _load(
    document: Document, root: Path, profile: str | None, left_out: frozenset[str] = frozenset()
) -> LoadedPipeline:
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
    check_remote(top["store"], findings)
    check_styles(top, findings)
    check_placeholders(top, matrices, written, findings)
    check_references(top, written, root, findings, left_out)
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
