"""The plan drawn: three formats, each well-formed whatever the names are."""

import json
import re

import pytest

from assetforge.graph import DRAWINGS, document, dot, graph_of, mermaid
from assetforge.planner import make_plan
from assetforge.project import open_project
from tests.space import Space

ODD = "we\"i<r>d#35;`&'\u202e画"


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path)


def plan(space: Space):
    return make_plan(open_project(space.root / "assetforge.yaml"))


def odd(space: Space) -> Space:
    name = json.dumps(ODD, ensure_ascii=False).replace("\u202e", "\\u202e")
    space.write(
        "assetforge.yaml",
        "version: 1\nprofiles: {blank: {provider: blank}}\nassets:\n"
        f"  {name}:\n    steps: [{{compose: x}}, {{edit: y}}]\n    output: a.png\n",
    )
    return space


def test_steps_are_drawn_with_the_number_of_their_actions(space):
    graph = graph_of(plan(space.quick("en", "de", "ja")))

    assert {name: graph.nodes[name]["count"] for name in graph} == {
        "banner/compose": 2,
        "banner/edit": 6,
        "banner/export": 6,
    }
    assert set(graph.edges) == {("banner/compose", "banner/edit"), ("banner/edit", "banner/export")}


def test_single_actions_can_be_drawn(space):
    graph = graph_of(plan(space.quick("en", "de")), every=True)

    assert ("banner/wide/compose", "banner/wide/de/edit") in graph.edges
    assert len(graph) == 10


def test_an_edge_that_follows_from_others_is_left_out(space):
    space.write(
        "assetforge.yaml",
        "version: 1\nprofiles: {blank: {provider: blank}}\nassets:\n"
        "  a: {steps: [{compose: x}], output: a.png}\n"
        "  b: {steps: [{edit: y, references: [asset:a]}, {edit: z, references: [asset:a]}],"
        " output: b.png}\n",
    )

    assert set(graph_of(plan(space)).edges) == {("a/compose", "b/edit"), ("b/edit", "b/edit-2")}


def test_json_has_nodes_and_edges(space):
    found = document(graph_of(plan(space.quick("en"))))

    assert found["schema"] == "assetforge.graph/1"
    assert found["nodes"] == [
        {"id": "banner/compose", "count": 2, "kind": "compose"},
        {"id": "banner/edit", "count": 2, "kind": "edit"},
        {"id": "banner/export", "count": 2, "kind": "export"},
    ]
    assert found["edges"] == [
        {"from": "banner/compose", "to": "banner/edit"},
        {"from": "banner/edit", "to": "banner/export"},
    ]
    assert json.loads(DRAWINGS["json"](graph_of(plan(space)))) == found


STRING = r'"(?:[^"\\]|\\.)*"'


def test_dot_is_well_formed_whatever_the_names(space):
    lines = dot(graph_of(plan(odd(space)))).split("\n")

    assert (lines[0], lines[-1]) == ("digraph assetforge {", "}")
    for line in lines[3:-1]:
        assert re.fullmatch(rf"  {STRING} (\[label={STRING}\]|-> {STRING});", line), line
    assert '\\"' in lines[3]


def test_mermaid_is_well_formed_whatever_the_names(space):
    head, *lines = mermaid(graph_of(plan(odd(space)))).split("\n")

    assert head == "flowchart LR"
    for line in lines:
        assert re.fullmatch(r'  n\d+(\["(?:[^"<>`#&]|#\d+;)*"\]| --> n\d+)', line), line
    assert "we#34;i#60;r#62;d#35;35;#96;#38;'" in lines[0]


@pytest.mark.parametrize("form", ["dot", "mermaid", "json"])
def test_the_command_prints_the_drawing(space, form):
    result = space.quick("en", "de").run("graph", "--format", form, "--all")

    assert (result.code, result.err) == (0, "")
    assert result.out == DRAWINGS[form](graph_of(plan(space), every=True)) + "\n"
    assert ("banner/edit × 4" in space.run("graph", "--format", form).out) == (form != "json")
