"""A project: its root, pipeline, catalogs and chosen profile, loaded together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
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
from assetforge.errors import InvalidSource
from assetforge.judge_pricing import cost_of_judging, price_of_judging
from assetforge.judging import judge_request
from assetforge.kept import FOLDER as KEPT_FOLDER
from assetforge.loader import LoadedPipeline, keep, load_assets, load_pipeline
from assetforge.locales import KnownLocales
from assetforge.pipeline import Pipeline, Profile, Size
from assetforge.pricing import Cost, cost_of_usage, price_of, tokens_of
from assetforge.providers.base import Connection
from assetforge.reads import variable
from assetforge.services import Service, is_on_this_machine, kind_of, service_of
from assetforge.steps.base import Params
from assetforge.steps.drawing import DrawingParams
from assetforge.store.local import FOLDER
from assetforge.store.remote import Sharing
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
    def sharing(self) -> Sharing:
        """What the pipeline file says about the store that is shared."""
        said = self.pipeline.store
        return Sharing(said.remote or "", said.signers, self.root)

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
        stated = [self.profile.base_url, *map(variable, names)]
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

    def only(self, assets: frozenset[str]) -> Project:
        """Return the project with some of its assets."""
        texts = {name: each for name, each in self.texts.items() if name in assets}
        return replace(self, loaded=self.loaded.only(assets), texts=texts)

    def keep_pipeline(self, profile: str | None = None) -> None:
        """Keep the parsed pipeline file for the next process, as opening does where a store is.

        `profile` is the one that was asked for. What is no whole project is not kept.
        """
        keep(self.loaded, self.root / FOLDER / KEPT_FOLDER, profile)

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline file's content."""
        return self.loaded.pipeline


def open_project(
    file: Path, profile: str | None = None, assets: frozenset[str] | None = None
) -> Project:
    """Load a pipeline file and find its catalogs.

    With `assets`, the project has these only; to plan one, those whose pictures it takes have to
    be among them. Of a file that was loaded before as it is now, the others then cost nothing.

    Raises:
        InvalidSource: the pipeline file is wrong; every problem in it.
        UsageProblem: there is no such profile.
    """
    root = file.resolve().parent
    store = root / FOLDER
    folder = store / KEPT_FOLDER if store.is_dir() else None
    if assets is not None and folder is not None:
        # What is wrong with a part is told as of the whole.
        with suppress(InvalidSource):
            loaded = load_assets(file, root, profile, assets, folder)
            if loaded is not None:
                return _opened(file, root, profile, loaded)
    project = _opened(file, root, profile, load_pipeline(file, root, profile, folder))
    return project if assets is None else project.only(assets)


def _opened(file: Path, root: Path, profile: str | None, loaded: LoadedPipeline) -> Project:
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
