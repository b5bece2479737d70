from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from assetforge import registry
from assetforge.document import parse_document
from assetforge.schema import pipeline_schema, render_schema
from tests.test_loader import BANNER, MODELS, MULTILINE, SMALL

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "schemas" / "pipeline.schema.json"
EXAMPLES = sorted((ROOT / "examples").glob("*/assetforge.yaml"))


def plain(value: Any) -> Any:
    """Return a document's value with the number types that JSON knows."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


@cache
def validator() -> Draft7Validator:
    """Return what looks over pipeline files; making the schema takes 0.5 s."""
    return Draft7Validator(pipeline_schema())


def faults(text: str) -> list[str]:
    value = plain(parse_document(text, "f").value)
    return [error.message for error in validator().iter_errors(value)]


def test_the_schema_in_the_repository_is_fresh():
    """`assetforge schema > schemas/pipeline.schema.json` renews it."""
    assert SCHEMA.read_text("utf-8") == render_schema()


def test_the_schema_is_a_schema():
    Draft7Validator.check_schema(pipeline_schema())


@pytest.mark.parametrize(
    "text", [BANNER, SMALL, MULTILINE, MODELS], ids=["banner", "small", "multiline", "models"]
)
def test_a_good_pipeline_fits_the_schema(text):
    assert faults(text) == []


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_every_example_fits_the_schema(file):
    assert faults(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("locales:\n", "locals:\n"),
        ("targets:", "target:"),
        ("compose:", "compse:"),
        ("copy: {", "cpy: {"),
        ("name: bright", "nme: bright"),
        ("formats: [png", "formats: [tiff"),
        ('size: "{{ format.size }}"', "size: format.size"),
        ("alt: banner.alt", "alt: [banner.alt]"),
        ("edit: {quality: high}", "edt: {quality: high}"),
        ("edit: {quality: high}", "edit: {qality: high}"),
        ("max_cost: 25.00", "max_cost: -1"),
        ("max_cost: 25.00", "max_cost: much"),
        ("max_cost: 25.00", "extra: {prompt: more}"),
        ("max_cost: 25.00", "extra: {scale: 4.5}"),
        ("max_cost: 25.00", "base_url: 'https://host/v1?key=1'"),
        ("max_cost: 25.00", "key_env: sk-1234"),
        ("steps: {edit: {region", "steps: {edit: {regin"),
        ("format:\n", "size:\n"),
        ("output: out/mascot.png", "outptu: out/mascot.png"),
        ("'#aabbcc'", "red"),
        ("  mascot:", "  my mascot:"),
        ("format: story, locale: no", "format: [story]"),
        ("version: 1", "version: 2"),
    ],
)
def test_a_mistake_does_not_fit_the_schema(right, wrong):
    assert right in BANNER
    assert faults(BANNER.replace(right, wrong, 1)) != []


def test_the_schema_has_a_step_for_every_installed_kind():
    definitions = pipeline_schema()["definitions"]

    for name in registry.names(registry.STEPS):
        assert definitions[f"{name}-step"]["required"] == [name]
        assert (
            definitions[name]["properties"].keys()
            < definitions[f"{name}-step"]["properties"].keys()
        )


DESCRIBED = (
    *("Asset", "Budget", "CanvasRules", "Locales", "Model", "Override", "Profile", "Style"),
    *("TokenPrice", "compose", "edit", "export"),
)


def test_every_key_is_described():
    """An editor shows the description of a key while it is typed."""
    schema = pipeline_schema()
    described = [schema, *schema["definitions"].values()]

    for each in described:
        assert each["description"]
    for name in DESCRIBED:
        for key, below in schema["definitions"][name]["properties"].items():
            assert below.get("description"), f"{name}.{key}"
