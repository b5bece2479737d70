"""Pictures that a person gives: taken in, with where they came from, and nobody's work lost."""

import os
import sys

import PIL.Image
import pytest

from assetforge.digest import digest_of
from assetforge.images import decode
from assetforge.review import importing
from tests.pictures import saved
from tests.review.shop import EDIT, SCENE

WIDE = "banner/wide/de"
AS = ("--as", WIDE)
RED = (200, 30, 30)


def test_a_picture_taken_in_is_the_accepted_take_with_its_origin(shop):
    data = shop.picture("retouched/de final.png", RED).read_bytes()

    result = shop.does("import", "retouched/de final.png", *AS)

    assert "take 2" in result.err
    assert "from 'de final.png'  accepted" in result.err
    entry = shop.lock()[EDIT]
    assert (entry.take, entry.imported) == (2, "de final.png")
    assert (entry.artifact, entry.accepted.by) == (digest_of(data), "Ada <ada@example.org>")
    assert shop.blob(entry.artifact) == data, "the bytes are kept as they are"
    assert shop.buys() == 0
    assert decode(shop.output()).getpixel((600, 300)) == RED


def test_a_target_that_was_edited_by_hand_is_kept_and_then_taken_in(shop):
    shop.picture("out/de/banner-wide.png", RED)
    edited = shop.output()
    assert shop.run("build", "--no-progress").code == 1
    assert shop.output() == edited

    shop.does("import", "out/de/banner-wide.png", *AS)

    assert shop.buys() == 0
    assert decode(shop.output()).getpixel((600, 300)) == RED


def test_a_dry_run_keeps_nothing_so_that_an_edited_target_stays_safe(shop):
    shop.picture("out/de/banner-wide.png", RED)
    edited, before = shop.output(), shop.lock_bytes()

    result = shop.does("import", "out/de/banner-wide.png", *AS, "--dry-run")

    assert "nothing is decided yet" in result.err
    assert shop.lock_bytes() == before
    assert shop.run("choose", WIDE, "2").code == 2
    assert shop.run("build", "--no-progress").code == 1
    assert shop.output() == edited


def test_a_picture_that_is_a_take_already_is_that_take(shop):
    shop.does("reroll", WIDE, "--yes")
    second = shop.take(2)
    (shop.root / "same.png").write_bytes(shop.blob(second))

    shop.does("import", "same.png", *AS)

    entry = shop.lock()[EDIT]
    assert (entry.take, entry.artifact, entry.imported) == (2, second, "")


def test_what_was_rejected_and_is_taken_in_again_is_no_longer_rejected(shop):
    first = shop.lock()[EDIT].artifact
    shop.does("reroll", WIDE, "--yes")
    shop.does("reject", WIDE)
    shop.does("reject", WIDE)
    second = shop.lock()[EDIT].rejected[1]
    (shop.root / "same.png").write_bytes(shop.blob(first))

    shop.does("import", "same.png", *AS)

    entry = shop.lock()[EDIT]
    assert (entry.artifact, entry.rejected) == (first, (second,))


def test_a_scene_taken_in_says_what_stands_on_it(shop):
    shop.picture("scene.png")

    result = shop.run("import", "scene.png", *AS, "--step", "compose")

    assert result.code == 4
    assert "banner/wide/de/edit, banner/wide/en/edit stand on this" in result.err
    assert shop.run("choose", WIDE, "2", "--step", "compose", "--yes").code == 2, "it is not kept"
    shop.does("import", "scene.png", *AS, "--step", "compose", "--yes")
    assert shop.buys() == 2
    assert shop.lock()[SCENE].imported == "scene.png"


def test_after_undo_the_picture_taken_in_is_still_a_take(shop):
    shop.picture("mine.png")
    shop.does("import", "mine.png", *AS)

    shop.does("undo")

    assert shop.lock()[EDIT].take == 1
    shop.does("choose", WIDE, "2")
    assert shop.lock()[EDIT].imported == "mine.png"


def test_a_picture_of_another_shape_is_taken_in_with_a_word(shop):
    (shop.root / "square.png").write_bytes(saved(PIL.Image.new("RGB", (500, 500))))

    result = shop.does("import", "square.png", *AS)

    assert "it is 500x500, of another shape than 1200x628: exports cut or pad it" in result.err
    assert shop.buys() == 0


def test_wrong_input_is_refused_in_a_line(shop, monkeypatch):
    shop.write("words.txt", "no picture")
    shop.picture("mine.png")
    monkeypatch.setattr(importing, "MOST_BYTES", 1_000_000)
    (shop.root / "large.png").write_bytes(bytes(1_000_001))
    refused = {
        ("missing.png", *AS): "cannot read 'missing.png': no such file or directory",
        ("words.txt", *AS): "'words.txt' cannot be taken in: ",
        ("prompts", *AS): "'prompts' is no ordinary file",
        ("large.png", *AS): "'large.png' cannot be taken in: it is larger than 1 MB",
        ("mine.png", "--as", "banner/wide"): "'banner/wide' has 2 pictures, name one: ",
    }
    before = shop.lock_bytes()

    for words, message in refused.items():
        result = shop.run("import", *words)
        assert (result.code, message in result.err) == (2, True), result.err
        assert result.err.count("\n") == 1

    assert shop.run("import", "mine.png", "--as", "nothing").code == 5
    assert shop.lock_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pipe with a name")
def test_what_never_ends_is_not_read(shop):
    os.mkfifo(shop.root / "pipe.png")

    assert "is no ordinary file" in shop.run("import", "pipe.png", *AS).err


def test_nothing_is_taken_in_for_what_stands_on_nothing(open_shop):
    shop = open_shop()
    shop.picture("mine.png")

    result = shop.run("import", "mine.png", *AS)

    assert result.code == 2
    assert "banner/wide/de/edit stands on what is not built; build it first" in result.err
    shop.does("import", "mine.png", *AS, "--step", "compose")
    assert shop.buys(WIDE) == 1, "the scene is there now, without a call"


def test_there_are_no_more_takes_than_there_can_be(shop, monkeypatch):
    monkeypatch.setattr("assetforge.takes.MOST_TAKES", 1)
    shop.picture("mine.png")

    result = shop.run("import", "mine.png", *AS)

    assert result.code == 2
    assert "as many takes of these words as there can be" in result.err
