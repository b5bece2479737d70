import shutil
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.lock.entry import entry_of
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import FOLDER, Store
from tests.cli import toy
from tests.cli.choices import SLOT, TAKES, entry, lock, result_of, takes_of
from tests.cli.golden import assert_golden
from tests.cli.schemas import assert_valid
from tests.space import Space


@pytest.fixture
def space(tmp_path, built_in):
    return built_in(tmp_path)


def edited(space: Space) -> Space:
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
    return space


def test_a_change_of_words_is_shown_slot_by_slot_and_as_a_diff_of_the_prompt(space):
    result = edited(space).run("explain", "banner/wide/de")

    assert (result.code, result.err) == (0, "")
    assert_golden("explain.txt", result.out)


def test_hits_say_what_they_were_rendered_from(space):
    assert_golden("explain_hits.txt", space.run("explain", "banner/wide").out)


def test_what_was_never_built_says_so(tmp_path):
    out = Space(tmp_path).quick().run("explain", "banner/wide/de").out

    assert "  because never built\n" in out
    assert "wait  banner/wide/de/edit\n  waits for banner/wide/de/compose\n" in out


def test_another_provider_is_shown_field_by_field(space):
    space.write("assetforge.yaml", toy.TWO_PROFILES)

    with toy.installed():
        out = space.run("explain", "--profile", "toy", "banner/wide/de").out

    assert "  provider: blank -> toy\n" in out
    assert "  provider_version: 1 -> none\n" in out


def test_another_input_is_shown_by_its_digest(space):
    space.write("prompts/scene.j2", "A wild scene.\n")
    space.build("--locale", "en")
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    assert_golden("explain_input.txt", space.run("explain", "banner/wide/de").out)


def test_a_step_that_gained_copy_shows_it_as_new(space):
    space.replace("assetforge.yaml", ", action: banner.action", ", more: banner.action")

    out = space.run("explain", "banner/wide/de").out

    assert "  copy.action: Buy de -> none\n" in out
    assert "  copy.more: none -> Buy de\n" in out


def test_the_document_has_fields_as_they_are(space):
    document = edited(space).run("explain", "--format", "json", "banner/wide/de").json

    assert_valid("explain", document)
    _, edit, export = document["actions"]
    assert edit["decision"] == "run"
    assert [each["field"] for each in edit["changes"]] == ["copy", "prompt"]
    assert "message banner.headline (de)" in edit["uses"]
    assert (export["decision"], export["key"], export["changes"]) == ("wait", None, [])


def test_what_many_variants_share_is_named_and_counted(tmp_path):
    space = Space(tmp_path).quick("en", "de", "fr", "sv", "da", "nl", "pl", "fi")

    out = space.run("explain", "banner/wide").out

    assert "  shared by 8 variants: banner/wide/da, " in out
    assert " and 2 more\n" in out


def test_a_template_that_was_looked_for_in_vain_is_named(space):
    space.write("prompts/scene.j2", "{% include 'prompts/extra.j2' ignore missing %}A scene.\n")

    out = space.run("explain", "banner/wide").out

    assert "extra.j2 (absent)" in out


@pytest.fixture
def taken(tmp_path, built_in):
    return built_in(tmp_path, TAKES)


def between(space: Space, one: str, two: str) -> Any:
    document = space.run("explain", "--between", one, two, "--format", "json").json
    assert_valid("explain", document)
    assert document["actions"] == []
    return document["between"]


def test_between_two_pictures_every_step_that_differs_is_explained(space):
    result = space.run("explain", "--between", "out/de/banner-wide.png", "out/en/banner-wide.png")

    assert (result.code, result.err) == (0, "")
    assert_golden("explain_between.txt", result.out)


def test_between_two_takes_only_the_take_differs(taken):
    result = taken.run("explain", "--between", "banner/wide/de@1", "banner/wide/de@3")

    lines = result.out.splitlines()
    assert lines[0] == "edit  banner/wide/de@1 -> banner/wide/de@3"
    assert lines[2:] == ["  take: 1 -> 3"]


