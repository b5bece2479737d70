from __future__ import annotations

from assetforge.action import Action, ActionId, VariantName
from assetforge.pricing import Cost
from assetforge.reports.sharing import Sharing, sharing_json, sharing_of
from assetforge.reports.text import sharing_lines
from tests.cli import toy
from tests.cli.schemas import assert_valid
from tests.space import Space

CENT = 10_000


def an_action(id: str, variants: int) -> Action:
    names = tuple(VariantName(f"{id}/{number}") for number in range(variants))
    return Action(ActionId(id), "banner", "edit", "edit", "1", {}, (), names)


def test_what_is_saved_is_the_price_of_every_variant_but_one():
    actions = [an_action("scene", 20), an_action("copy", 1), an_action("export", 20)]
    prices = {
        ActionId("scene"): Cost(4 * CENT, 5 * CENT),
        ActionId("copy"): Cost(7 * CENT, 7 * CENT),
        ActionId("export"): Cost(),
    }

    found = sharing_of(actions, prices)

    assert found == Sharing(calls=2, calls_alone=21, saved=Cost(76 * CENT, 95 * CENT))
    assert sharing_json(found) == {
        "calls": 2,
        "calls_alone": 21,
        "saved_usd": {"low": "0.76", "high": "0.95"},
    }
    assert sharing_lines(found, "saves") == [
        "  sharing: 2 calls in place of 21; saves $0.76 to $0.95"
    ]


def test_where_nothing_is_shared_nothing_is_said():
    found = sharing_of([an_action("copy", 1)], {ActionId("copy"): Cost(CENT, CENT)})

    assert sharing_lines(found, "saves") == []


def test_a_plan_says_what_sharing_saves_and_a_build_what_it_saved(tmp_path):
    fast = toy.PRICED.replace("provider: toy", "provider: toy, images_per_minute: 60000")
    space = Space(tmp_path).quick("en", "de", "ja", pipeline=fast)
    with toy.installed():
        planned = space.run("plan", "--format", "json").json
        text = space.run("plan").out
        built = space.run("build", "--yes", "--format", "json").json
        again = space.run("build", "--yes")

    assert_valid("plan", planned)
    assert_valid("build", built)
    sharing = planned["totals"]["sharing"]
    assert (sharing["calls"], sharing["calls_alone"]) == (8, 12)
    assert built["totals"]["sharing"] == {
        **{name: sharing[name] for name in ("calls", "calls_alone")},
        "saved_usd": {"low": "0.08", "high": "0.08"},
    }, "what the four calls that were spared did cost the others"
    assert "  sharing: 8 calls in place of 12; saves $" in text
    assert "sharing" not in again.err


def test_a_plan_that_costs_nothing_does_not_speak_of_sharing(tmp_path):
    space = Space(tmp_path).quick()

    document = space.run("plan", "--format", "json").json

    assert "sharing" not in space.run("plan").out
    assert document["totals"]["sharing"] == {
        "calls": 0,
        "calls_alone": 0,
        "saved_usd": {"low": "0.00", "high": "0.00"},
    }
