import json

import pytest

from assetforge.action import ActionId, ActionKey
from assetforge.digest import Digest
from assetforge.errors import Diagnostic, Place
from assetforge.pricing import Cost
from assetforge.rebuilder import Hit, Run, Wait
from assetforge.reports.documents import check_document, cost_json, decision_word
from assetforge.store.action_cache import ActionResult
from tests.cli.schemas import assert_valid, load

KEY = ActionKey("ab" * 32)
RESULT = ActionResult(key=KEY, artifact=Digest("cd" * 32), manifest={}, made_at="")


@pytest.mark.parametrize(
    ("decision", "word"),
    [(Hit(KEY, RESULT), "hit"), (Run(KEY, {}), "run"), (Wait((ActionId("a"),)), "wait")],
)
def test_decisions_are_called_as_in_the_glossary(decision, word):
    assert decision_word(decision) == word


def test_money_is_a_decimal_string():
    assert cost_json(Cost(41_200, 250_000)) == {"low": "0.0412", "high": "0.25"}


def test_problems_are_counted_by_how_bad_they_are():
    problems = [
        Diagnostic("odd", "this is odd", Place("a.yaml", 2, 3)),
        Diagnostic("meh", "this is so so", severity="warning"),
        Diagnostic("old", "this is old", Place("b.yaml"), severity="warning"),
    ]

    document = check_document(problems, ["banner/edit"])

    assert_valid("check", document)
    assert document["totals"] == {"errors": 1, "warnings": 2}
    assert document["unbuilt"] == ["banner/edit"]


@pytest.mark.parametrize(
    "name", ["plan", "build", "check", "explain", "log", "render", "graph", "manifest", "cost"]
)
def test_schemas_allow_fields_to_be_added(name):
    assert '"additionalProperties": false' not in json.dumps(load(name))


PROMISED = {
    "plan": (
        {"schema", "actions", "totals"},
        "actions",
        {"id", "asset", "step", "variants", "decision", "key", "reasons", "cost_usd"},
        {"hit", "run", "wait", "cost_usd"},
    ),
    "build": (
        {"schema", "totals", "targets", "failures"},
        "failures",
        {"action", "variant", "error", "message"},
        {"made", "hit", "failed", "blocked", "unknown", "cost_usd"},
    ),
}
"""Name → fields of the document, a list in it, fields of that list's items, fields of the totals.

Source: DESIGN.md, section 7.
"""


@pytest.mark.parametrize("name", PROMISED)
def test_schemas_require_what_was_promised_on_the_first_day(name):
    schema = load(name)
    document, listed, item, totals = PROMISED[name]

    assert document <= set(schema["required"])
    assert item <= set(schema["properties"][listed]["items"]["required"])
    assert totals <= set(schema["properties"]["totals"]["required"])
