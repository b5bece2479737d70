"""The committed JSON Schemas of what the commands print."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

FOLDER = Path(__file__).resolve().parent.parent.parent / "schemas"


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))


def assert_valid(name: str, document: Any) -> None:
    schema = load(name)
    Draft7Validator.check_schema(schema)

    assert document["schema"] == f"assetforge.{name}/1"
    assert [each.message for each in Draft7Validator(schema).iter_errors(document)] == []