def test_digests_keys_files_and_variants_name_the_same_picture(taken):
    first = takes_of(taken)[0]
    key, artifact = first["key"], first["artifact"]
    (taken.root / "copied.png").write_bytes(
        next(taken.root.glob(f".assetforge/cas/*/{artifact}")).read_bytes()
    )

    for name in (key, key[:10], artifact, artifact[:10], "copied.png", "banner/wide/de@1"):
        (same,) = between(taken, name, "banner/wide/de")
        assert same["one"]["key"] == key
        assert same["changes"] == []


def test_the_same_recipe_is_told_as_such(taken):
    out = taken.run("explain", "--between", "banner/wide/de", "banner/wide/de@1").out

    assert out.endswith("  the same recipe\n")


def test_what_only_the_lock_knows_is_compared_by_its_components(taken):
    first, second = entry(taken, 1), entry(taken, 2)
    other = replace(
        first,
        key=ActionKey("ee" * 32),
        components={**first.components, "prompt": "sha256:0123456789ab", "size": [600, 960]},
    )
    lock(taken, other)

    out = taken.run("explain", "--between", "ee" * 32, second.key).out
    (found,) = between(taken, "eeee", second.key)

    assert "  prompt: sha256:0123456789ab -> sha256:" in out
    assert "  size: 600x960 -> 1200x640\n" in out
    assert [each["field"] for each in found["changes"]] == ["prompt", "size"]
    assert (found["one"]["manifest"], found["two"]["components"]) == (None, {})


@pytest.mark.parametrize(
    ("names", "code", "words"),
    [
        (
            ["0123456789ab", "banner/wide/de"],
            5,
            "neither the store nor the lock knows a result of '0123456789ab'",
        ),
        (
            ["banner/wide/de@9", "banner/wide/de"],
            5,
            "'banner/wide/de' has no take 9 after 'edit'; there are: 1, 2, 3",
        ),
        (
            ["banner/wide", "banner/wide/de"],
            2,
            "'banner/wide' matches 2 variants; name one, such as 'banner/wide/de'",
        ),
        (
            ["assetforge.yaml", "banner/wide/de"],
            5,
            "neither the store nor the lock knows a result of 'assetforge.yaml'",
        ),
        (
            ["banner/wide/de", "banner/wide/de@2", "banner"],
            2,
            "'--between' compares two pictures; leave out selectors and '--locale'",
        ),
    ],
)
def test_what_cannot_be_named_is_told(taken, names, code, words):
    one, two, *selectors = names

    result = taken.run("explain", "--between", one, two, *selectors)

    assert (result.code, result.out, result.err) == (code, "", f"assetforge: {words}\n")


def test_an_ambiguous_start_asks_for_more_of_it(taken):
    first = entry(taken, 1)
    for place, variant in (("0", "de"), ("1", "en")):
        key = ActionKey("eeee" + place * 60)
        lock(taken, replace(first, key=key), SLOT._replace(variant=f"banner/wide/{variant}"))

    result = taken.run("explain", "--between", "eeee", "banner/wide/de")

    assert result.code == 2
    assert result.err == "assetforge: 2 entries of the lock begin with 'eeee'; write more of it\n"


def test_an_ambiguous_start_of_results_asks_for_more_of_it(taken):
    with closing(Store(taken.root / FOLDER)) as store, store.transaction():
        made = [
            ActionResult(ActionKey("ffff" + place * 60), Digest(place * 64), {}) for place in "01"
        ]
        store.actions.record(made)

    result = taken.run("explain", "--between", "ffff", "banner/wide/de")

    assert result.code == 2
    assert result.err == "assetforge: 2 results begin with 'ffff'; write more of it\n"


def test_in_a_fresh_clone_the_lock_says_what_changed(taken):
    scene = SLOT._replace(step="compose")
    taken.run("build")
    with closing(Store(taken.root / FOLDER)) as store:
        key = store.record.stands("assetforge.yaml")[SLOT.variant, "compose"]
    lock(taken, entry_of(result_of(taken, key), key), scene)
    shutil.rmtree(taken.root / ".assetforge")
    taken.write("prompts/scene.j2", "A wild scene.\n")

    document = taken.run("explain", "banner/wide/de", "--format", "json").json
    out = taken.run("explain", "banner/wide/de").out

    assert_valid("explain", document)
    (change,) = document["actions"][0]["changes"]
    assert change == {"field": "prompt", "old": "A calm scene.", "new": "A wild scene."}
    assert "    -A calm scene.\n    +A wild scene.\n" in out
