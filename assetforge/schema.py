"""The JSON Schema of the pipeline file, for editors: from the models and the installed step kinds.

Draft 7, which is what editors read. It is as strict as the loader about keys and types; names that
refer to each other, files and sizes are the loader's.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from textwrap import dedent
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from assetforge import registry
from assetforge.axis import LOCALE, RULES
from assetforge.pipeline import NAME, RESERVED_AXES, AxisValues, Name, Pipeline
from assetforge.steps.base import StepKind

DRAFT = "http://json-schema.org/draft-07/schema#"
REFERENCES = "#/definitions/{model}"

Schema = dict[str, Any]


class _Generator(GenerateJsonSchema):
    """Describes what may be written, where pydantic describes what is kept."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A mapping whose keys are described by the texts below the model's fields."""
        described = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        texts = _texts_below_fields(model)
        for name, field in model.model_fields.items():
            written = described["properties"].get(field.alias or name)
            if written is not None and field.description is None and name in texts:
                written["description"] = texts[name]
        return described

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        """A text that is prepared by a function may be written as a bare number."""
        described = super().function_before_schema(schema)
        if described.get("type") == "string":
            return {**described, "type": ["string", "number"]}
        return described

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """A number; not also a text that holds one."""
        limits = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum"}
        found = {
            limits[name]: float(str(value)) for name, value in schema.items() if name in limits
        }
        return {"type": "number", **found}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A mapping whose keys must all fit."""
        described = super().dict_schema(schema)
        for pattern, below in described.pop("patternProperties", {}).items():
            described |= {"propertyNames": {"pattern": pattern}, "additionalProperties": below}
        return described


def pipeline_schema() -> Schema:
    """Return the schema of the pipeline file with the step kinds that are installed."""
    schema = _of(Pipeline)
    definitions: Schema = schema.pop("definitions")
    kinds = {name: registry.step_kind(name) for name in registry.names(registry.STEPS)}
    for name, kind in kinds.items():
        definitions |= _kind_definitions(name, kind)
    _fill_in(schema["properties"], definitions, kinds)
    return {
        "$schema": DRAFT,
        "title": "assetforge pipeline file",
        **_tidy(schema),
        "definitions": _tidy(definitions),
    }


def render_schema() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(pipeline_schema(), indent=2, ensure_ascii=False) + "\n"


def _of(model: type[BaseModel]) -> Schema:
    schema = model.model_json_schema(ref_template=REFERENCES, schema_generator=_Generator)
    definitions = schema.pop("$defs", {})
    return {**schema, "definitions": definitions}


def _texts_below_fields(model: type[BaseModel]) -> dict[str, str]:
    """Return field → the text below it, in the class itself or in one it inherits from.

    pydantic's `use_attribute_docstrings` does the same, whenever a class is made: each start of
    the program would read and parse the sources.
    """
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if issubclass(each, BaseModel) and each is not BaseModel:
            found |= _texts_in(ast.parse(dedent(inspect.getsource(each))))
    return found


def _texts_in(source: ast.Module) -> Iterator[tuple[str, str]]:
    (definition,) = source.body
    assert isinstance(definition, ast.ClassDef), "BUG: the source of a class is no class"
    for statement, below in pairwise(definition.body):
        match statement, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)


def _fill_in(top: Schema, definitions: Schema, kinds: Mapping[str, type[StepKind]]) -> None:
    """Say what the models leave to the step kinds: steps, defaults, overrides and axes."""
    asset = definitions["Asset"]["properties"]
    asset["steps"]["items"] = {"anyOf": [{"$ref": f"#/definitions/{name}-step"} for name in kinds]}
    asset["matrix"] |= _matrix()
    blocks = [{"$ref": f"#/definitions/{name}"} for name in kinds]
    definitions["Override"]["properties"]["steps"]["additionalProperties"] = {"anyOf": blocks}
    top["defaults"] |= {
        "properties": dict(zip(kinds, blocks, strict=True)),
        "additionalProperties": False,
    }


def _kind_definitions(name: str, kind: type[StepKind]) -> Schema:
    """Return what a kind's parameters are, and what a step of this kind is.

    No parameter is required: it may stand in the kind's block, beside the kind, or in `defaults`.
    """
    schema = _of(kind.parameters)
    below = schema.pop("definitions")
    schema.pop("required", None)
    forms: list[Schema] = [{"$ref": f"#/definitions/{name}"}, {"type": "null"}]
    if kind.shorthand is not None:
        forms.insert(0, _parameter(name, kind.shorthand))
    properties = {each: _parameter(name, each) for each in schema["properties"]}
    step = {
        "type": "object",
        "description": schema.get("description", ""),
        "properties": {name: {"anyOf": forms}, **properties},
        "required": [name],
        "additionalProperties": False,
    }
    return {**below, name: schema, f"{name}-step": step}


def _parameter(kind: str, parameter: str) -> Schema:
    return {"$ref": f"#/definitions/{kind}/properties/{parameter}"}


def _matrix() -> Schema:
    """Return what a matrix is: axes by name, and rules that add and remove points."""
    values = TypeAdapter(AxisValues).json_schema(
        ref_template=REFERENCES, schema_generator=_Generator
    )
    listed = [each for each in values["anyOf"] if each.get("const") != "all"]
    name = TypeAdapter(Name).json_schema(schema_generator=_Generator)
    point = {"type": "object", "minProperties": 1, "additionalProperties": name}
    reserved = sorted(RESERVED_AXES.difference(RULES))
    return {
        "propertyNames": {"pattern": NAME, "not": {"enum": reserved}},
        "properties": {
            LOCALE: values,
            **{rule: {"type": "array", "items": point} for rule in RULES},
        },
        "additionalProperties": {"anyOf": listed},
    }


def _tidy(schema: Any) -> Any:
    """Return a schema without what says nothing, each description on one line."""
    if isinstance(schema, dict):
        return {key: _tidy(value) for key, value in schema.items() if not _says_nothing(key, value)}
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    return schema.replace("\n", " ") if isinstance(schema, str) else schema


def _says_nothing(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value is None)
