"""A project: what is loaded together, and the files it is made of."""

import pytest

from assetforge.digest import Json
from assetforge.errors import UsageProblem
from assetforge.pipeline import Size
from assetforge.pricing import Cost, price_of
from assetforge.project import Project, open_project
from assetforge.providers.base import Connection
from assetforge.steps.drawing import DrawingParams
from assetforge.steps.export import ExportParams
from tests.space import QUICK, Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def test_a_project_is_its_folder_profile_and_files(space):
    project = open_project(space.root / "assetforge.yaml")

    assert (project.root, project.file) == (space.root.resolve(), "assetforge.yaml")
    assert (project.profile_name, project.profile.provider) == ("blank", "blank")
    assert project.inputs() == {"assetforge.yaml", "locales/de.json", "locales/en.json"}
    assert project.locales_of("banner") == ("de", "en")
    assert project.pipeline is project.loaded.pipeline


def test_the_pipeline_file_may_have_another_name_and_be_named_from_elsewhere(space, monkeypatch):
    space.write("sub/other.yml", QUICK.replace("locales/", "l/").replace("prompts/", "p/"))
    space.write("sub/l/en.json", '{"banner": {"headline": "a", "action": "b", "alt": "c"}}')
    space.write("sub/p/scene.j2", "x")
    space.write("sub/p/copy.j2", "x")
    monkeypatch.chdir(space.root)

    assert space.run("check", "-f", "sub/other.yml").code == 0
    assert space.run("-C", "sub", "check", "-f", "other.yml").code == 0
    assert space.run("check", "-C", "sub", "-f", "other.yml").code == 0


def test_another_profile_may_be_chosen(space):
    space.replace(
        "assetforge.yaml",
        "blank: {provider: blank}",
        "a: {provider: blank}\n  b: {provider: draft}",
    )

    assert open_project(space.root / "assetforge.yaml").profile_name == "a"
    assert open_project(space.root / "assetforge.yaml", "b").profile.provider == "draft"
    with pytest.raises(UsageProblem, match="there is no profile 'c'"):
        open_project(space.root / "assetforge.yaml", "c")


def test_a_step_can_do_what_its_own_model_can(space):
    space.replace("assetforge.yaml", "{provider: blank}", "{provider: openai, model: gpt-image-2}")
    project = open_project(space.root / "assetforge.yaml")

    own = project.capabilities_for(DrawingParams(prompt="x", model="gpt-image-1.5"))

    assert own.sizes == (Size(1024, 1024), Size(1024, 1536), Size(1536, 1024))
    assert project.capabilities_for(DrawingParams(prompt="x")) is project.capabilities
    assert project.capabilities_for(ExportParams()) is project.capabilities


def profiled(space: Space, profile: str, models: str = "{}") -> Project:
    space.replace("assetforge.yaml", "{provider: blank}", profile)
    space.replace("assetforge.yaml", "version: 1\n", f"version: 1\nmodels: {models}\n")
    return open_project(space.root / "assetforge.yaml")


def test_a_profile_says_how_its_provider_is_reached(space):
    project = profiled(
        space,
        "{provider: azure, model: gpt-image-2, deployment: mine, base_url: 'https://me/v1', "
        "key_env: MY_KEY, timeout: 30, partial_images: 2}",
    )

    assert project.connection == Connection(
        provider="azure",
        base_url="https://me/v1",
        deployment="mine",
        key_env="MY_KEY",
        timeout_seconds=30.0,
        partial_images=2,
    )
    assert (project.kind, project.limited, project.exact_size) == ("openai", True, True)
    assert project.service is not None
    assert project.service.name == "azure"
    assert project.capabilities.formats == ("png", "jpeg")


def test_a_server_of_ones_own_has_no_limits_and_no_bill(space):
    project = profiled(space, "{provider: vllm, model: flux, base_url: 'http://localhost/v1'}")
    asked: dict[str, Json] = {
        "provider": "openai",
        "model": "flux",
        "prompt": "x",
        "size": [64, 64],
    }

    assert not project.limited
    assert project.price_of(asked) == Cost()
    assert not project.is_local(asked)


def test_a_provider_that_is_no_service_is_reached_as_it_is(space):
    project = open_project(space.root / "assetforge.yaml")

    assert (project.kind, project.service) == ("blank", None)
    assert (project.limited, project.exact_size) == (False, True)
    assert project.connection == Connection("blank")
    assert project.is_local({"provider": "blank"})


def test_a_service_that_makes_shapes_makes_no_exact_sizes(space):
    assert not profiled(space, "{provider: xai, model: grok-imagine-image}").exact_size


def test_the_models_of_the_pipeline_file_are_known_to_steps_requests_and_prices(space):
    project = profiled(
        space,
        "{provider: openai, model: mine, partial_images: 1}",
        "{mine: {per_image: 0.02}, dear: {inherits: gpt-image-2, price: {image_out: 3000}}}",
    )
    asked: dict[str, Json] = {
        "prompt": "x",
        "size": [1024, 1024],
        "quality": "high",
        "provider": "openai",
    }

    dear = project.capabilities_for(DrawingParams(prompt="x", model="dear"))

    assert project.capabilities_of_request({**asked, "model": "dear"}) is dear
    assert project.price_of({**asked, "model": "mine"}) == Cost(20_000, 20_000)
    assert project.price_of({**asked, "model": "dear"}).low > 20_000_000
    unknown = project.price_of({**asked, "model": "nobody"})
    assert unknown.low > project.price_of({**asked, "model": "dear"}).low


def test_previews_are_in_the_price(space):
    asked: dict[str, Json] = {
        "prompt": "",
        "size": [1024, 1024],
        "quality": "low",
        "provider": "openai",
    }

    project = profiled(space, "{provider: openai, partial_images: 3}")

    assert project.price_of(asked).high - price_of(asked).high == 3 * 100 * 30


def test_an_asset_without_catalogs_has_no_locales(space):
    space.write(
        "assetforge.yaml",
        "version: 1\nassets:\n  a: {steps: [{compose: x}], output: a.png}\n",
    )
    project = open_project(space.root / "assetforge.yaml")

    assert project.locales_of("a") == ()
    assert project.inputs() == {"assetforge.yaml"}
