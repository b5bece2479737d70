import pytest

from assetforge.emulator.rules import model_named


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("gpt-image-2", "gpt-image-2"),
        ("gpt-image-2-2026-04-21", "gpt-image-2"),
        ("gpt-image-2.5-flare-2026-09-08", "gpt-image-2.5"),
        ("gpt-image-2.6-sunburst", "gpt-image-2.6"),
        ("chatgpt-image-latest", "gpt-image-1.5"),
    ],
)
def test_a_model_is_known_by_its_name_and_date(name, family):
    model = model_named(name)

    assert model is not None
    assert model.family == family


@pytest.mark.parametrize(
    "name",
    ["gpt-image-3", "openai/gpt-image-2", "gpt-image-2.5", "gpt-image-2.5-flare-big", "draft", ""],
)
def test_nothing_else_is_a_model(name):
    assert model_named(name) is None
