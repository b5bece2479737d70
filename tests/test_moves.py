"""What is built stays: when its model goes, its profile gets another name, its service changes."""

from pathlib import Path

import pytest

from assetforge.emulator import Settings, serving
from assetforge.store.local import FOLDER, Store
from tests.space import Space

PIPELINE = """\
version: 1
profiles:
  final: {provider: openai, model: gpt-image-2-2026-04-21, quality: low}
models:
  gpt-image-2: {transparent: true}
assets:
  hill:
    matrix: {format: {square: {size: 1024x1024}}}
    steps:
      - compose: a wide hill at noon
      - edit: a red kite above the hill
    output: out/{format}.png
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A project whose pictures were bought."""
    root = tmp_path_factory.mktemp("bought")
    space = Space(root)
    space.write("assetforge.yaml", PIPELINE)
    with pytest.MonkeyPatch.context() as patch, serving(Settings(pictures="flat")) as server:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", "any")
        space.build("--yes")
    take_for_real(root / FOLDER)
    return root


def take_for_real(store: Path) -> None:
    """Let an emulator's results be as the service's own: the mark is all that they differ in."""
    for each in (store / "actions").glob("??/*.json"):
        text = each.read_text(encoding="utf-8")
        assert '"emulated": true' in text
        each.write_text(text.replace('"emulated": true', '"emulated": false'), encoding="utf-8")
    opened = Store(store)
    opened.state.change("DELETE FROM results WHERE record LIKE '%\"emulated\": true%'")
    opened.close()


@pytest.fixture
def space(root):
    space = Space(root)
    space.write("assetforge.yaml", PIPELINE)
    return space


def test_pictures_of_a_model_that_is_no_more_are_as_good_as_before(space):
    space.replace("assetforge.yaml", "transparent: true", "shutdown: 2026-01-01")

    totals = space.build()

    assert (totals["made"], totals["hit"]) == (0, 3)
    for command in (["plan"], ["check", "--built"], ["report"], ["cost"], ["build", "--frozen"]):
        assert space.run(*command).code == 0, command
    assert "warning[model-shutdown]: 'gpt-image-2' was shut down" in space.run("check").err


def test_what_has_to_be_made_anew_is_refused_before_anything_is_sent(space):
    space.replace("assetforge.yaml", "transparent: true", "shutdown: 2026-01-01")
    space.replace("assetforge.yaml", "red kite", "blue kite")

    refused = space.run("build", "--yes")

    assert refused.code == 2
    assert "error[model-shutdown]: 'gpt-image-2' was shut down on 2026-01-01" in refused.err
    assert space.run("plan").code == 0


@pytest.mark.parametrize(
    "profile",
    [
        "another: {provider: openai, model: gpt-image-2-2026-04-21, quality: low}",
        "cheap: {provider: openai, model: gpt-image-2-2026-04-21, quality: low, max_cost: 1}",
        "gateway: {provider: openai, model: gpt-image-2-2026-04-21, quality: low,"
        " base_url: 'https://gateway.example/v1', key_env: GATEWAY_KEY, resend: true,"
        " images_per_minute: 5, timeout: 60, partial_images: 2}",
        "azure: {provider: azure, model: gpt-image-2-2026-04-21, quality: low, deployment: d}",
        "ofox: {provider: ofox, model: gpt-image-2-2026-04-21, quality: low}",
    ],
)
def test_a_picture_is_of_its_model_not_of_its_profile_or_service(space, profile):
    """Only where a service makes other canvases is a picture another one."""
    line = "final: {provider: openai, model: gpt-image-2-2026-04-21, quality: low}"
    space.replace("assetforge.yaml", line, profile)

    plan = space.run("plan", "--format", "json").json

    assert {each["decision"] for each in plan["actions"]} == {"hit"}
    assert space.run("build", "--frozen").code == 0
