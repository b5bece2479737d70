"""The committed JSON Schemas of what the commands print, and stricter ones for the tests.

What is published lets fields be added; here, a field that nobody described is an error.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from assetforge.shapes.fields import closed

FOLDER = Path(__file__).resolve().parent.parent.parent / "schemas"


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))


@cache
def strict(name: str) -> Draft202012Validator:
    schema = load(name)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(closed(schema))


def faults(name: str, document: Any) -> list[str]:
    found = strict(name).iter_errors(document)
    return [f"{each.json_path}: {each.message}" for each in found]


def assert_valid(name: str, document: Any) -> None:
    found = faults(name, document)
    assert document["schema"] == f"assetforge.{name}/1"
    assert not found, f"assetforge/shapes does not describe this: {'; '.join(found)}"


def assert_published(document: Any) -> None:
    """Whatever a command of ours prints is of a published schema; say new fields in `shapes`."""
    if "$schema" in document:  # a schema itself, or the form of another program
        return
    assert_valid(document["schema"].removeprefix("assetforge.").removesuffix("/1"), document)
