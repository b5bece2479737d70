import json

import pytest

from assetforge.shapes.fields import closed
from assetforge.shapes.parts import DEFINITIONS
from assetforge.shapes.published import DOCUMENTS, document_schema, schema_text
from tests.cli.schemas import FOLDER, faults
from tests.space import Space


def test_the_schema_of_the_pipeline_file_is_printed_anywhere(tmp_path):
    result = Space(tmp_path).run("schema")

    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out)["title"] == "assetforge pipeline file"
    assert Space(tmp_path).run("schema", "pipeline").out == result.out


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_schemas_in_the_repository_are_fresh(name, tmp_path):
    """If not: `make reference`."""
    committed = (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")

    assert committed == schema_text(name)
    assert Space(tmp_path).run("schema", name).out == committed


def test_every_schema_in_the_repository_is_of_something():
    found = {each.name.removesuffix(".schema.json") for each in FOLDER.glob("*.schema.json")}

    assert found == {"pipeline", *DOCUMENTS}


def test_the_names_are_listed(tmp_path):
    listed = Space(tmp_path).run("schema", "--list")

    assert listed.out.split() == ["pipeline", *DOCUMENTS]
    assert listed.code == 0


@pytest.mark.parametrize(
    ("name", "advice"),
    [("plna", "did you mean 'plan'?"), ("assetforge", "see `assetforge schema --list`")],
)
def test_a_schema_that_is_none_is_an_error(name, advice, tmp_path):
    result = Space(tmp_path).run("schema", name)

    assert (result.code, result.out) == (2, "")
    assert result.err == f"assetforge: there is no schema '{name}'; {advice}\n"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_says_what_it_is_of_and_names_no_host(name):
    schema = document_schema(name)

    assert schema["$id"] == f"urn:assetforge:{name}:1"
    assert schema["title"] == f"assetforge.{name}/1"
    assert schema["description"]


def fields(shape, path=""):
    """Yield path and shape of every field that is described."""
    for name, below in shape.get("properties", {}).items():
        yield f"{path}.{name}", below
    for name, each in shape.items():
        if isinstance(each, dict):
            yield from fields(each, f"{path}.{name}")
        elif isinstance(each, list):
            for some in each:
                yield from fields(some, path) if isinstance(some, dict) else ()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_field_is_described(name):
    undescribed = [
        path
        for path, below in fields(document_schema(name))
        if "description" not in below and "$ref" not in below and path[-7:] != ".schema"
    ]

    assert undescribed == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_holds_what_it_refers_to_and_nothing_else(name):
    text = json.dumps(document_schema(name))
    held = document_schema(name).get("$defs", {})

    assert {each for each in DEFINITIONS if f'"#/$defs/{each}"' in text} == held.keys()


def test_documents_may_grow_but_files_that_are_read_again_may_not():
    shut = {name for name in DOCUMENTS if document_schema(name) == closed(document_schema(name))}

    assert shut == {"lock", "saved-plan"}
    for name in DOCUMENTS.keys() - shut:
        assert '"additionalProperties": false' not in schema_text(name)


def test_a_document_may_have_more_fields_but_not_in_these_tests():
    """What validates every document of the suite notices one that nobody described."""
    document = {"schema": "assetforge.graph/1", "nodes": [], "edges": [], "colour": "red"}

    strict_faults = faults("graph", document)

    assert len(strict_faults) == 1
    assert "'colour' was unexpected" in strict_faults[0]
    assert faults("graph", document | {"edges": [{"from": "a", "to": 1}]})[0].startswith("$.edges")
