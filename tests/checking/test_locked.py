"""What the lock says by itself, as in a fork's clone: no store, no key, no network."""

import shutil
import socket

import pytest

from tests.cli.schemas import assert_valid
from tests.review.shop import PIPELINE
from tests.space import Space

LETTERED = PIPELINE.replace(
    "      - edit: prompts/copy.j2\n",
    "      - overlay: logo.png\n      - edit: prompts/copy.j2\n",
)


def fork(space, name="fork"):
    """Return a clone of a project: what is committed, and nothing else."""
    folder = space.root.parent / name
    shutil.copytree(space.root, folder, ignore=shutil.ignore_patterns(".assetforge", "out"))
    return Space(folder)


def test_nothing_is_locked_before_the_first_build(open_shop):
    result = open_shop().run("check", "--locked")

    assert result.code == 3
    assert result.err == (
        "assetforge: not locked: banner/wide/compose, banner/wide/de/edit, banner/wide/en/edit "
        "and 3 more; run `assetforge build` and commit the lock\n"
    )


def test_a_clone_without_a_store_knows_that_all_is_locked_and_gets_none(shop):
    clone = fork(shop)

    assert clone.run("check", "--locked").code == 0
    assert clone.run("check", "--built").code == 3
    assert not (fork(shop, "other").run("check", "--locked").err)
    assert not (shop.root.parent / "other" / ".assetforge").exists()


def test_what_changed_since_is_not_locked_wherever_one_looks(shop):
    shop.locale("de", headline="Schluss", action="Los", alt="Berge")

    for each in (shop, fork(shop)):
        result = each.run("check", "--locked", "--format", "json")
        assert result.code == 3
        assert_valid("check", result.json)
        assert result.json["unlocked"] == ["banner/wide/de/edit", "banner/tall/de/edit"]
        assert result.json["unbuilt"] is None


def test_a_profile_that_asks_no_service_is_told_that_the_lock_says_nothing_of_it(tmp_path):
    space = Space(tmp_path).quick()
    said = "assetforge: profile 'blank' asks no service: the lock has nothing to say\n"

    locked = space.run("check", "--locked")

    assert (locked.code, locked.err) == (0, said)
    assert space.run("check").err == ""
    assert space.run("check", "--locked", "--format", "github").err == ""
    assert space.run("check", "--locked", "--format", "json").err == said


def test_only_what_is_chosen_has_to_be_locked(shop):
    shop.locale("de", headline="Schluss", action="Los", alt="Berge")

    assert fork(shop).run("check", "--locked", "--locale", "en").code == 0


def test_what_waits_for_what_is_to_be_drawn_is_not_locked(shop):
    shop.write("prompts/scene.j2", "A storm.\n")

    result = fork(shop).run("check", "--locked", "--format", "json")

    assert len(result.json["unlocked"]) == 6
    assert "cannot be known" not in result.err


def test_what_stands_behind_a_local_step_is_known_only_where_that_picture_is(open_shop):
    shop = open_shop(LETTERED)
    shop.picture("logo.png")
    shop.buys()

    here, there = shop.run("check", "--locked"), fork(shop).run("check", "--locked")

    assert here.code == 0
    assert there.code == 3
    assert there.err.startswith(
        "assetforge: not locked: banner/wide/de/edit, banner/wide/en/edit, banner/tall/de/edit "
        "and 1 more (of 4 pictures (banner/wide/de/edit, "
    )
    assert "it cannot be known: they stand on pictures that are not on this machine" in there.err


def test_acceptance_needs_no_store_either(shop):
    before = fork(shop).run("check", "--locked", "--accepted")
    assert shop.run("accept", "*", "--yes").code == 0

    after = fork(shop, "again").run("check", "--locked", "--accepted")

    assert (before.code, after.code) == (6, 0), before.err + after.err


def test_all_that_is_lacking_is_told_and_the_weightiest_is_the_exit_code(shop):
    shop.reword()

    result = shop.run("check", "--built", "--locked", "--accepted")

    told = [line for line in result.err.splitlines() if line.startswith("assetforge:")]
    assert result.code == 3
    assert [line.split(":")[1].strip() for line in told] == [
        "out of date",
        "not locked",
        "not accepted",
    ]


def test_errors_go_before_all_of_it(shop):
    shop.write("prompts/scene.j2", "{{ nope }}")

    assert shop.run("check", "--built", "--locked", "--accepted").code == 2


@pytest.mark.parametrize("flags", [(), ("--locked",), ("--accepted",), ("--built",)])
def test_the_shared_store_is_not_asked(shop, monkeypatch, flags):

    def nobody(*_):
        raise AssertionError("somebody was asked")

    monkeypatch.setenv("ASSETFORGE_REMOTE", "https://cache.example.com/nowhere")
    monkeypatch.setattr(socket, "getaddrinfo", nobody)

    assert shop.run("check", *flags).code in (0, 6)


def test_a_pinned_picture_is_locked_though_its_words_changed(shop):
    assert shop.run("pin", "banner/wide/de", "--step", "edit").code == 0
    shop.locale("de", headline="Schluss", action="Los", alt="Berge")

    result = fork(shop).run("check", "--locked", "--format", "json")

    assert result.json["unlocked"] == ["banner/tall/de/edit"]


def test_a_take_that_is_wanted_and_not_made_is_not_locked(shop):
    assert shop.run("reject", "banner/wide/de", "--step", "edit").code == 0

    result = fork(shop).run("check", "--locked", "--format", "json")

    assert result.json["unlocked"] == ["banner/wide/de/edit"]
    assert "lock-outdated" not in result.out
