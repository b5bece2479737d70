"""Decisions as such: written down whole, one after the other, told before they are made."""

import os
import subprocess
from typing import Any

import pytest

from assetforge.action import ActionId
from assetforge.decided import Options
from assetforge.errors import StoreProblem, UsageProblem
from assetforge.lock.entry import Slot, from_json
from assetforge.planner import Selection
from assetforge.review.chosen import chosen_actions
from assetforge.review.decision import decide, propose
from assetforge.review.importing import take_in
from assetforge.review.picture import reviewing
from assetforge.review.verdicts import accept
from assetforge.store.local import FOLDER
from tests.cli.schemas import assert_valid
from tests.review.shop import EDIT, OTHER, SCENE
from tests.space import PYTHON

WIDE = "banner/wide/de"


def test_a_decision_is_written_down_with_what_was_before_and_after(shop):
    before = shop.lock()[EDIT]

    shop.does("accept", WIDE, "--step", "edit")

    (decision,) = shop.decisions()
    (change,) = decision.changes
    assert (decision.what, decision.by) == ("accept", "Ada <ada@example.org>")
    assert decision.pipeline == "assetforge.yaml"
    assert from_json(change.before) == before
    assert from_json(change.after) == shop.lock()[EDIT]


def test_decisions_make_no_call(shop):
    shop.does("reroll", WIDE, "--yes")
    calls = shop.calls()
    shop.reword("Set", "Put", "prompts/copy.j2")
    shop.picture("mine.png")

    for command in (
        ("accept", "*"),
        ("reject", WIDE),
        ("undo",),
        ("pin", WIDE),
        ("unpin", WIDE),
        ("import", "mine.png", "--as", WIDE),
        ("choose", WIDE, "2"),
    ):
        shop.run(*command)

    assert shop.calls() == calls


def test_what_is_lost_with_a_choice_is_said_before_and_after_it(shop):
    shop.does("reroll", WIDE, "--step", "compose", "--yes")
    before = shop.lock_bytes()
    words = ("choose", WIDE, "2", "--step", "compose")

    dry = shop.does(*words, "--dry-run")
    refused = shop.run(*words)

    both = "banner/wide/de/edit, banner/wide/en/edit"
    assert f"a build makes again: {both}; cost $0.02" in dry.err
    assert "nothing is decided yet" in dry.err
    assert refused.code == 4
    assert f"nothing is decided: {both} stand on this; making them again costs $0.02" in refused.err
    assert shop.lock_bytes() == before
    done = shop.does(*words, "--yes", "--format", "json").json
    assert done["again"] == both.split(", ")
    assert done["cost_usd"]["high"] != "0.00"
    assert shop.buys() == 2


def test_nothing_is_asked_where_what_stands_on_it_is_there(shop):
    shop.does("reroll", WIDE, "--step", "compose", "--yes")
    shop.does("choose", WIDE, "2", "--step", "compose", "--yes")
    shop.buys()

    assert "makes again" not in shop.does("choose", WIDE, "1", "--step", "compose").err
    assert shop.buys() == 0


def test_the_document_of_a_decision_is_as_its_schema_says(shop):
    done = shop.does("accept", WIDE, "--format", "json").json
    assert_valid("decision", done)
    assert done["id"] == shop.decisions()[0].id
    assert {each["variant"] for each in done["changes"]} == {WIDE, "banner/wide/en"}

    dry = shop.does("reject", WIDE, "--dry-run", "--format", "json").json
    assert_valid("decision", dry)
    assert dry["id"] is None
    assert dry["changes"][0]["after"]["take"] == 2

    nothing = shop.does("accept", WIDE, "--format", "json").json
    assert_valid("decision", nothing)
    assert (nothing["id"], nothing["changes"]) == (None, [])

    undone = shop.does("undo", "--format", "json").json
    assert_valid("decision", undone)
    assert undone["what"] == "undo accept"


def test_the_document_of_more_takes_is_as_its_schema_says(shop):
    document = shop.does("reroll", WIDE, "-n", "2", "--yes", "--format", "json").json

    assert_valid("reroll", document)
    assert [each["take"] for each in document["takes"]] == [2, 3]


def test_what_cannot_be_written_down_is_not_decided(shop):
    before = shop.lock_bytes()

    with reviewing(Options(shop.root / "assetforge.yaml")) as review:
        ids = chosen_actions(review, Selection(("*",)), None)
        proposal = propose(review, "accept", tuple(ids), accept(review, ids))
        (shop.root / FOLDER / "decisions.jsonl").mkdir()
        with pytest.raises(StoreProblem, match="cannot write down the decision"):
            decide(review, proposal)

    assert proposal.changes
    assert shop.lock_bytes() == before


@pytest.mark.usefixtures("unmeasured")
def test_two_processes_that_decide_at_once_both_have_their_way_or_say_no(shop):
    commands = [("accept", "*"), ("pin", WIDE), ("pin", "banner/tall/en"), ("reject", OTHER[0])]
    started = [
        subprocess.Popen(
            [PYTHON, "-m", "assetforge", *each],
            cwd=shop.root,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for each in commands
    ]

    ended = [(each.communicate(timeout=60)[1], each.returncode) for each in started]

    assert {code for _, code in ended} <= {0, 2}, ended
    told = ("changed meanwhile", "was rejected", "undo")
    assert all(any(words in err for words in told) for err, _ in ended), ended
    made = shop.decisions()
    assert len(made) == sum(code == 0 for _, code in ended)
    last: dict[Slot, Any] = {}
    for each in made:
        last |= {Slot(c.variant, c.profile, c.step): c.after for c in each.changes}
    lock = shop.lock()
    assert {slot: from_json(each) for slot, each in last.items()} == {
        slot: lock[slot] for slot in last
    }


def test_a_take_that_came_meanwhile_is_not_overwritten(shop):
    shop.picture("mine.png")
    options = Options(shop.root / "assetforge.yaml")
    with reviewing(options) as review:
        id = ActionId("banner/wide/de/edit")
        proposal, _ = take_in(review, id, shop.root / "mine.png")
        shop.does("reroll", WIDE, "--yes")
        second = shop.take(2)

        with pytest.raises(UsageProblem, match="another take was made meanwhile"):
            decide(review, proposal)

    assert shop.take(2) == second
    assert shop.decisions() == []


def test_what_was_decided_is_not_lost_with_the_lock(shop):
    shop.does("pin", "banner/tall/en")
    shop.does("accept", WIDE)
    decided = {slot: each for slot, each in shop.lock().items() if each.pinned or each.accepted}
    (shop.root / "assetforge.lock/banner.json").unlink()

    result = shop.does("accept", "banner/tall/de", "--step", "edit")

    assert "the lock of 'banner' is gone" in result.err
    lock = shop.lock()
    assert {slot: lock.get(slot) for slot in decided} == decided


def test_a_decision_about_a_lost_picture_needs_no_bytes(shop):
    entry = shop.lock()[SCENE]
    (shop.root / f".assetforge/cas/{entry.artifact[:2]}/{entry.artifact}").unlink()

    shop.does("accept", WIDE)

    assert shop.lock()[EDIT].accepted is not None
