"""What each decision comes to: in the lock, in the next build, and for the pictures shown."""

import shutil

import pytest

from assetforge.lock.entry import Slot
from tests.review.shop import EDIT, OTHER, PIPELINE, SCENE

WIDE = "banner/wide/de"
KEPT = PIPELINE.replace("  final:", "  other:").replace("  keep:", "  final:")
"""The first profile, `final`, keeps what was accepted."""

FAILING = PIPELINE.replace("  final:", "  other:").replace("  fail:", "  final:")


CARD = """\
  mascot:
    steps:
      - compose: A robot dog.
      - export: {size: 512x512}
    output: out/mascot.png
  card:
    references: ["asset:mascot"]
    steps:
      - compose: The dog runs.
        size: 400x600
    output: out/card.png
"""
"""An asset that takes the finished picture of another one."""


def first(pipeline: str) -> str:
    """Return the pipeline with the profile `final` as the first one."""
    lines = pipeline.splitlines(keepends=True)
    (chosen,) = (each for each in lines if each.startswith("  final:"))
    lines.remove(chosen)
    lines.insert(lines.index("profiles:\n") + 1, chosen)
    return "".join(lines)


# accept


def test_accepted_changes_of_words_make_no_call(shop):
    before = shop.outputs()
    shop.reword()
    shop.reword("Set", "Put", "prompts/copy.j2")

    shop.does("accept", "*")

    assert shop.buys() == 0
    assert shop.outputs() == before
    assert shop.lock()[SCENE].made_as, "made for other words than it was accepted for"
    assert shop.run("check", "--built", "--accepted").code == 0


def test_accept_takes_the_change_of_a_shared_scene_for_all_that_share_it(shop):
    shop.reword()

    shop.does("accept", WIDE)

    plan = shop.plan()
    assert plan["run"] == ["banner/tall/compose"]
    assert "banner/wide/en/edit" in plan["hit"]


def test_accept_sees_through_local_steps(open_shop):
    shop = open_shop(PIPELINE + CARD)
    shop.buys()
    before = shop.outputs()
    shop.reword("robot", "tin", "assetforge.yaml")

    shop.does("accept", "card")

    assert shop.buys() == 0
    assert shop.outputs() == before


def test_accept_again_changes_nothing(shop):
    shop.does("accept", "*")
    before, decided = shop.lock_bytes(), len(shop.decisions())

    result = shop.does("accept", "*")

    assert "nothing changes" in result.err
    assert shop.lock_bytes() == before
    assert len(shop.decisions()) == decided


def test_a_clone_with_the_store_builds_what_was_accepted_with_no_call(shop, tmp_path):
    shop.reword()
    shop.does("accept", "*")
    shop.buys()
    before = shop.outputs()
    clone = type(shop)(tmp_path / "clone", shop.server)
    shutil.copytree(shop.root, clone.root, ignore=shutil.ignore_patterns("out", "state.sqlite*"))

    assert clone.buys() == 0
    assert clone.outputs() == before


def test_nothing_rejected_can_be_accepted_in_passing(shop):
    shop.does("reject", WIDE)

    result = shop.run("accept", WIDE)

    assert result.code == 2
    assert "banner/wide/de/edit was rejected, and take 2 is not made yet" in result.err
    assert shop.run("pin", WIDE).code == 2
    assert shop.buys() == 1


def test_draft_pictures_are_not_accepted_for_a_profile_that_never_made_any(shop):
    shop.reword("calm", "stormy")
    shop.buys("--profile", "blank")

    result = shop.run("accept", "banner/tall/en", "--profile", "final")

    assert result.code == 0
    assert shop.lock()[Slot("banner/tall/en", "final", "compose")].asked.startswith("gpt-image")


def test_a_picture_of_another_provider_is_none_to_accept(open_shop):
    shop = open_shop()
    shop.buys("--profile", "blank")

    result = shop.run("accept", WIDE, "--profile", "final")

    assert result.code == 2
    assert "banner/wide/compose was never made; build it first" in result.err


def test_two_pictures_that_become_one_cannot_be_accepted(open_shop):
    shop = open_shop()
    shop.write("prompts/scene.j2", "A calm scene for {{ locale.name }}.\n")
    shop.buys()
    shop.write("prompts/scene.j2", "A calm scene.\n")

    result = shop.run("accept", WIDE)

    assert result.code == 2
    assert "banner/wide/compose stood on 2 different pictures, and are one now" in result.err


