"""A project: what is loaded together, and the files it is made of."""

import pytest

from assetforge.errors import UsageProblem
from assetforge.pipeline import Size
from assetforge.project import open_project
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


def test_an_asset_without_catalogs_has_no_locales(space):
    space.write(
        "assetforge.yaml",
        "version: 1\nassets:\n  a: {steps: [{compose: x}], output: a.png}\n",
    )
    project = open_project(space.root / "assetforge.yaml")

    assert project.locales_of("a") == ()
    assert project.inputs() == {"assetforge.yaml"}
