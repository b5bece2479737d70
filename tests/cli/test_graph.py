import pytest

from tests.cli.golden import assert_golden
from tests.cli.schemas import assert_valid
from tests.space import Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


@pytest.mark.parametrize("form", ["dot", "mermaid"])
def test_a_drawing_has_a_node_for_each_step(space, form):
    result = space.run("graph", "--format", form)

    assert (result.code, result.err) == (0, "")
    assert_golden(f"graph.{form}", result.out)


def test_all_draws_every_action(space):
    result = space.run("graph", "--all")

    assert result.code == 0
    assert_golden("graph_all.txt", "\n".join(sorted(result.out.splitlines())) + "\n")


def test_the_document_has_nodes_and_edges(space):
    document = space.run("graph", "--format", "json").json

    assert_valid("graph", document)
    assert document["edges"] == [
        {"from": "banner/compose", "to": "banner/edit"},
        {"from": "banner/edit", "to": "banner/export"},
    ]


def test_a_selection_is_drawn_alone(space):
    document = space.run("graph", "--all", "--format", "json", "banner/wide/de").json

    assert len(document["nodes"]) == 3