# choose


def test_a_take_that_is_not_there_is_refused_with_those_that_are(shop):
    for take in ("2", "9" * 20):
        result = shop.run("choose", WIDE, take)
        assert result.code == 2
        assert f"banner/wide/de/edit has no take {take}, but take 1" in result.err
    shop.does("reroll", WIDE, "--yes")
    assert "but takes 1, 2" in shop.run("choose", WIDE, "3").err
    shop.reword("Set", "Put", "prompts/copy.j2")
    assert "and none at all yet; build it first" in shop.run("choose", WIDE, "1").err
    for command in (("choose", WIDE, "0"), ("choose", WIDE, "two"), ("choose", "1"), ("choose",)):
        assert shop.run(*command).code == 2


def test_a_chosen_take_stands_and_counts_as_accepted(shop):
    shop.does("reroll", WIDE, "--yes")
    second = shop.take(2)

    shop.does("choose", WIDE, "2")

    assert shop.buys() == 0
    entry = shop.lock()[EDIT]
    assert (entry.take, entry.artifact, entry.accepted.by) == (2, second, "Ada <ada@example.org>")


def test_a_chosen_scene_is_that_of_all_who_share_it_also_of_a_new_locale(shop):
    shop.does("reroll", WIDE, "--step", "compose", "--yes")
    shop.does("choose", WIDE, "2", "--step", "compose", "--yes")
    shop.buys()
    shop.locale("fr", headline="Soldes", action="Acheter", alt="Collines")

    assert shop.buys("banner/wide/fr") == 1
    lock = shop.lock()
    french = lock[Slot("banner/wide/fr", "final", "compose")]
    assert (french.take, french.artifact) == (2, lock[SCENE].artifact)


def test_a_picture_that_was_accepted_for_these_words_can_be_chosen_again(shop):
    accepted = shop.lock()[EDIT].artifact
    shop.reword("Set", "Put", "prompts/copy.j2")
    shop.does("accept", WIDE)
    shop.does("reroll", WIDE, "--yes")
    shop.does("choose", WIDE, "2")
    shop.does("reroll", WIDE, "--yes")

    shop.does("choose", WIDE, "1")

    entry = shop.lock()[EDIT]
    assert (entry.artifact, entry.take, bool(entry.made_as)) == (accepted, 1, True)
    assert shop.take(3) != shop.take(2)
    assert shop.buys(WIDE) == 0


def test_what_was_taken_back_is_no_take(shop):
    shop.reword("Set", "Put", "prompts/copy.j2")
    shop.does("accept", WIDE)
    shop.does("undo")

    assert "and none at all yet" in shop.run("choose", WIDE, "1").err


def test_choosing_back_what_was_rejected_takes_it_off_the_rejected(shop):
    first = shop.lock()[EDIT].artifact
    shop.does("reject", WIDE)
    shop.buys()
    assert shop.lock()[EDIT].rejected == (first,)

    shop.does("choose", WIDE, "1")

    entry = shop.lock()[EDIT]
    assert (entry.artifact, entry.rejected) == (first, ())


# reject


def test_a_rejected_picture_is_made_anew_once(shop):
    shown = shop.output()

    shop.does("reject", WIDE)

    assert shop.plan()["run"] == ["banner/wide/de/edit"]
    assert shop.buys() == 1
    assert shop.output() != shown
    assert shop.buys() == 0


def test_a_rejected_scene_is_not_shown_to_a_new_locale_either(shop):
    wrong = shop.lock()[SCENE].artifact
    shop.does("reject", WIDE, "--step", "compose", "--yes")
    shop.locale("fr", headline="Soldes", action="Acheter", alt="Collines")

    assert shop.buys("banner/wide/fr") == 2
    entry = shop.lock()[Slot("banner/wide/fr", "final", "compose")]
    assert (entry.take, entry.rejected) == (2, (wrong,))
    assert shop.buys("banner/wide/de") == 1, "the same scene, and an edit on it"


