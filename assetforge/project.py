"""A project: its root, pipeline, catalogs and chosen profile, loaded together."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assetforge.capabilities import (
    Capabilities,
    JudgeRate,
    Models,
    is_own_server,
    judge_rate,
    models_with,
    narrowed,
)
from assetforge.digest import Json
from assetforge.judge_pricing import cost_of_judging, price_of_judging
from assetforge.judging import judge_request
from assetforge.loader import LoadedPipeline, load_pipeline
from assetforge.locales import KnownLocales
from assetforge.pipeline import Pipeline, Profile, Size
from assetforge.pricing import Cost, cost_of_usage, price_of, tokens_of
from assetforge.providers.base import Connection
from assetforge.services import Service, is_on_this_machine, kind_of, service_of
from assetforge.steps.base import Params
from assetforge.steps.drawing import DrawingParams
from assetforge.store.local import FOLDER
from assetforge.texts import Texts, all_catalogs, known_locales, texts_of_assets


@dataclass(frozen=True, slots=True)
class Project:
    """Everything that planning starts from.

    `root` is the pipeline file's folder, absolute; all paths are relative to it. `file` is the
    pipeline file's path below it. `texts` are the catalogs and locales of each asset, `locales`
    those that the project knows; `models` are the image models that are known here.
    """

    root: Path
    file: str
    loaded: LoadedPipeline
    texts: Mapping[str, Texts]
    locales: KnownLocales
    profile_name: str
    profile: Profile
    models: Models
    _narrowed: dict[str | None, Capabilities] = field(default_factory=dict, repr=False)

    @property
    def kind(self) -> str:
        """The provider that makes the profile's pictures, as manifests hold it."""
        return kind_of(self.profile.provider)

    @property
    def service(self) -> Service | None:
        """The service that the profile's pictures come from, if it is one that is known."""
        return service_of(self.profile.provider)

    @property
    def exact_size(self) -> bool:
        """Whether the pixels that come are those asked for; else only the shape is."""
        return self.service is None or self.service.exact_size

    @property
    def streaming(self) -> bool:
        """Whether previews can be asked for."""
        return self.service is None or self.service.streaming

    @property
    def may_be_emulated(self) -> bool:
        """Whether the service is asked on this machine, where an emulator may stand in for it."""
        names = self.service.url_env if self.service else ()
        stated = [self.profile.base_url, *(os.environ.get(name) for name in names)]
        return is_on_this_machine(next((each for each in stated if each), ""))

    @property
    def limited(self) -> bool:
        """Whether the service has limits before it says so.

        A server of one's own has not, and what a plugin's has, the plugin says by refusing.
        """
        return self.service is not None and not is_own_server(self.service)

    @property
    def connection(self) -> Connection:
        """How the profile's provider is reached."""
        profile = self.profile
        return Connection(
            provider=profile.provider,
            base_url=profile.base_url,
            deployment=profile.deployment,
            key_env=profile.key_env,
            timeout_seconds=float(profile.timeout),
            partial_images=profile.partial_images,
        )

    @property
    def capabilities(self) -> Capabilities:
        """What the profile's model can do."""
        return self.capabilities_of_model(self.profile.model)

    def capabilities_for(self, params: Params) -> Capabilities:
        """Return what the model of a step can do: its own model, or the profile's."""
        own = params.model if isinstance(params, DrawingParams) else None
        return self.capabilities_of_model(own or self.profile.model)

    def capabilities_of_request(self, request: Mapping[str, Json]) -> Capabilities:
        """Return what the model of a `compose` or `edit` request can do."""
        asked: Mapping[str, Any] = request  # its shape is the step kinds' own promise
        return self.capabilities_of_model(asked.get("model"))

    def capabilities_of_model(self, model: str | None) -> Capabilities:
        """Return what a model can do where the profile's provider asks it."""
        if model not in self._narrowed:
            self._narrowed[model] = narrowed(self.models.of(self.kind, model), self.service)
        return self._narrowed[model]

    def is_local(self, request: Mapping[str, Json]) -> bool:
        """Tell whether a request is drawn on this machine: nothing of it is sent."""
        return self.capabilities_of_request(request).local

    def price_of(
        self, request: Mapping[str, Json], input_sizes: Sequence[Size | None] = ()
    ) -> Cost:
        """Return what a `compose` or `edit` request costs; see `assetforge.pricing`."""
        return price_of(
            request,
            input_sizes,
            self.capabilities_of_request(request),
            models=self.models,
            partial_images=self.profile.partial_images if self.streaming else 0,
        )

    def cost_of_usage(self, request: Mapping[str, Json], usage: Mapping[str, Json]) -> int | None:
        """Return the microdollars that a reply's usage comes to; None: it cannot be told."""
        return cost_of_usage(self.capabilities_of_request(request), usage)

    def price_of_judging(self, request: Mapping[str, Json], size: Size | None) -> Cost:
        """Return what the judge of a `verify` request costs; see `assetforge.judge_pricing`."""
        asked = judge_request(request)
        return price_of_judging(asked, size, self._judge_rate(asked.judge))

    def cost_of_judging(self, request: Mapping[str, Json], usage: Mapping[str, Json]) -> int | None:
        """Return the microdollars that a judge's usage comes to; None: it cannot be told."""
        return cost_of_judging(self._judge_rate(judge_request(request).judge), usage)

    def _judge_rate(self, judge: str) -> JudgeRate:
        return judge_rate(judge, self.models, self.service)

    def tokens_of(
        self, request: Mapping[str, Json], input_sizes: Sequence[Size | None] = ()
    ) -> int:
        """Return the most tokens that a `compose` or `edit` request may count."""
        return tokens_of(request, input_sizes, self.capabilities_of_request(request))

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
    known = known_locales(loaded)
    name = profile or next(iter(loaded.pipeline.profiles))
    chosen = loaded.pipeline.profiles[name]
    return Project(
        root=root,
        file=file.name,
        loaded=loaded,
        texts=texts_of_assets(loaded, root, known, root / FOLDER),
        locales=known,
        profile_name=name,
        profile=chosen,
        models=models_with(loaded.pipeline.models),
    )
