"""Taking decisions back."""

import pytest

from tests.review.shop import EDIT, PIPELINE

WIDE = "banner/wide/de"


@pytest.mark.parametrize(
    "command",
    [
        ("accept", WIDE),
        ("pin", WIDE),
        ("reject", WIDE),
        ("choose", WIDE, "2"),
        ("choose", WIDE, "1", "--step", "compose", "--yes"),
        ("import", "mine.png", "--as", WIDE),
    ],
    ids=" ".join,
)
def test_after_undo_the_lock_is_as_before_byte_for_byte(shop, command):
    shop.does("reroll", WIDE, "--yes")
    shop.picture("mine.png")
    before = shop.lock_bytes()
    shop.does(*command)
    assert shop.lock_bytes() != before

    result = shop.does("undo")

    assert f"takes back '{command[0]}'" in result.err
    assert shop.lock_bytes() == before
    assert shop.buys() == 0


def test_undo_leaves_no_lock_where_there_was_none(open_shop):
    shop = open_shop()
    shop.buys("--profile", "blank")
    shop.does("accept", WIDE, "--profile", "blank")
    assert (shop.root / "assetforge.lock").is_dir()

    shop.does("undo", "--profile", "blank")

    assert not (shop.root / "assetforge.lock").exists()


def test_one_decision_after_the_other_is_taken_back(shop):
    locks = [shop.lock_bytes()]
    for command in (("accept", "*"), ("pin", WIDE), ("unpin", WIDE), ("reject", WIDE)):
        shop.does(*command)
        locks.append(shop.lock_bytes())

    for before in reversed(locks[:-1]):
        shop.does("undo")
        assert shop.lock_bytes() == before

    result = shop.run("undo")
    assert result.code == 2
    assert "there is no decision to undo" in result.err


def test_a_named_picture_has_its_own_last_decision_taken_back(shop):
    shop.does("accept", WIDE, "--step", "edit")
    shop.does("pin", "banner/tall/en")

    shop.does("undo", WIDE)

    lock = shop.lock()
    assert lock[EDIT].accepted is None
    assert [each for each in lock.values() if each.pinned]


def test_a_rejection_can_be_undone_after_the_new_take_is_made(shop):
    first = shop.lock()[EDIT].artifact
    before = shop.lock_bytes()
    shop.does("reject", WIDE)
    shop.buys()
    assert shop.lock()[EDIT].artifact != first

    shop.does("undo")

    assert shop.lock_bytes() == before
    assert shop.buys() == 0


def test_what_was_changed_since_is_not_undone(shop):
    shop.does("accept", WIDE)
    shop.reword("Set", "Put", "prompts/copy.j2")
    shop.buys()
    before = shop.lock_bytes()

    result = shop.run("undo")

    assert result.code == 2
    assert "banner/wide/de was changed since the 'accept'" in result.err
    assert shop.lock_bytes() == before


def test_a_decision_about_a_variant_that_is_no_more_can_be_undone(shop):
    before = shop.lock_bytes()
    shop.does("pin", WIDE)
    (shop.root / "locales/de.json").unlink()

    shop.does("undo")

    assert shop.lock_bytes() == before


def test_undo_is_for_decisions_of_the_same_pipeline_file(shop):
    shop.does("accept", "*")
    shop.write("other.yaml", PIPELINE.replace("out/", "other/"))

    result = shop.run("undo", "-f", "other.yaml")

    assert result.code == 2
    assert "there is no decision to undo" in result.err


def test_undo_of_a_scene_says_what_stands_on_it(shop):
    shop.does("reroll", WIDE, "--step", "compose", "--yes")
    shop.does("choose", WIDE, "2", "--step", "compose", "--yes")
    shop.buys()
    shop.reword("Set", "Put", "prompts/copy.j2")
    shop.buys()

    result = shop.run("undo")

    assert result.code == 4
    assert "banner/wide/de/edit, banner/wide/en/edit stand on this" in result.err


def test_undo_of_nobody_is_refused(shop):
    shop.does("accept", WIDE)

    assert shop.run("undo", "banner/tall").code == 2
    assert shop.run("undo", "nothing").code == 5