def test_of_several_takes_another_one_stands_where_one_is_rejected(open_shop):
    shop = open_shop(
        PIPELINE.replace("edit: prompts/copy.j2", "edit: prompts/copy.j2\n        takes: 3")
    )
    assert shop.buys() == 14

    shop.does("reject", WIDE)
    assert (shop.lock()[EDIT].take, shop.buys()) == (2, 0)
    shop.does("reject", WIDE)
    assert (shop.lock()[EDIT].take, shop.buys()) == (3, 0)
    shop.does("reject", WIDE)
    assert (shop.lock()[EDIT].take, shop.buys()) == (4, 1)

    assert len(shop.lock()[EDIT].rejected) == 3


def test_what_was_rejected_stays_so_when_the_words_come_back(shop):
    wrong = shop.lock()[EDIT].artifact
    shop.does("reject", WIDE)
    shop.buys()
    right = shop.lock()[EDIT].artifact
    shop.reword("Set", "Put", "prompts/copy.j2")
    shop.buys()
    shop.does("accept", WIDE)
    shop.reword("Put", "Place", "prompts/copy.j2")
    shop.buys()

    shop.reword("Place", "Set", "prompts/copy.j2")

    assert shop.buys() == 0
    entry = shop.lock()[EDIT]
    assert (entry.artifact, entry.rejected) == (right, (wrong,))


def test_after_the_last_take_nothing_more_can_be_rejected(shop, monkeypatch):
    monkeypatch.setattr("assetforge.takes.MOST_TAKES", 1)

    result = shop.run("reject", WIDE)

    assert result.code == 2
    assert "banner/wide/de/edit has as many takes as there can be" in result.err


def test_what_waits_for_its_scene_has_no_takes_to_choose_from(shop):
    shop.reword()

    result = shop.run("choose", WIDE, "1")

    assert result.code == 2
    assert "none at all yet; build it first" in result.err


def test_what_is_not_made_for_the_words_of_today_cannot_be_rejected(shop):
    shop.reword("Set", "Put", "prompts/copy.j2")

    result = shop.run("reject", WIDE)

    assert result.code == 2
    assert "is not made for its words of today" in result.err


def test_a_service_that_repeats_itself_never_gets_a_rejected_picture_shown(open_shop):
    shop = open_shop(repeatable=True)
    shop.buys()
    wrong, shown = shop.lock()[EDIT].artifact, shop.output()
    shop.does("reject", WIDE)

    for _ in range(2):
        before = shop.calls()
        shop.run("build", "--yes", "--no-progress")
        assert shop.calls() - before <= 1, "one more take in each build"

        assert wrong in shop.lock()[EDIT].rejected
        assert shop.lock()[EDIT].artifact != wrong
    assert shop.output() == shown


# pin and unpin


@pytest.mark.parametrize(
    "change",
    [
        lambda shop: shop.reword(),
        lambda shop: shop.reword("Set", "Put", "prompts/copy.j2"),
        lambda shop: shop.locale("de", headline="Neu", action="Los", alt="Berge"),
        lambda shop: shop.replace("assetforge.yaml", "quality: low", "quality: medium"),
        lambda shop: shop.replace("assetforge.yaml", "gpt-image-2-2026-04-21", "gpt-image-1.5"),
    ],
    ids=["scene", "prompt", "copy", "quality", "model"],
)
def test_a_pinned_picture_stays_whatever_changes(shop, change):
    before = shop.output()
    shop.does("pin", WIDE)

    change(shop)

    document = shop.does("plan", WIDE, "--format", "json").json
    assert [each["decision"] for each in document["actions"]] == ["hit", "hit"]
    assert any("pinned by Ada" in reason for reason in document["actions"][0]["reasons"])
    assert shop.buys(WIDE) == 0
    assert shop.output() == before


def test_a_pin_is_of_a_variant_and_does_not_follow_another_name(shop):
    shop.does("pin", WIDE)
    shop.reword("Set", "Put", "prompts/copy.j2")

    shop.replace("assetforge.yaml", "wide:", "broad:")

    assert "banner/broad/de/edit" in shop.plan()["run"]


def test_an_unpinned_picture_follows_its_words_again(shop):
    shop.does("pin", WIDE)
    shop.reword("Set", "Put", "prompts/copy.j2")
    shop.buys()

    result = shop.does("unpin", WIDE)

    assert "a build makes again: banner/wide/de/edit" in result.err
    assert shop.buys() == 1


