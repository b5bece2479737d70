import json

import pytest

from assetforge.errors import UsageProblem
from assetforge.reports.comment.planned import microdollars, read_plan_document
from tests.reports.comment.plans import changed, document, since


def refusal(text: str) -> str:
    with pytest.raises(UsageProblem) as told:
        read_plan_document(text, "plan.json")
    message = str(told.value)
    assert "\n" not in message
    assert message.endswith("; it takes what `assetforge plan --format json` prints")
    return message.partition(";")[0]


@pytest.mark.parametrize(
    ("said", "amount"),
    [("0.00", 0), ("0.0412", 41_200), ("12.50", 12_500_000), ("-1.00", -1_000_000)],
)
def test_an_amount_is_read_to_the_microdollar(said, amount):
    assert microdollars(said) == amount


@pytest.mark.parametrize(
    "said", ["", "1", "1.0", "NaN", "1e9.00", "１.00", "0.1234567", 1, None, " 1.00"]
)
def test_what_is_no_amount_is_refused(said):
    with pytest.raises(ValueError, match="must be an amount"):
        microdollars(said)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("schema",), "assetforge.build/1", "plan.json: schema: must be 'assetforge.plan/1'"),
        (("totals", "cost_usd", "low"), 3, "plan.json: totals.cost_usd.low: must be an amount"),
        (("since", "variants", 0, "before"), "../x", "plan.json: since.variants[0].before: string"),
        (("since", "commit"), "HEAD", "plan.json: since.commit: string should match"),
        (("profile",), "x" * 2000, "plan.json: profile: string should have at most 1000"),
        (("actions",), None, "plan.json: actions: must be a valid"),
    ],
)
def test_a_document_of_another_shape_is_told_by_its_place(place, value, said):
    written = document((), since(changed("a")))
    where = written
    for each in place[:-1]:
        where = where[each]
    where[place[-1]] = value

    assert refusal(json.dumps(written)).startswith(said)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 100_000, '"\\ud800"', b"\xff"])
def test_what_is_no_document_is_told_in_one_line(text):
    assert refusal(text).startswith("plan.json: ")


def test_fields_may_be_added_and_those_that_came_later_may_lack():
    written = document() | {"new": 1}
    for name in ("since", "budget", "max_cost_usd"):
        del written[name]

    read = read_plan_document(json.dumps(written), "plan.json")

    assert (read.since, read.budget, read.max_cost_usd) == (None, None, None)
