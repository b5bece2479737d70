"""A project: its root, pipeline, catalogs and chosen profile, loaded together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assetforge.capabilities import Capabilities, capabilities_of
from assetforge.loader import LoadedPipeline, load_pipeline
from assetforge.pipeline import Pipeline, Profile
from assetforge.steps.base import Params
from assetforge.steps.drawing import DrawingParams
from assetforge.texts import Texts, all_catalogs, texts_of_assets


@dataclass(frozen=True, slots=True)
class Project:
    """Everything that planning starts from.

    `root` is the pipeline file's folder, absolute; all paths are relative to it. `file` is the
    pipeline file's path below it. `texts` are the catalogs and locales of each asset.
    """

    root: Path
    file: str
    loaded: LoadedPipeline
    texts: Mapping[str, Texts]
    profile_name: str
    profile: Profile
    capabilities: Capabilities

    def capabilities_for(self, params: Params) -> Capabilities:
        """Return what the model of a step can do: its own model, or the profile's."""
        own = params.model if isinstance(params, DrawingParams) else None
        return capabilities_of(self.profile.provider, own) if own else self.capabilities

    def inputs(self) -> set[str]:
        """Return the project files that are read besides pictures, relative to the root."""
        catalogs = all_catalogs(self.texts)
        found = {path.relative_to(self.root) for each in catalogs for path in each.files()}
        return {path.as_posix() for path in found} | {self.file}

    def locales_of(self, asset: str) -> tuple[str, ...]:
        """Return the locales that `locale: all` means for an asset."""
        return self.texts[asset].locales if asset in self.texts else ()

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline file's content."""
        return self.loaded.pipeline


def open_project(file: Path, profile: str | None = None) -> Project:
    """Load a pipeline file and find its catalogs.

    Raises:
        InvalidSource: the pipeline file is wrong; every problem in it.
        UsageProblem: there is no such profile.
    """
    root = file.resolve().parent
    loaded = load_pipeline(file, root, profile)
    name = profile or next(iter(loaded.pipeline.profiles))
    chosen = loaded.pipeline.profiles[name]
    return Project(
        root=root,
        file=file.name,
        loaded=loaded,
        texts=texts_of_assets(loaded, root),
        profile_name=name,
        profile=chosen,
        capabilities=capabilities_of(chosen.provider, chosen.model),
    )