@pytest.mark.parametrize("command", [("reject",), ("reroll",), ("choose", "1"), ("import",)])
def test_nothing_else_is_decided_about_a_pinned_picture(shop, command):
    shop.does("pin", WIDE)
    shop.picture("mine.png")
    words = ("import", "mine.png", "--as", WIDE) if command == ("import",) else None

    result = shop.run(*(words or (command[0], WIDE, *command[1:])))

    assert result.code == 2
    assert "is pinned by Ada <ada@example.org>" in result.err


def test_pinning_again_keeps_who_pinned_it_first(shop):
    shop.does("pin", WIDE)
    before = shop.lock_bytes()

    assert "nothing changes" in shop.does("pin", WIDE).err
    assert shop.lock_bytes() == before


def test_nothing_is_decided_about_what_only_pinned_pictures_stand_on(shop):
    shop.does("pin", "*")

    result = shop.run("reject", WIDE, "--step", "compose")

    assert result.code == 2
    assert "only pinned pictures stand on banner/wide/compose" in result.err


def test_a_pin_of_one_profile_is_none_of_another(shop):
    shop.does("pin", WIDE)
    shop.reword("Set", "Put", "prompts/copy.j2")

    assert "banner/wide/de/edit" in shop.plan("--profile", "keep")["run"]


def test_what_is_not_pinned_cannot_be_unpinned(shop):
    result = shop.run("unpin", WIDE)

    assert result.code == 2
    assert "banner/wide/de/edit is not pinned" in result.err


# what nobody has accepted


def test_keep_shows_the_accepted_picture_until_the_new_one_is_accepted(open_shop):
    shop = open_shop(first(KEPT))
    shop.buys()
    shop.does("accept", "*")
    before = shop.outputs()
    shop.reword()

    assert shop.buys() == 2, "the new scenes, and nothing that would stand on them"
    assert shop.outputs() == before
    assert shop.run("check", "--accepted").code == 6
    result = shop.run("accept", WIDE)
    assert (result.code, shop.calls()) == (4, 8)
    assert "banner/wide/de/edit, banner/wide/en/edit stand on this" in result.err
    shop.does("accept", WIDE, "--yes")

    assert shop.buys(WIDE) == 1
    assert shop.outputs() == before, "the new edit waits in its turn"
    shop.does("accept", WIDE)
    assert shop.buys(WIDE) == 0
    assert shop.output() != before["out/de/banner-wide.png"]


def test_keep_pins_what_is_shown(open_shop):
    shop = open_shop(first(KEPT))
    shop.buys()
    shop.does("accept", "*")
    shown = shop.lock()[EDIT].artifact
    shop.reword("Set", "Put", "prompts/copy.j2")
    shop.buys()
    assert shop.lock()[EDIT].artifact != shown

    shop.does("pin", WIDE)

    assert shop.lock()[EDIT].artifact == shown


def test_keep_goes_on_after_the_new_picture_is_rejected(open_shop):
    shop = open_shop(first(KEPT))
    shop.buys()
    shop.does("accept", "*")
    before = shop.outputs()
    shop.reword("Set", "Put", "prompts/copy.j2")
    shop.buys()

    shop.does("reject", WIDE)

    assert shop.buys() == 1
    assert shop.outputs() == before


def test_fail_writes_nothing_that_nobody_accepted(open_shop):
    shop = open_shop(first(FAILING))

    result = shop.run("build", "--yes", "--no-progress")

    assert result.code == 6
    assert shop.outputs() == {}
    shop.does("accept", "banner/wide")
    assert shop.run("build", "--yes", "--no-progress").code == 6
    assert sorted(shop.outputs()) == ["out/de/banner-wide.png", "out/en/banner-wide.png"]
    shop.does("accept", "*")
    assert shop.buys() == 0
    assert len(shop.outputs()) == 4


def test_check_tells_whether_all_is_accepted(shop):
    result = shop.run("check", "--accepted")
    assert result.code == 6
    assert "not accepted: banner/wide/compose" in result.err

    shop.does("accept", "*")

    assert shop.run("check", "--accepted").code == 0
    assert shop.lock()[OTHER].accepted is not None
